import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { lstat, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UsageError } from '../usage-error.ts';

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
    // A file cannot take the place of a folder: known before the first one is in its place.
    for (const { to } of moves) await demandNoFolder(to);
    signal.throwIfAborted();
    for (const { from, to } of moves) renameSync(from, to);
  } finally {
    for (const { from } of moves) await rm(from, { force: true });
  }
}

async function demandNoFolder(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there?.isDirectory() !== true) return;
  throw new UsageError(
    `Nothing was written: ${JSON.stringify(basename(path))} is a folder. Move it away, or run this elsewhere.`,
  );
}
