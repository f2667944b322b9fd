import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { chunk, chunkerVersion } from './chunk.ts';
import type { Embed } from './embed.ts';
import { extract, readable } from './extract.ts';
import type { IndexedDocument, Passages } from './passages.ts';
import { readAccess, type Access } from './rights.ts';

/** What became of one file. */
export interface FileResult {
  readonly path: string;
  readonly state: 'added' | 'changed' | 'unchanged' | 'removed' | 'broken';
  readonly passages?: number;
  /** Why it is broken. */
  readonly reason?: string;
  /** Nobody may read it: its folder has no groups in access.yaml. */
  readonly isForNobody?: boolean;
}

export interface IngestOptions {
  readonly passages: Passages;
  readonly embed: Embed;
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean;
  /** While one waits for its vectors, others are read. @default 6 */
  readonly filesAtATime?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number, all: number, path: string) => void;
}

/**
 * Makes the index say what the folder says: new and changed files are put in, unchanged ones are skipped, those that are gone
 * are removed. A few files are under way at a time, each is in as a whole or not at all: an interrupted run goes on where it was.
 */
export async function ingest(folder: string, options: IngestOptions): Promise<FileResult[]> {
  const { passages, dryRun = false, filesAtATime = 6, signal, onProgress = () => undefined } = options;
  const access = await readAccess(folder);
  const known = await passages.documents();
  const paths = await filesIn(folder);
  const results: FileResult[] = [];
  const waiting = paths.entries();
  const work = async () => {
    for (const [index, path] of waiting) {
      signal?.throwIfAborted();
      onProgress(index, paths.length, path);
      results[index] = await ingestFile({ folder, path, access, before: known.get(path) }, options);
    }
  };
  await Promise.all(Array.from({ length: filesAtATime }, work));
  for (const path of known.keys()) {
    // A broken file is not gone: what was in of it stays.
    if (paths.includes(path)) continue;
    if (!dryRun) await passages.remove(path);
    results.push({ path, state: 'removed' });
  }
  onProgress(paths.length, paths.length, '');
  return results;
}

interface Work {
  readonly folder: string;
  readonly path: string;
  readonly access: Access;
  /** Fingerprint in the index. */
  readonly before: string | undefined;
}

async function ingestFile(
  { folder, path, access, before }: Work,
  { passages, embed, dryRun = false, signal }: IngestOptions,
): Promise<FileResult> {
  const groups = access.groupsOf(path);
  const marks = groups.length === 0 ? { isForNobody: true } : {};
  let document: Omit<IndexedDocument, 'passages'> & { readonly passages: readonly Unembedded[] };
  try {
    const bytes = await readFile(join(folder, path));
    // Rights are part of it: a folder that is closed to a group closes at the next run.
    const fingerprint = hash(bytes, JSON.stringify({ chunkerVersion, groups }));
    if (fingerprint === before) return { path, state: 'unchanged', ...marks };
    document = { path, fingerprint, groups, passages: await cut(path, bytes) };
  } catch (error) {
    return { path, state: 'broken', reason: error instanceof Error ? error.message : String(error) };
  }
  if (!dryRun) {
    const vectors = await embed(
      document.passages.map(({ title, heading, text }) => `${title}\n${heading}\n${text}`),
      signal,
    );
    const all = document.passages.map((passage, index) => ({ ...passage, vector: vectors[index] ?? [] }));
    await passages.put({ ...document, passages: all });
  }
  const state = before === undefined ? 'added' : 'changed';
  return { path, state, passages: document.passages.length, ...marks };
}

type Unembedded = Omit<IndexedDocument['passages'][number], 'vector'>;

async function cut(path: string, bytes: Uint8Array): Promise<Unembedded[]> {
  const { title, text } = await extract(path, bytes);
  return chunk(text).map(({ heading, start, end }) => ({
    id: `${path}#${start}`,
    document: path,
    title,
    heading,
    text: text.slice(start, end),
    start,
    end,
  }));
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && readable.includes(extname(entry.name).toLowerCase()))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
}

function hash(...parts: readonly (string | Uint8Array)[]): string {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest('hex');
}
