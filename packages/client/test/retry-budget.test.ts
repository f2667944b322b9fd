import { afterEach, expect, test } from 'vitest';
import { useEstate } from './estate.ts';
import { attemptsOf, sharedBudget } from './failing-calls.ts';

const fixture = useEstate();

afterEach(() => {
  Reflect.deleteProperty(globalThis, sharedBudget);
});

test('all clients of a process have one retry budget together', async () => {
  // 20 retries to begin with, and what 10 calls earn once there is room for it: the first one finds the bucket full.
  expect(await attemptsOf(fixture, 10)).toBe(10 + 20 + 1);
});

test('a client that sets `budgetShare` or `budgetReserve` has a budget of its own', async () => {
  expect(await attemptsOf(fixture, 2, { retry: { budgetReserve: 3 } })).toBe(2 * (1 + 3));
  expect(await attemptsOf(fixture, 2, { retry: { budgetShare: 0 } })).toBe(2 * (1 + 5));
  // And takes nothing from the others.
  expect(await attemptsOf(fixture, 4)).toBe(4 * (1 + 5));
});
