import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes all files of a folder or none: first under temporary names, then all are renamed. A signal in between leaves
 * no files behind.
 */
export async function writeAll(
  folder: string,
  files: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const moves = Object.entries(files).map(([name, text]) => ({
    text,
    from: join(folder, `.${name}.${randomUUID()}.tmp`),
    to: join(folder, name),
  }));
  try {
    for (const { from, text } of moves) await writeFile(from, text, { flag: 'wx', signal });
    signal.throwIfAborted();
    for (const { from, to } of moves) renameSync(from, to);
  } finally {
    for (const { from } of moves) await rm(from, { force: true });
  }
}
