import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Terminal } from '../terminal.ts';
import { readSampleFolder } from './sample-files.ts';
import type { SampleFiles } from './sample-files.ts';

/** A person waits: a registry that cannot be reached is asked once more, after a second. */
const quickly = [
  '--silent',
  '--ignore-scripts',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=1000',
];

/**
 * A sample as a published version of this package had it; `undefined` when npm cannot get that version, or it has no
 * such sample.
 */
export async function publishedSample(
  { sample, version }: { readonly sample: string; readonly version: string },
  { env, signal }: Pick<Terminal, 'env' | 'signal'>,
): Promise<SampleFiles | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'aoai-sample-'));
  const run = (program: string, args: readonly string[]) =>
    succeeds(program, args, { cwd: folder, env: { ...process.env, ...env }, signal });
  try {
    if (!(await run('npm', ['pack', `@aoai/cli@${version}`, ...quickly]))) return undefined;
    const [archive] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
    if (archive === undefined || !(await run('tar', ['-xzf', archive]))) return undefined;
    return await readSampleFolder(join(folder, 'package', 'samples', sample)).catch(() => undefined);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

async function succeeds(program: string, args: readonly string[], options: RunOptions): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const child = spawn(program, args, { ...options, stdio: 'ignore', shell: process.platform === 'win32' });
  child.once('error', () => {
    resolve(false);
  });
  child.once('close', (code) => {
    resolve(code === 0);
  });
  const done = await promise;
  options.signal.throwIfAborted();
  return done;
}
