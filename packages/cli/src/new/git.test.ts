import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { demandCleanTree, mergeFile, patchOf } from './git.ts';

const [base, yours, sample] = ['a\n', 'a\nb\n', 'a\n'].map((text) => Buffer.from(text));
const versions = { base, yours, sample } as Parameters<typeof mergeFile>[0];
const reason = new Error('enough');
const { signal: quiet } = new AbortController();

let temporary = '';
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'aoai-git-'));
  vi.stubEnv('TMPDIR', temporary);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true });
});

test.each([
  ['a merge', (signal: AbortSignal) => mergeFile(versions, signal)],
  ['a patch', (signal: AbortSignal) => patchOf('x', { from: versions.base, to: versions.yours }, signal)],
  ['a look at the folder', (signal: AbortSignal) => demandCleanTree('/', '/', signal)],
])('%s ends with the reason of its signal, before it and meanwhile', async (_, work) => {
  await expect(work(AbortSignal.abort(reason))).rejects.toBe(reason);
  const interrupt = new AbortController();
  const working = work(interrupt.signal);
  interrupt.abort(reason);
  await expect(working).rejects.toBe(reason);
});

test('a merge that meets nowhere has both changes, and no file of it stays', async () => {
  const lines = (...all: readonly string[]) => Buffer.from(`${all.join('\n')}\n`);
  const { merged, conflicts } = await mergeFile(
    {
      base: lines('one', '', '', '', 'two'),
      yours: lines('mine', '', '', '', 'two'),
      sample: lines('one', '', '', '', 'theirs'),
    },
    quiet,
  );
  expect([merged.toString(), conflicts]).toEqual(['mine\n\n\n\ntheirs\n', 0]);
  expect(await readdir(temporary)).toEqual([]);
});

test('each place where a merge meets is a conflict, with all three sides named', async () => {
  const parts = (one: string, two: string) => Buffer.from(`${one}\n\n\n\n\n\n\n\n${two}\n`);
  const { merged, conflicts } = await mergeFile(
    { base: parts('a', 'b'), yours: parts('mine', 'mine too'), sample: parts('now', 'now too') },
    quiet,
  );
  expect(conflicts).toBe(2);
  expect(merged.toString()).toContain(
    '<<<<<<< yours\nmine\n||||||| as it was copied\na\n=======\nnow\n>>>>>>> the sample now\n',
  );
});

test('a file that git cannot merge stays as you have it, and is a conflict', async () => {
  const binary = (text: string) => Buffer.from(`\0${text}`);
  const all = { base: binary('a'), yours: binary('b'), sample: binary('c') };
  expect(await mergeFile(all, quiet)).toEqual({ merged: all.yours, conflicts: 1 });
});

test('a patch says of which file it is, and what the two sides are', async () => {
  const patch = await patchOf('src/x.ts', { from: Buffer.from('a\nb\n'), to: Buffer.from('a\nc\n') }, quiet);
  expect(patch).toBe(
    '--- src/x.ts (as it was copied)\n+++ src/x.ts (the sample now)\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n',
  );
  expect(await readdir(temporary)).toEqual([]);
});

test('texts that are the same have no patch', async () => {
  expect(await patchOf('x', { from: versions.base, to: versions.base }, quiet)).toBe('');
});

test('a machine without git is told so', async () => {
  vi.stubEnv('PATH', temporary);
  const message = 'Cannot run git: it is not on the PATH. Install it, then try again.';
  await expect(demandCleanTree(temporary, '.', quiet)).rejects.toThrow(message);
});
