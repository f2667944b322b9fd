import { expect, test } from 'vitest';
import { connectionFailed, isConnectionFailure } from './connection-failure.ts';

test('no answer is what a standard `fetch` rejects with, and a time-out stays one', () => {
  const reset = new Error('Reset.');
  const failed = connectionFailed(reset);
  expect(failed).toBeInstanceOf(TypeError);
  expect(failed).toMatchObject({ message: 'fetch failed', cause: reset });
  const late = new DOMException('The attempt timed out.', 'TimeoutError');
  expect(connectionFailed(late)).toBe(late);
  const stopped = new DOMException('Stopped.', 'AbortError');
  expect(connectionFailed(stopped)).toMatchObject({ message: 'fetch failed', cause: stopped });
  const named = Object.assign(new Error(), { name: 'TimeoutError' });
  expect(connectionFailed(named)).not.toBe(named);
});

test('only what was made here says that there was no answer', () => {
  expect(isConnectionFailure(connectionFailed(undefined))).toBe(true);
  for (const other of [new TypeError('fetch failed'), undefined, null, 'fetch failed']) {
    expect(isConnectionFailure(other)).toBe(false);
  }
});
