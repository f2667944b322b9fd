import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../usage-error.ts';
import { hashOf } from './sample-files.ts';
import type { SampleFiles } from './sample-files.ts';

/** The origin of a copy, in `.aoai/sample.json`. */
export interface SampleRecord {
  readonly sample: string;
  readonly version: string;
  /** SHA-256 of each file as it was copied, by path. */
  readonly files: Readonly<Record<string, string>>;
}

const path = ['.aoai', 'sample.json'] as const;

/** Records what was copied into a folder. */
export async function writeRecord(
  folder: string,
  { sample, version, files }: Pick<SampleRecord, 'sample' | 'version'> & { readonly files: SampleFiles },
): Promise<void> {
  const entries = [...files].map(([name, bytes]) => [name, hashOf(bytes)] as const);
  const hashes: Record<string, string> = Object.fromEntries(entries.sort());
  await mkdir(join(folder, path[0]), { recursive: true });
  await writeFile(join(folder, ...path), `${JSON.stringify({ sample, version, files: hashes }, null, 2)}\n`);
}

/** @throws UsageError when the folder is no copy of a sample, or its record cannot be read. */
export async function readRecord(folder: string, shown: string): Promise<SampleRecord> {
  const name = path.join('/');
  let text: string;
  try {
    text = await readFile(join(folder, ...path), 'utf8');
  } catch {
    throw new UsageError(
      `Cannot compare ${JSON.stringify(shown)}: it has no ${name}. Name the folder of an app that \`aoai new\` has copied.`,
    );
  }
  const record = parseJson(text);
  if (!isRecord(record)) {
    throw new UsageError(
      `Cannot compare ${JSON.stringify(shown)}: its ${name} is not as \`aoai new\` wrote it. Restore it from git.`,
    );
  }
  return record;
}

function isRecord(value: unknown): value is SampleRecord {
  const { sample, version, files } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return (
    typeof sample === 'string' &&
    /^[a-z0-9-]+$/.test(sample) &&
    typeof version === 'string' &&
    /^\d+\.\d+\.\d+[\w.+-]*$/.test(version) &&
    typeof files === 'object' &&
    files !== null &&
    Object.entries(files).every(([path, hash]) => isInside(path) && /^[0-9a-f]{64}$/.test(String(hash)))
  );
}

/** A path below the folder: an update never writes outside of it. */
function isInside(name: string): boolean {
  return (
    !/^[/\\]|^[A-Za-z]:|\\/.test(name) &&
    name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
