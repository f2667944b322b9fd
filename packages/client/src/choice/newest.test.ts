import { expect, test } from 'vitest';
import { withNewest } from './newest.ts';
import { quantileRing } from './quantile-ring.ts';

const seen = (order: number) => ({ order, value: order });
const all = (orders: readonly number[], most: number) =>
  orders
    .reduce<readonly { order: number; value: number }[]>(
      (kept, order) => withNewest(kept, seen(order), most),
      [],
    )
    .map(({ order }) => order);

test('keeps the newest by the order in which they were started, whatever the order of their answers', () => {
  expect(all([1, 2, 3, 4, 5], 3)).toEqual([5, 4, 3]);
  expect(all([5, 1, 4, 2, 3], 3)).toEqual([5, 4, 3]);
  expect(all([5, 4, 3, 1], 3)).toEqual([5, 4, 3]);
  expect(all([2, 1], 3)).toEqual([2, 1]);
});

test('a ring knows the quantiles of its last values', () => {
  const ring = quantileRing(4);
  expect([ring.size, ring.quantile(0.5)]).toEqual([0, 0]);
  for (const value of [100, 1, 2, 3, 4]) ring.add(value);
  expect([0, 0.25, 0.5, 0.75, 1].map((share) => ring.quantile(share))).toEqual([1, 2, 3, 4, 4]);
  expect(ring.size).toBe(4);
  ring.add(9);
  expect(ring.quantile(1), 'what was known before is not kept').toBe(9);
});
