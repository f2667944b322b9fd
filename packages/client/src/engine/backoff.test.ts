import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

const rules = { initialDelayMs: 500, maxDelayMs: 8_000 };

test.each([
  [1, 500],
  [2, 1_000],
  [3, 2_000],
  [5, 8_000],
  [6, 8_000],
  [10_000, 8_000],
])('after %d failures the wait is at most %d ms, and at least half of it', (failures, mostMs) => {
  expect(backoffMs(failures, rules, () => 1)).toBe(mostMs);
  expect(backoffMs(failures, rules, () => 0.5)).toBe(mostMs * 0.75);
  expect(backoffMs(failures, rules, () => 0)).toBe(mostMs / 2);
});

test('however many failures, the wait is a number', () => {
  expect(backoffMs(5_000, { initialDelayMs: 1, maxDelayMs: Infinity }, () => 1)).toBe(2 ** 30);
});
