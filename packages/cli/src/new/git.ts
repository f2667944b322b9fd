import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../usage-error.ts';

interface GitResult {
  readonly code: number | null;
  readonly output: Buffer;
}

interface GitOptions {
  readonly cwd: string;
  readonly signal: AbortSignal;
}

async function git(args: readonly string[], options: GitOptions): Promise<GitResult> {
  const { signal } = options;
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<GitResult>();
  const child = spawn('git', args, { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.once('error', () => {
    if (signal.aborted) reject(signal.reason);
    else reject(new UsageError('Cannot run git: it is not on the PATH. Install it, then try again.'));
  });
  child.once('close', (code) => {
    resolve({ code, output: Buffer.concat(chunks) });
  });
  return promise;
}

/** @throws UsageError unless the folder is in a git repository, with everything in it committed. */
export async function demandCleanTree(folder: string, shown: string, signal: AbortSignal): Promise<void> {
  const { code, output } = await git(['status', '--porcelain', '--', '.'], { cwd: folder, signal });
  if (code !== 0) {
    throw new UsageError(
      `Cannot update ${JSON.stringify(shown)}: it is not in a git repository. Commit it first (git init, git add, git commit), so that nothing can be lost.`,
    );
  }
  if (output.length > 0) {
    throw new UsageError(
      `Cannot update ${JSON.stringify(shown)}: it has changes that are not committed. Commit or stash them first, so that nothing can be lost.`,
    );
  }
}

export interface Versions {
  readonly base: Buffer;
  readonly yours: Buffer;
  readonly sample: Buffer;
}

/** Merges a text three ways. Conflicts are marked in it as git marks them. */
export async function mergeFile(
  versions: Versions,
  signal: AbortSignal,
): Promise<{ merged: Buffer; conflicts: number }> {
  return inFolder(versions, async (cwd) => {
    const names = ['-L', 'yours', '-L', 'as it was copied', '-L', 'the sample now'];
    const { code, output } = await git(['merge-file', '-p', '--diff3', ...names, 'yours', 'base', 'sample'], {
      cwd,
      signal,
    });
    // Its exit code is the number of conflicts, above 127 a failure: a binary file.
    if (code === null || code > 127) return { merged: versions.yours, conflicts: 1 };
    return { merged: output, conflicts: code };
  });
}

/** What changed from one text to another, as a patch. */
export async function patchOf(
  path: string,
  { from, to }: { from: Buffer; to: Buffer },
  signal: AbortSignal,
): Promise<string> {
  return inFolder({ from, to }, async (cwd) => {
    const args = ['diff', '--no-index', '--no-color', '--no-prefix', 'from', 'to'];
    const { output } = await git(args, { cwd, signal });
    const body = output.toString().split('\n').slice(4).join('\n');
    return output.length === 0 ? '' : `--- ${path} (as it was copied)\n+++ ${path} (the sample now)\n${body}`;
  });
}

async function inFolder<T>(
  files: Readonly<Record<string, Buffer>> | Versions,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'aoai-merge-'));
  try {
    for (const [name, bytes] of Object.entries(files) as [string, Buffer][])
      await writeFile(join(folder, name), bytes);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
