import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { untilAborted } from './until-aborted.ts';

const never = () => Promise.withResolvers<never>().promise;

test('gives what the promise gives, and leaves no listener on the signal', async () => {
  const { signal } = new AbortController();
  expect(await untilAborted(Promise.resolve('x'), signal)).toBe('x');
  await expect(untilAborted(Promise.reject(new Error('Boom')), signal)).rejects.toThrow('Boom');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('an abort ends the wait with its reason, whatever the promise does', async () => {
  const stop = new AbortController();
  const waiting = untilAborted(never(), stop.signal);
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
});

test('a signal that has aborted before ends it at once', async () => {
  await expect(untilAborted(never(), AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
});
