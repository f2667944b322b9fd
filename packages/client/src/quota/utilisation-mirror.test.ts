import { describe, expect, test } from 'vitest';
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

test('a clock that is set back fills nothing', () => {
  const mirror = utilisationMirror(target);
  mirror.take(count(500), 60_000);
  expect(mirror.free(30_000)).toBeCloseTo(0.5, 9);
  expect(mirror.free(60_000)).toBeCloseTo(0.5, 9);
});

test('it drains from one moment to the next, also while tokens are added', () => {
  const mirror = utilisationMirror(target);
  mirror.take(count(500), 60_000);
  expect(mirror.free(66_000)).toBeCloseTo(0.6, 9);
  expect(mirror.free(72_000)).toBeCloseTo(0.7, 9);
  mirror.take(count(500), 78_000);
  expect(mirror.free(78_000)).toBeCloseTo(0.3, 9);
});

test('99.8 % is not full: utilisation is reported in tenths', () => {
  const mirror = utilisationMirror(target);
  mirror.take(count(998), 0);
  expect(mirror.refuses(count(1), 0)).toBeUndefined();
  mirror.take(count(1), 0);
  expect(mirror.refuses(count(1), 0)?.reason).toBe('utilisation');
});

test('what was sent later is the newer reading, even where less had been added by then', () => {
  const mirror = utilisationMirror(target);
  const first = mirror.take(count(500), 1_000);
  mirror.admitted(first, { utilisation: 0.5 }, 1_000);
  mirror.settle(first, { reserved: count(500), settlement: { result: 'ok', tokens: count(100) } }, 1_000);
  mirror.admitted(mirror.take(count(100), 2_000), { utilisation: 0.3 }, 2_000);
  expect(mirror.free(2_000)).toBeCloseTo(0.7, 9);
});

test('a reading counts from when its attempt was sent', () => {
  const mirror = utilisationMirror(target);
  mirror.admitted(mirror.take(count(1), 60_000), { utilisation: 0.6 }, 66_000);
  expect(mirror.free(66_000)).toBeCloseTo(0.5, 9);
});

test('the same answer counts once', () => {
  const mirror = utilisationMirror(target);
  const entry = mirror.take(count(1), 0);
  mirror.admitted(entry, { utilisation: 0.5 }, 0);
  mirror.admitted(entry, { utilisation: 0.9 }, 0);
  expect(mirror.free(0)).toBeCloseTo(0.5, 9);
});

test('a size that the config gives is not learned anew', () => {
  const mirror = utilisationMirror(target);
  mirror.admitted(mirror.take(count(100), 0), { utilisation: 0.1 }, 0);
  mirror.admitted(mirror.take(count(100), 0), { utilisation: 0.5 }, 0);
  mirror.take(count(100), 0);
  expect(mirror.free(0)).toBeCloseTo(0.4, 9);
});

describe('a size that is not known', () => {
  const { ptu: _, ...unknown } = target;
  type Step = readonly [atMs: number, poured: number, utilisation: number];

  /** The size after some readings: by how much a further token fills the bucket. */
  function learned(...steps: readonly Step[]): number | undefined {
    const mirror = utilisationMirror({ ...unknown, limits: {} });
    let [nowMs, full] = [0, 0];
    for (const [atMs, poured, utilisation] of steps) {
      mirror.admitted(mirror.take(count(poured), atMs), { utilisation }, atMs);
      [nowMs, full] = [atMs, utilisation];
      expect(mirror.free(nowMs)).toBeCloseTo(1 - full, 9);
    }
    mirror.take(count(1), nowMs);
    const filled = 1 - mirror.free(nowMs) - full;
    return filled < 1e-12 ? undefined : Math.round(1 / filled);
  }

  test.each<[string, readonly Step[], number | undefined]>([
    ['one reading says nothing', [[0, 100, 0.1]], undefined],
    [
      'two readings and what was added in between',
      [
        [0, 100, 0.1],
        [0, 300, 0.4],
      ],
      1_000,
    ],
    [
      'what has drained in between was there too',
      [
        [0, 100, 0.5],
        [6_000, 100, 0.5],
      ],
      1_000,
    ],
    [
      'an empty bucket does not drain, so it says nothing',
      [
        [0, 100, 0.019],
        [6_000, 300, 0.4],
      ],
      undefined,
    ],
    [
      'nor does one that is empty in the end',
      [
        [0, 100, 0.4],
        [60_000, 300, 0.019],
      ],
      undefined,
    ],
    [
      '2 % is not empty',
      [
        [0, 100, 0.02],
        [0, 20, 0.04],
      ],
      1_000,
    ],
    [
      '2 % in the end is not empty either',
      [
        [0, 100, 0.5],
        [60_000, 520, 0.02],
      ],
      1_000,
    ],
    [
      'after an empty bucket the next reading is the first',
      [
        [0, 100, 0.01],
        [0, 300, 0.4],
        [0, 100, 0.5],
      ],
      1_000,
    ],
    [
      'a rise of less than 2 % is too inexact',
      [
        [0, 100, 0.1],
        [0, 19, 0.119],
      ],
      undefined,
    ],
    [
      'nothing was added',
      [
        [0, 100, 0.1],
        [1, 0, 0.4],
      ],
      undefined,
    ],
    [
      'after a rise of more than half, from there on',
      [
        [0, 100, 0.1],
        [0, 600, 0.7],
        [0, 200, 0.8],
      ],
      2_000,
    ],
    [
      'half is not more than half',
      [
        [0, 100, 0.25],
        [0, 500, 0.75],
        [0, 100, 0.875],
      ],
      960,
    ],
  ])('%s', (_title, steps, size) => {
    expect(learned(...steps)).toBe(size);
  });
});
