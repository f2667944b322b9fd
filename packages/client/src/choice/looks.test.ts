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
