import fc from 'fast-check';
import { expect, test } from 'vitest';
import { windowOrigin } from './window-origin.ts';

const windowMs = 60_000;
const limit = 100;

/** Sends attempts at times and shows them what a service with windows from `beginsMs` would. */
function watch(beginsMs: number, timesMs: readonly number[], answered: (index: number) => number) {
  const origin = windowOrigin(windowMs);
  const used = new Map<number, number>();
  const sights = timesMs.map((sentMs, index) => {
    const window = Math.floor((sentMs - beginsMs) / windowMs);
    used.set(window, (used.get(window) ?? 0) + 1);
    return { sentMs, upTo: index + 1, used: used.get(window) ?? 0, at: answered(index) };
  });
  for (const sight of sights.sort((a, b) => a.at - b.at)) origin.saw(sight, limit);
  return origin;
}

test('finds the beginning between the last attempt of one window and the first of the next', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: windowMs - 1 }),
      fc.integer({ min: 300, max: 3_000 }),
      fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 400, maxLength: 400 }),
      (beginsMs, everyMs, jitter) => {
        const times = Array.from({ length: 400 }, (_, index) => index * everyMs);
        const origin = watch(beginsMs, times, (index) => index * everyMs + (jitter[index] ?? 0));
        if (origin.atMs === undefined) return;
        const lateMs = (((origin.atMs - beginsMs) % windowMs) + windowMs) % windowMs;
        expect(lateMs).toBeLessThanOrEqual(everyMs);
      },
    ),
  );
});

test('finds it within two windows of steady traffic', () => {
  const times = Array.from({ length: 200 }, (_, index) => index * 1_000);
  expect(watch(25_000, times, (index) => index).atMs).toBeDefined();
});

test('takes the word of a refusal, and the better of two', () => {
  const origin = windowOrigin(windowMs);
  origin.told(1_000, 30_000);
  expect(origin.atMs).toBe(31_000);
  origin.told(61_400, 29_300);
  expect(origin.atMs).toBe(30_700);
});

test('gives windows up when the answers contradict each other', () => {
  const origin = windowOrigin(windowMs);
  for (const waitMs of [10_000, 25_000, 40_000, 55_000]) origin.told(0, waitMs);
  expect(origin.atMs).toBeUndefined();
});

test('finds none where the service counts the last minute, whenever it is', () => {
  const origin = windowOrigin(windowMs);
  for (let second = 0; second < 300; second += 1) {
    origin.saw({ sentMs: second * 1_000, upTo: second + 1, used: Math.min(second + 1, 60) }, limit);
  }
  expect(origin.atMs).toBeUndefined();
});

test('is not sure of a window that it was only told of, and is of one that it saw begin', () => {
  const origin = windowOrigin(windowMs);
  origin.told(0, 30_000);
  expect(origin.isSure).toBe(false);
  origin.saw({ sentMs: 29_000, upTo: 90, used: 90 }, limit);
  origin.saw({ sentMs: 30_500, upTo: 91, used: 1 }, limit);
  expect(origin.isSure).toBe(true);
});

test('an old burst that leaves a sliding window is no beginning', () => {
  const origin = windowOrigin(windowMs);
  origin.saw({ sentMs: 59_000, upTo: 90, used: 90 }, limit);
  origin.saw({ sentMs: 60_500, upTo: 91, used: 41 }, limit);
  expect(origin.isSure).toBe(false);
});
