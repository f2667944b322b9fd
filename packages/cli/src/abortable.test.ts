import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { abortable } from './abortable.ts';

const reason = new Error('left');

test('a signal that has aborted before ends the wait, and a failure that comes later is heard', async () => {
  const failed = Promise.reject(new Error('no'));
  await expect(abortable(failed, AbortSignal.abort(reason))).rejects.toBe(reason);
});

test('without an abort the wait ends with the promise', async () => {
  const { signal } = new AbortController();
  const failure = new Error('no');
  expect(await abortable(Promise.resolve(1), signal)).toBe(1);
  await expect(abortable(Promise.reject(failure), signal)).rejects.toBe(failure);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('an abort ends the wait, and no listener stays', async () => {
  const interrupt = new AbortController();
  const waiting = abortable(new Promise(() => undefined), interrupt.signal);
  interrupt.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(getEventListeners(interrupt.signal, 'abort')).toEqual([]);
});
