import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes files of a folder, all or none: first beside their places, then all are moved there at once. A signal that comes
 * meanwhile leaves nothing behind.
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
