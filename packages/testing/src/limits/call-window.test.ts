import { expect, test } from 'vitest';
import { callWindow } from './call-window.ts';

test.each([
  [1, [1, 0, 0, 0, 0, 0, 1]],
  [7, [2, 1, 1, 1, 1, 1, 2]],
  [12, [2, 2, 2, 2, 2, 2, 2]],
  [Infinity, Array.from({ length: 7 }, () => Infinity)],
])('the windows of a minute of %d calls grant %j', (rpm, capacities) => {
  const window = callWindow(rpm, 5_000);
  expect(capacities.map((_, index) => window.capacity(5_000 + index * 10_000))).toEqual(capacities);
});

test('a call waits for the next window that grants one', () => {
  const window = callWindow(2, 0);
  window.take(1);
  // The third window is the first that grants another.
  expect([window.waitMs(1), window.waitMs(10_000), window.waitMs(29_999), window.waitMs(30_000)]).toEqual([
    29_999, 20_000, 1, 0,
  ]);
});
