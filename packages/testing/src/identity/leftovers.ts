import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startOf } from './process-start.ts';

/**
 * Directories of processes of this machine that have ended: those in `folder` whose names are `prefix`, the id of a
 * process, and a dash before whatever follows.
 */
export function leftoversIn(
  folder: string,
  prefix: string,
  startedAtMs: (pid: number) => number | undefined = startOf,
): string[] {
  return namesIn(folder).flatMap((name) => {
    const owner = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (owner === undefined) return [];
    const path = join(folder, name);
    return isInUse(path, startedAtMs(Number(owner))) ? [] : [path];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // The folder may be writable but not readable.
    return [];
  }
}

/** File systems and processes use clocks of different resolution. */
const clockSlackMs = 1_000;

/** A process that began after the last write to the directory only has the same id as its owner. */
function isInUse(path: string, startedAtMs: number | undefined): boolean {
  if (startedAtMs === undefined) return false;
  try {
    return statSync(path).mtimeMs + clockSlackMs >= startedAtMs;
  } catch {
    return true;
  }
}
