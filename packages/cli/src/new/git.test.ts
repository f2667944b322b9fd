import { expect, test } from 'vitest';
import { demandCleanTree, mergeFile, patchOf } from './git.ts';

const [base, yours, sample] = ['a\n', 'a\nb\n', 'a\n'].map((text) => Buffer.from(text));
const versions = { base, yours, sample } as Parameters<typeof mergeFile>[0];
const reason = new Error('enough');

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
