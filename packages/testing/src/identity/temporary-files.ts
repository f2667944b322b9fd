import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
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

/** Directories that are still there, for a program that ends without closing its mocks. */
const directories = new Set<string>();
let isPrepared = false;

/** The name says who needs it: a process that was killed leaves its directory to the next one. */
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

/** Removes the directories of processes of this machine that are no more. */
function removeLeftovers(): void {
  let names: string[] = [];
  try {
    names = readdirSync(tmpdir());
  } catch {
    // Who may write there need not be able to list it.
  }
  for (const name of names) {
    const owner = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (owner !== undefined && !isRunning(Number(owner))) removeDirectory(join(tmpdir(), name));
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function removeDirectory(path: string): void {
  directories.delete(path);
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Another user's, or still open on a system that minds: it goes with the rest of the temporary files.
  }
}
