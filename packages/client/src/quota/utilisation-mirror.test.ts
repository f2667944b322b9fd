import { expect, test } from 'vitest';
import type { QuotaTarget } from './quota.ts';
import { utilisationMirror } from './utilisation-mirror.ts';

const target: QuotaTarget = {
  key: 'k',
  limits: { ptu: 10 },
  provisioned: true,
  ptu: { inputTpm: 100, outputWeight: 4 },
  circuit: { failures: 1, window: 1, openMs: 1, maxOpenMs: 1 },
};
const count = (input: number, output = 0, cachedInput = 0) => ({ input, output, cachedInput });

test('output weighs more, and input from the cache nothing', () => {
  const mirror = utilisationMirror(target);
  mirror.take(count(500, 50, 200), 0);
  // 300 + 4 × 50 of the 1,000 that ten PTU drain in a minute.
  expect(mirror.free(0)).toBeCloseTo(0.5, 9);
});

test('it drains by all that was bought in a minute', () => {
  const mirror = utilisationMirror(target);
  mirror.take(count(1_000), 0);
  expect(mirror.free(0)).toBe(0);
  expect(mirror.free(30_000)).toBeCloseTo(0.5, 9);
  expect(mirror.free(60_000)).toBe(1);
  expect(mirror.free(90_000)).toBe(1);
});

test('a full bucket refuses, and says when it no longer is', () => {
  const mirror = utilisationMirror(target);
  expect(mirror.refuses(count(5_000), 0), 'a request is let in whole').toBeUndefined();
  mirror.take(count(1_498), 0);
  expect(mirror.refuses(count(1), 0)).toEqual({ reason: 'utilisation', retryAtMs: 30_000 });
  expect(mirror.refuses(count(1), 29_999)).toBeDefined();
  expect(mirror.refuses(count(1), 30_001)).toBeUndefined();
});

test.each([
  ['what was really used', { result: 'ok', tokens: count(100) }, 0.9],
  ['the estimate where nothing more is known', { result: 'ok' }, 0.5],
  ['the estimate of one that was cancelled', { result: 'cancelled' }, 0.5],
  ['nothing of one that was refused', { result: 'throttled' }, 1],
  ['nothing of one that never arrived', { result: 'cancelled', counted: false }, 1],
] as const)('settling counts %s', (_, settlement, free) => {
  const mirror = utilisationMirror(target);
  const entry = mirror.take(count(500), 0);
  mirror.settle(entry, { reserved: count(500), settlement }, 0);
  expect(mirror.free(0)).toBeCloseTo(free, 9);
});

test('the gauge of the service sets it right, and what was poured in since is added', () => {
  const mirror = utilisationMirror(target);
  const entry = mirror.take(count(100), 0);
  mirror.take(count(200), 0);
  mirror.admitted(entry, { utilisation: 0.6 }, 6_000);
  expect(mirror.free(6_000)).toBeCloseTo(1 - (0.6 - 0.1 + 0.2), 9);
});

test('an older reading does not undo a newer one', () => {
  const mirror = utilisationMirror(target);
  const [first, second] = [mirror.take(count(1), 0), mirror.take(count(1), 0)];
  mirror.admitted(second, { utilisation: 0.5 }, 0);
  mirror.admitted(first, { utilisation: 0.9 }, 0);
  expect(mirror.free(0)).toBeCloseTo(0.5, 3);
  mirror.admitted(second, undefined, 0);
  expect(mirror.free(0)).toBeCloseTo(0.5, 3);
});

test('without a size it is learned from two readings and what was poured in between', () => {
  const { ptu: _, ...unknown } = target;
  const mirror = utilisationMirror({ ...unknown, limits: {} });
  const first = mirror.take(count(100), 0);
  expect(mirror.free(0), 'nothing is known').toBe(1);
  mirror.admitted(first, { utilisation: 0.1 }, 0);
  const second = mirror.take(count(300), 0);
  mirror.admitted(second, { utilisation: 0.4 }, 0);
  mirror.take(count(200), 0);
  // 300 tokens were 30 %: 200 more are 20 %.
  expect(mirror.free(0)).toBeCloseTo(0.4, 6);
});
