import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { line, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { compare } from './compare.ts';
import type { FileChange } from './compare.ts';
import { asCopy, filesOfCopy } from './copy.ts';
import { publishedSample } from './published-sample.ts';
import type { SampleFiles } from './sample-files.ts';
import type { SampleRecord } from './sample-record.ts';
import { listSamples } from './samples.ts';

/** A copy, the sample that it came from, and the sample as it is now. */
export interface Changes {
  readonly list: readonly FileChange[];
  readonly yours: SampleFiles;
  readonly sample: SampleFiles;
  /** The files as they were copied; `undefined` when that version is not available. */
  readonly base: SampleFiles | undefined;
}

export interface ChangesOptions {
  readonly record: SampleRecord;
  readonly folder: string;
  /** The folder as the person wrote it. */
  readonly shown: string;
  /** Version of this package, which has the sample as it is now. */
  readonly version: string;
}

/** Finds the changes on both sides since the copy was made. */
export async function findChanges(
  terminal: Terminal,
  { record, folder, shown, version }: ChangesOptions,
): Promise<Changes> {
  const { sample: name } = record;
  if (!(await listSamples()).some((each) => each.name === name)) {
    throw new UsageError(
      `Cannot compare ${JSON.stringify(shown)}: this version has no sample ${JSON.stringify(name)}.`,
    );
  }
  const packageName = await packageNameIn(folder);
  const sample = await filesOfCopy({ sample: name, version, packageName });
  const yours = await readPaths(folder, new Set([...Object.keys(record.files), ...sample.keys()]));
  const base = await baseOf(terminal, { record, version, packageName });
  return { list: compare({ base: record.files, yours, sample }), yours, sample, base };
}

interface BaseOptions {
  readonly record: SampleRecord;
  readonly version: string;
  readonly packageName: string;
}

async function baseOf(
  terminal: Terminal,
  { record, version, packageName }: BaseOptions,
): Promise<SampleFiles | undefined> {
  const options = { sample: record.sample, version: record.version, packageName };
  if (record.version === version) {
    const files = await filesOfCopy(options);
    // In a workspace the sample may have changed without a new version.
    const isSame = compare({ base: record.files, yours: files, sample: files }).length === 0;
    if (isSame) return files;
  }
  line(terminal.err, `Fetching the sample as @aoai/cli ${record.version} had it…`);
  const files = await publishedSample(options, terminal);
  if (files !== undefined) return asCopy(files, options);
  line(
    terminal.err,
    `npm cannot get @aoai/cli ${record.version}: files are compared by their hashes, without their texts.`,
  );
  return undefined;
}

/** The current name of the copy. The manifests of all three sides get it, so that it does not count as a change. */
async function packageNameIn(folder: string): Promise<string> {
  try {
    const { name } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    return typeof name === 'string' ? name : basename(folder);
  } catch {
    return basename(folder);
  }
}

async function readPaths(folder: string, paths: ReadonlySet<string>): Promise<SampleFiles> {
  const files = new Map<string, Buffer>();
  for (const path of paths) {
    const bytes = await readFile(join(folder, ...path.split('/'))).catch(() => undefined);
    if (bytes !== undefined) files.set(path, bytes);
  }
  return files;
}
