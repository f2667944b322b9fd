import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** A directory for files that clients read, made when the first is written and gone after `remove`. */
export interface TemporaryFiles {
  /** @throws {Error} where the directory of temporary files cannot be written to. */
  write(name: string, content: string): string;
  remove(): void;
}

export function temporaryFiles(): TemporaryFiles {
  let directory: string | undefined;
  return {
    write(name, content) {
      directory ??= createDirectory(name);
      const path = join(directory, name);
      writeFileSync(path, content, { mode: 0o600 });
      return path;
    },
    remove() {
      if (directory !== undefined) removeDirectory(directory);
      directory = undefined;
    },
  };
}

/** Directories to remove when the program ends without closing its mocks. */
const directories = new Set<string>();
let isPrepared = false;

/** The name contains the process: the directory of a killed process is removed by the next one. */
const prefix = `aoai-mock-${encodeURIComponent(hostname())}-`;

function createDirectory(forFile: string): string {
  if (!isPrepared) {
    removeLeftovers();
    process.once('exit', () => {
      for (const left of directories) removeDirectory(left);
    });
  }
  isPrepared = true;
  try {
    const path = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
    directories.add(path);
    return path;
  } catch (cause) {
    throw new Error(
      `Cannot write ${JSON.stringify(forFile)}: ${(cause as Error).message}. Set \`TMPDIR\` to a directory that can be written to.`,
      { cause },
    );
  }
}

/** Removes the directories of processes of this machine that have ended. */
function removeLeftovers(): void {
  let names: string[] = [];
  try {
    names = readdirSync(tmpdir());
  } catch {
    // The folder may be writable but not readable.
  }
  for (const name of names) {
    const owner = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (owner !== undefined && !isInUse(join(tmpdir(), name), Number(owner)))
      removeDirectory(join(tmpdir(), name));
  }
}

/** A process that began after the last write to the directory only has the same id as its owner. */
function isInUse(path: string, owner: number): boolean {
  const startedAtMs = startOf(owner);
  if (startedAtMs === undefined) return false;
  try {
    return statSync(path).mtimeMs + clockSlackMs >= startedAtMs;
  } catch {
    return true;
  }
}

/** File systems and processes use clocks of different resolution. */
const clockSlackMs = 1_000;

/** USER_HZ of every Linux that Node.js runs on. */
const ticksPerSecond = 100;

/** When a process began; `undefined` for one that has ended, `-Infinity` where that cannot be known. */
function startOf(pid: number): number | undefined {
  // The first process of a container always has the same number, whether it runs for the first time or again.
  if (pid === process.pid) return Date.now() - process.uptime() * 1_000;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
  }
  try {
    // proc_pid_stat(5): the fields after the name in brackets; the first is the state, the twentieth the start in ticks.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
    // A zombie: killed, but not yet reaped.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const startedAtMs = Date.now() - (uptime() - Number(fields[19]) / ticksPerSecond) * 1_000;
    return Number.isFinite(startedAtMs) ? startedAtMs : -Infinity;
  } catch {
    return -Infinity;
  }
}

function removeDirectory(path: string): void {
  directories.delete(path);
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It belongs to another user, or is still open on Windows: it is removed with the other temporary files.
  }
}
