import { expect, test } from 'vitest';
import { sizeEffect } from './size-effect.ts';

/** The size of a call whose work is so many times that of the call without tokens: 32 tokens of work are fixed. */
const sizeOf = (times: number) => 32 * times - 32;
/** How much shorter a time is corrected to be: the share of the logarithms of size that counts. */
const exponentOf = (effect: ReturnType<typeof sizeEffect>) =>
  effect.corrected(0, sizeOf(1)) / Math.log(2) - effect.corrected(0, sizeOf(2)) / Math.log(2);

test('corrects nothing before the first call', () => {
  expect(sizeEffect().corrected(5, 1_000)).toBe(5);
});

test('assumes at first that a call of twice the size takes 1.3 times as long', () => {
  const effect = sizeEffect();
  effect.learn(0, sizeOf(4));
  expect(effect.corrected(5, sizeOf(4))).toBe(5);
  expect(effect.corrected(5, sizeOf(8))).toBeCloseTo(5 - 0.4 * Math.log(2), 12);
  expect(effect.corrected(5, sizeOf(1))).toBeCloseTo(5 + 0.4 * Math.log(4), 12);
  expect(effect.corrected(5, -7), 'a size below nothing is nothing').toBe(effect.corrected(5, 0));
});

test('the first step after the assumption is a small one', () => {
  const effect = sizeEffect();
  effect.learn(0, sizeOf(1));
  effect.learn(1, sizeOf(8));
  expect(exponentOf(effect)).toBeCloseTo(0.59732, 5);
  // The mean lies a little above the middle of the two, since the newest counts most.
  expect(effect.corrected(5, sizeOf(1))).toBeCloseTo(5 + 0.59732 * (Math.log(8) / 1.995), 3);
});

test.each([
  ['in proportion to its work', (size: number) => Math.log(size), 0.95, 1],
  ['not at all', () => 0, 0, 0.05],
  ['the shorter, the larger it is: which counts as not at all', (size: number) => -Math.log(size), 0, 1e-9],
  [
    'in more than proportion: which counts as proportion',
    (size: number) => 9 * Math.log(size),
    0.999_999,
    1.000_001,
  ],
  ['with its root', (size: number) => Math.log(size) / 2, 0.45, 0.55],
])('learns that a call takes longer %s', (_, ratioOf, least, most) => {
  const effect = sizeEffect();
  // Two sizes around the mean: 0.5 and 2 times.
  for (let call = 0; call < 2_000; call += 1) {
    const size = call % 2 === 0 ? 0.5 : 2;
    effect.learn(ratioOf(size), sizeOf(4 * size));
  }
  expect(exponentOf(effect)).toBeGreaterThanOrEqual(least);
  expect(exponentOf(effect)).toBeLessThanOrEqual(most);
});

test('one very slow answer counts no more than one that took 2.7 times as long', () => {
  const [slow, slower] = [sizeEffect(), sizeEffect()];
  const [fast, faster] = [sizeEffect(), sizeEffect()];
  for (const effect of [slow, slower, fast, faster]) effect.learn(0, sizeOf(1));
  slow.learn(1, sizeOf(2));
  slower.learn(20, sizeOf(2));
  fast.learn(-1, sizeOf(2));
  faster.learn(-20, sizeOf(2));
  expect(exponentOf(slower)).toBe(exponentOf(slow));
  expect(exponentOf(faster)).toBe(exponentOf(fast));
  expect(exponentOf(fast)).toBeLessThan(exponentOf(slow));
});

test('forgets what was true a thousand calls ago', () => {
  const effect = sizeEffect();
  const learn = (slope: number, calls: number) => {
    for (let call = 0; call < calls; call += 1) {
      const size = call % 2 === 0 ? 0.5 : 2;
      effect.learn(slope * Math.log(size), sizeOf(4 * size));
    }
  };
  learn(1, 1_000);
  learn(0, 1_000);
  expect(exponentOf(effect)).toBeLessThan(0.05);
});
