import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { belongsToSample } from './sample.ts';

/** Contents by path, with `/` on every system. */
export type SampleFiles = ReadonlyMap<string, Buffer>;

/** Reads the folder of a sample, in the workspace or in a package. */
export async function readSampleFolder(folder: string): Promise<SampleFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter(belongsToSample)
    .sort();
  const files = await Promise.all(
    paths.map(async (path) => {
      const name = path.split(sep).join('/');
      return [name === '_gitignore' ? '.gitignore' : name, await readFile(join(folder, path))] as const;
    }),
  );
  return new Map(files);
}

/** Writes files below a folder, and the folders that they need. `signal` stops between two of them. */
export async function writeFiles(folder: string, files: SampleFiles, signal?: AbortSignal): Promise<void> {
  for (const [path, bytes] of files) {
    signal?.throwIfAborted();
    const target = join(folder, ...path.split('/'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, bytes);
  }
}

/** A hash of the contents. Line ends of different systems give the same hash. */
export function hashOf(bytes: Buffer): string {
  const isText = !bytes.subarray(0, 8000).includes(0);
  const counted = isText ? bytes.toString('latin1').replaceAll('\r\n', '\n') : bytes;
  return createHash('sha256').update(counted).digest('hex');
}
