import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { table } from '../table.ts';
import { line, plural, type Terminal } from '../terminal.ts';
import { findChanges } from './changes.ts';
import type { Changes } from './changes.ts';
import type { FileChange } from './compare.ts';
import { demandCleanTree, mergeFile } from './git.ts';
import { readRecord, writeRecord } from './sample-record.ts';

export interface UpdateOptions {
  readonly folder: string | undefined;
  readonly version: string;
}

/** The action for one file. Without contents it is removed, or kept. */
interface Step {
  readonly path: string;
  readonly did: 'replaced' | 'added' | 'removed' | 'merged' | 'CONFLICT' | 'kept yours';
  readonly write?: Buffer;
  readonly remove?: true;
}

/**
 * Applies the changes of the sample to a copy: files that you did not change are replaced, the others are merged.
 * Nothing is committed. Everything is decided before the first file is written.
 */
export async function updateCopy(
  terminal: Terminal,
  { folder = '.', version }: UpdateOptions,
): Promise<ExitCode> {
  const { out, cwd, signal } = terminal;
  const target = resolve(cwd, folder);
  const record = await readRecord(target, folder);
  // Before anything is fetched, which takes a while.
  await demandCleanTree(target, folder, signal);
  const changes = await findChanges(terminal, { record, folder: target, shown: folder, version });
  const { sample } = changes;
  const steps: Step[] = [];
  for (const change of changes.list) {
    if (change.sample !== 'same') steps.push(await stepFor(change, changes, signal));
  }
  signal.throwIfAborted();
  for (const { path, write, remove } of steps) {
    const file = join(target, ...path.split('/'));
    if (remove === true) await rm(file, { force: true });
    if (write === undefined) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, write);
  }
  await writeRecord(target, { sample: record.sample, version, files: sample });
  if (steps.length === 0) {
    line(out, `Nothing changed in ${record.sample} since ${record.version}.`);
    return exitCode.ok;
  }
  line(
    out,
    table(
      ['FILE', ''],
      steps.map(({ path, did }) => [path, did]),
    ),
  );
  const conflicts = steps.filter(({ did }) => did === 'CONFLICT').length;
  line(
    out,
    conflicts === 0
      ? `\nUpdated to ${version}. Look at it (git diff), install, run the tests, commit.`
      : `\nUpdated to ${version}, with conflicts in ${plural(conflicts, 'file')}: look for <<<<<<<, decide, commit.`,
  );
  return conflicts === 0 ? exitCode.ok : exitCode.failed;
}

async function stepFor(
  { path, ...change }: FileChange,
  changes: Changes,
  signal: AbortSignal,
): Promise<Step> {
  const [yours, sample] = [changes.yours.get(path), changes.sample.get(path)];
  if (sample === undefined) {
    return change.yours === 'same' ? { path, did: 'removed', remove: true } : { path, did: 'kept yours' };
  }
  if (yours === undefined) {
    // A file that you removed is not restored.
    return change.sample === 'added' ? { path, did: 'added', write: sample } : { path, did: 'kept yours' };
  }
  if (change.yours === 'same') return { path, did: 'replaced', write: sample };
  if (yours.equals(sample)) return { path, did: 'kept yours' };
  // Without the text that was copied, every line differs: both sides are shown.
  const base = changes.base?.get(path) ?? Buffer.from('');
  const { merged, conflicts } = await mergeFile({ yours, base, sample }, signal);
  return { path, did: conflicts === 0 ? 'merged' : 'CONFLICT', write: merged };
}
