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

test('remembers the latest 1,024 readings, and forgets the older half when there are more', () => {
  const busy = (readings: number) => {
    const origin = windowOrigin(windowMs);
    for (let index = 1; index <= readings; index += 1)
      origin.saw({ sentMs: index * 20, upTo: index * 2, used: 90 }, limit);
    return origin;
  };
  /** The answer to an attempt that was sent right after the one at `index` comes late. */
  const late = (readings: number, index: number) => {
    const origin = busy(readings);
    origin.saw({ sentMs: index * 20 + 10, upTo: index * 2 + 1, used: 1 }, limit);
    return origin.atMs;
  };
  expect(late(1_024, 1)).toBe(30);
  expect(late(1_025, 512)).toBeUndefined();
  expect(late(1_025, 513)).toBe(10_270);
});

test('an answer that comes late is compared with the attempts before and after it', () => {
  const origin = windowOrigin(windowMs);
  origin.saw({ sentMs: 30_000, upTo: 5, used: 5 }, limit);
  origin.saw({ sentMs: 61_000, upTo: 104, used: 14 }, limit);
  expect(origin.atMs).toBeUndefined();
  origin.saw({ sentMs: 59_900, upTo: 90, used: 90 }, limit);
  expect(origin.atMs).toBe(61_000);
});

test.each([
  ['a fall by an eighth of the limit is one', 80, { upTo: 11, used: 11 }, { upTo: 12, used: 1 }, true],
  ['a smaller fall may be the order of arrival', 80, { upTo: 10, used: 10 }, { upTo: 11, used: 1 }, false],
  // 1.5 × 2 + 100 / 50 = 5.
  ['what was used since may be left', 100, { upTo: 60, used: 60 }, { upTo: 62, used: 5 }, true],
  ['more than that shows a sliding window', 100, { upTo: 60, used: 60 }, { upTo: 62, used: 6 }, false],
])('%s', (_, of, before, after, isSure) => {
  const origin = windowOrigin(windowMs);
  origin.saw({ sentMs: 59_000, ...before }, of);
  origin.saw({ sentMs: 60_500, ...after }, of);
  expect(origin.isSure).toBe(isSure);
});

test('a low answer that comes late makes the beginning more exact', () => {
  const origin = windowOrigin(windowMs);
  origin.saw({ sentMs: 59_000, upTo: 90, used: 90 }, limit);
  origin.saw({ sentMs: 62_000, upTo: 93, used: 3 }, limit);
  expect(origin.atMs).toBe(62_000);
  origin.saw({ sentMs: 60_500, upTo: 91, used: 1 }, limit);
  expect(origin.atMs).toBe(60_500);
});

test('each fall makes the beginning more exact, and one at another time casts doubt on it', () => {
  const origin = windowOrigin(windowMs);
  origin.saw({ sentMs: 59_000, upTo: 90, used: 90 }, limit);
  origin.saw({ sentMs: 60_500, upTo: 91, used: 1 }, limit);
  origin.saw({ sentMs: 119_000, upTo: 180, used: 90 }, limit);
  origin.saw({ sentMs: 120_300, upTo: 181, used: 1 }, limit);
  expect(origin).toMatchObject({ atMs: 60_300, isSure: true });
  origin.saw({ sentMs: 140_000, upTo: 270, used: 90 }, limit);
  origin.saw({ sentMs: 141_000, upTo: 271, used: 1 }, limit);
  expect(origin).toMatchObject({ atMs: 141_000, isSure: false });
});

test('the answer to the oldest attempt that comes last stands first', () => {
  const origin = windowOrigin(windowMs);
  for (const upTo of [50, 60, 10]) origin.saw({ sentMs: upTo * 100, upTo, used: upTo }, limit);
  origin.saw({ sentMs: 5_100, upTo: 51, used: 1 }, limit);
  expect(origin.atMs).toBe(5_100);
});

test('attempts of the same millisecond say nothing: nobody knows in which order they arrived', () => {
  const origin = windowOrigin(windowMs);
  origin.saw({ sentMs: 59_000, upTo: 90, used: 90 }, limit);
  origin.saw({ sentMs: 59_000, upTo: 91, used: 1 }, limit);
  expect(origin.atMs).toBeUndefined();
});

test('a hint within the last second makes a beginning more exact, an earlier one contradicts it', () => {
  const origin = windowOrigin(windowMs);
  origin.told(0, 31_000);
  origin.confirm();
  origin.told(0, 30_001);
  expect(origin).toMatchObject({ atMs: 30_001, isSure: true });
  origin.told(0, 30_000);
  expect(origin).toMatchObject({ atMs: 30_000, isSure: false });
});

test('after three doubts a beginning is given up for good', () => {
  const origin = windowOrigin(windowMs);
  origin.told(0, 30_000);
  origin.confirm();
  origin.doubt();
  expect(origin).toMatchObject({ atMs: 30_000, isSure: false });
  origin.doubt();
  expect(origin.atMs).toBe(30_000);
  origin.doubt();
  expect(origin.atMs).toBeUndefined();
  origin.told(0, 30_000);
  expect(origin.atMs).toBeUndefined();
});

test('a third contradiction gives it up as well', () => {
  const origin = windowOrigin(windowMs);
  for (const waitMs of [10_000, 25_000, 40_000]) origin.told(0, waitMs);
  expect(origin.atMs).toBe(40_000);
  for (const waitMs of [55_000, 55_000]) origin.told(0, waitMs);
  expect(origin.atMs).toBeUndefined();
});

test('what nobody has seen cannot be confirmed', () => {
  const origin = windowOrigin(windowMs);
  origin.confirm();
  expect(origin.isSure).toBe(false);
});
