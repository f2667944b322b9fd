import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { delay } from './delay.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('waits', async () => {
  let done = false;
  const waiting = delay(100, undefined).then(() => (done = true));
  await vi.advanceTimersByTimeAsync(99);
  expect(done).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await waiting;
});

test('rejects with the reason as soon as the signal aborts, and leaves no timer', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const waiting = delay(100, controller.signal);
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(delay(100, controller.signal)).rejects.toBe(reason);
  expect(vi.getTimerCount()).toBe(0);
});
