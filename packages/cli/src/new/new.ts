import { lstat, mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { basename, relative, resolve, sep } from 'node:path';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { packageManagerOf } from '../package-manager.ts';
import { table } from '../table.ts';
import { line, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { filesOfCopy } from './copy.ts';
import { writeFiles } from './sample-files.ts';
import { writeRecord } from './sample-record.ts';
import { listSamples } from './samples.ts';

export interface NewOptions {
  readonly sample: string | undefined;
  readonly folder: string | undefined;
  /** Of this package. */
  readonly version: string;
}

/** Copies a sample out, ready to install; without a name, lists them. */
export async function createNew(
  terminal: Terminal,
  { sample, folder, version }: NewOptions,
): Promise<ExitCode> {
  const { out, cwd, signal } = terminal;
  const samples = await listSamples();
  if (sample === undefined) {
    line(
      out,
      table(
        ['SAMPLE', 'WHAT IT SHOWS'],
        samples.map(({ name, description }) => [name, description]),
      ),
    );
    return exitCode.ok;
  }
  if (!samples.some(({ name }) => name === sample)) {
    const known = samples.map(({ name }) => JSON.stringify(name)).join(', ');
    throw new UsageError(
      `Cannot copy the sample ${JSON.stringify(sample)}: there is none. Known samples: ${known}.`,
    );
  }
  // A variable of a script that is not set must not fill the folder at hand.
  if (folder === '') throw new UsageError('Cannot copy to "": it is no name. Name a new folder.');
  const named = resolve(cwd, folder ?? sample);
  const obstacle = await obstacleAt(named);
  if (obstacle !== undefined) {
    throw new UsageError(
      `Cannot copy to ${JSON.stringify(folder ?? sample)}: it is ${obstacle}. Name a new folder.`,
    );
  }
  // Resolves a link to an empty folder: copying would treat the link as a file.
  const target = await realpath(named).catch(() => named);
  const files = await filesOfCopy({ sample, version, packageName: packageNameOf(named) });
  await writeWholly(target, async () => {
    await writeFiles(target, files, signal);
    await writeRecord(target, { sample, version, files });
    signal.throwIfAborted();
  });
  const inside = relative(cwd, named);
  const shown = inside.startsWith('..') ? named : inside === '' ? '.' : inside;
  const { install, start } = packageManagerOf(terminal.env);
  line(out, `Copied ${sample} to ${shown}. Next:`);
  line(out, `\n  cd ${quoted(shown)}\n  ${install}\n  ${start}\n`);
  line(
    out,
    'It runs on a mock until it finds Azure settings; README.md says which. UPGRADING.md says how to follow later versions.',
  );
  return exitCode.ok;
}

/** Writes a folder that has nothing yet. After a failure or Ctrl-C it is as before: half of a copy would be in the way. */
async function writeWholly(folder: string, write: () => Promise<void>): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  const before = await readdir(folder);
  try {
    await write();
  } catch (error) {
    const names = (await readdir(folder)).filter((name) => !before.includes(name));
    const written = made === undefined ? names.map((name) => resolve(folder, name)) : [made];
    for (const path of written) await rm(path, { recursive: true, force: true });
    throw error;
  }
}

/** A path as an argument of a shell. */
function quoted(path: string): string {
  const slashed = path.replaceAll(sep, '/');
  if (/^[\p{L}\p{N}@%+=:,./_-]+$/u.test(slashed)) return path;
  return /["$`\\!]/.test(slashed) ? `'${path.replaceAll("'", String.raw`'\''`)}'` : `"${path}"`;
}

/** Why nothing can be copied to a path; `undefined` when there is nothing, an empty folder, or a new repository. */
async function obstacleAt(path: string): Promise<string | undefined> {
  try {
    const names = await readdir(path);
    return names.every((name) => name === '.git') ? undefined : 'not empty';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return 'a file';
    if (code !== 'ENOENT') throw error;
    const isLink = await lstat(path).then(
      () => true,
      () => false,
    );
    return isLink ? 'a broken link' : undefined;
  }
}

/** The copy is a package of its own: it carries the name of its folder. */
function packageNameOf(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '');
  return name === '' ? 'app' : name;
}
