import { expect, test } from 'vitest';
import { slidingSum } from './sliding-sum.ts';

// Steps of a quarter of a second: what was added is counted until its step has left the window.
const windowMs = 60_000;

test('what was added counts for the whole window, and at most one step longer', () => {
  const sum = slidingSum(windowMs);
  sum.add(5, 1_000);
  sum.add(2, 31_000);
  expect(sum.sum(1_000)).toBe(7);
  expect(sum.sum(61_249)).toBe(7);
  expect(sum.sum(61_250)).toBe(2);
  expect(sum.sum(91_250)).toBe(0);
});

test('says when enough of it will have left', () => {
  const sum = slidingSum(windowMs);
  sum.add(5, 1_000);
  sum.add(2, 31_000);
  expect(sum.leavesAtMs(5, 31_000)).toBe(61_250);
  expect(sum.leavesAtMs(6, 31_000)).toBe(91_250);
  expect(sum.leavesAtMs(0, 31_000)).toBe(61_250);
  expect(sum.leavesAtMs(8, 31_000), 'more than there is').toBe(31_000);
});

test('takes back what was added, once it is still there', () => {
  const sum = slidingSum(windowMs);
  sum.add(5, 1_000);
  sum.remove(3, 1_100);
  expect(sum.sum(1_200)).toBe(2);
  expect(sum.sum(61_250)).toBe(0);
  sum.remove(2, 1_000);
  expect(sum.sum(61_250)).toBe(0);
});

test('what has left already does not count when it says when more will', () => {
  const sum = slidingSum(windowMs);
  sum.add(5, 1_000);
  sum.add(2, 31_000);
  expect(sum.leavesAtMs(1, 62_000)).toBe(91_250);
});
