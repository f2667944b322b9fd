import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { leftoversIn } from './leftovers.ts';

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
    for (const left of leftoversIn(tmpdir(), prefix)) removeDirectory(left);
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

function removeDirectory(path: string): void {
  directories.delete(path);
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It belongs to another user, or is still open on Windows: it is removed with the other temporary files.
  }
}
