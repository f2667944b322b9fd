import { expect, test } from 'vitest';
import { retryBudget } from './retry-budget.ts';

const spent = (budget: ReturnType<typeof retryBudget>, keep?: number): number => {
  let count = 0;
  while (count < 1_000 && budget.spend(keep)) count += 1;
  return count;
};

test('begins with its reserve, which is 20 unless told otherwise, and with no more than `start`', () => {
  expect(spent(retryBudget())).toBe(20);
  expect(spent(retryBudget({ reserve: 3 }))).toBe(3);
  expect(spent(retryBudget({ reserve: 3, start: 1 }))).toBe(1);
  expect(spent(retryBudget({ reserve: 3, start: 9 }))).toBe(3);
});

test('earns a fifth of a retry with each call, and no more than it can hold', () => {
  const budget = retryBudget({ reserve: 2, start: 0 });
  for (let call = 0; call < 4; call += 1) budget.earn();
  expect(budget.spend()).toBe(false);
  // The fifth share of 0.2 may be a hair less than a whole.
  budget.earn();
  budget.earn();
  expect(budget.spend()).toBe(true);
  expect(budget.spend()).toBe(false);
  for (let call = 0; call < 100; call += 1) budget.earn();
  expect(spent(budget)).toBe(2);
});

test('leaves what is to be kept', () => {
  const budget = retryBudget({ reserve: 5 });
  expect(spent(budget, 4)).toBe(1);
  expect(spent(budget)).toBe(4);
});

test('takes back what was not needed, and no more than it can hold', () => {
  const budget = retryBudget({ reserve: 2, share: 0 });
  budget.spend();
  budget.giveBack();
  budget.giveBack();
  budget.giveBack();
  expect(spent(budget)).toBe(2);
});

test('says how much of it is saved', () => {
  const budget = retryBudget({ reserve: 4 });
  expect(budget.saved()).toBe(1);
  budget.spend();
  expect(budget.saved()).toBe(0.75);
  expect(retryBudget({ reserve: 0 }).saved()).toBe(0);
});
