import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { abortable } from './abortable.ts';

const reason = new Error('left');

test('a signal that has aborted before ends the wait, even for what is there', async () => {
  await expect(abortable(Promise.resolve(1), AbortSignal.abort(reason))).rejects.toBe(reason);
});

test('without an abort the wait ends with the promise', async () => {
  const failure = new Error('no');
  for (const signal of [undefined, new AbortController().signal]) {
    expect(await abortable(Promise.resolve(1), signal)).toBe(1);
    await expect(abortable(Promise.reject(failure), signal)).rejects.toBe(failure);
  }
});

test('no listener stays at a signal that outlives the wait', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  await abortable(Promise.resolve(1), signal);
  await abortable(Promise.reject(new Error('no')), signal).catch(() => undefined);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  const waiting = abortable(new Promise(() => undefined), signal);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
