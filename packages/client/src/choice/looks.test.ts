import { expect, test } from 'vitest';
import { looks, shortestLookMs } from './looks.ts';

test('at most 4 % of the calls of a tier are looks, and at most one a second', () => {
  const tier = looks();
  const target = { sentAtMs: Number.NEGATIVE_INFINITY, lookEveryMs: shortestLookMs };
  let count = 0;
  for (let call = 0; call < 1_000; call++) {
    const nowMs = call * 10;
    tier.earn();
    if (tier.may(nowMs) && tier.dueMs(target, nowMs) >= 0) {
      count += 1;
      tier.spend(target, nowMs);
      target.sentAtMs = nowMs;
    }
  }
  expect(count).toBeGreaterThan(5);
  expect(count).toBeLessThanOrEqual(10);
});

const neglected = () => ({ sentAtMs: 0, lookEveryMs: shortestLookMs });

test('a target is due for as long as its time is over', () => {
  expect(looks().dueMs({ sentAtMs: 500, lookEveryMs: 2_000 }, 4_000)).toBe(1_500);
});

test('the first look may be at once; the next after 25 calls and a second', () => {
  const tier = looks();
  const target = neglected();
  expect(tier.may(5_000)).toBe(true);
  tier.spend(target, 5_000);
  expect(target.sentAtMs).toBe(5_000);
  for (let call = 0; call < 26; call += 1) tier.earn();
  expect(tier.may(5_999)).toBe(false);
  expect(tier.may(6_000)).toBe(true);
  tier.spend(target, 6_000);
  for (let call = 0; call < 24; call += 1) tier.earn();
  expect(tier.may(60_000)).toBe(false);
  for (let call = 0; call < 2; call += 1) tier.earn();
  expect(tier.may(60_000)).toBe(true);
});

test('a look that was not made is given back, and no more than one is kept', () => {
  const tier = looks();
  tier.spend(neglected(), 0);
  tier.giveBack();
  expect(tier.may(1_000)).toBe(true);
  tier.giveBack();
  for (let call = 0; call < 100; call += 1) tier.earn();
  tier.spend(neglected(), 1_000);
  expect(tier.may(9_000)).toBe(false);
});
