import { expect, test } from 'vitest';
import type { BudgetAnswer } from './budget.ts';
import { memoryBudgets } from './memory-budgets.ts';

const untilMs = 86_400_000;

function setUp() {
  const clock = { nowMs: 0 };
  const store = memoryBudgets({ now: () => clock.nowMs });
  const take = (key: string, amount: number, limit = 100, endsMs = untilMs) =>
    store.take([{ key, amount, limit, untilMs: endsMs }]) as BudgetAnswer;
  /** How much of a budget is used. */
  const used = (key: string) => {
    const answer = store.take([{ key, amount: Infinity, limit: 0, untilMs }]) as BudgetAnswer;
    return answer.ok ? undefined : answer.used;
  };
  return { clock, store, take, used };
}

test('takes what fits, to the last token, and says how much is used then', () => {
  const { take } = setUp();
  expect(take('a', 60)).toEqual({ ok: true, used: [60] });
  expect(take('a', 41)).toEqual({ ok: false, place: 0, used: 60 });
  expect(take('a', 40)).toEqual({ ok: true, used: [100] });
  expect(take('a', 0)).toEqual({ ok: true, used: [100] });
  expect(take('b', 1)).toEqual({ ok: true, used: [1] });
});

test('takes all of several amounts, or none', () => {
  const { store, take, used } = setUp();
  take('b', 95);
  const both = ['a', 'b', 'c'].map((key) => ({ key, amount: 10, limit: 100, untilMs }));
  expect(store.take(both)).toEqual({ ok: false, place: 1, used: 95 });
  expect([used('a'), used('b'), used('c')]).toEqual([0, 95, 0]);
  expect(store.take([])).toEqual({ ok: true, used: [] });
});

test('a correction adds or gives back, and leaves no budget below nothing', () => {
  const { store, take, used } = setUp();
  take('a', 60);
  void store.correct([{ key: 'a', amount: -20, untilMs }]);
  expect(used('a')).toBe(40);
  void store.correct([{ key: 'a', amount: 70, untilMs }]);
  expect(used('a')).toBe(110);
  void store.correct([
    { key: 'a', amount: -200, untilMs },
    { key: 'b', amount: 5, untilMs },
  ]);
  expect([used('a'), used('b')]).toEqual([0, 5]);
});

test('a correction of a period that is over is no longer of use', () => {
  const { clock, store, take, used } = setUp();
  take('a', 60);
  clock.nowMs = untilMs - 1;
  void store.correct([{ key: 'a', amount: -20, untilMs }]);
  expect(used('a')).toBe(40);
  clock.nowMs = untilMs;
  void store.correct([{ key: 'a', amount: -20, untilMs }]);
  expect(used('a')).toBe(40);
});

test('keeps 10,000 budgets: those whose period is over go first', () => {
  const { clock, take, used } = setUp();
  take('old', 7, 100, 1_000);
  take('newer', 7, 100, 1_001);
  for (let key = 2; key < 10_000; key += 1) take(`key ${key}`, 5);
  clock.nowMs = 1_000;
  expect([used('old'), used('newer')]).toEqual([7, 7]);
  take('one more', 1);
  expect([used('old'), used('newer'), used('key 2'), used('one more')]).toEqual([0, 7, 5, 1]);
});

test('of 10,000 budgets whose period goes on, the one with the least usage goes, the oldest of them first', () => {
  const { take, used } = setUp();
  for (let key = 0; key < 10_000; key += 1)
    take(`key ${key}`, [5_000, 6_000].includes(key) ? 3 : 5 + (key % 2));
  take('key 7', 1);
  expect(used('key 5000'), 'one that is known makes nobody go').toBe(3);
  take('one more', 1);
  expect([used('key 5000'), used('key 6000'), used('key 0'), used('one more')]).toEqual([0, 3, 5, 1]);
  take('and another', 9);
  expect([used('one more'), used('and another')]).toEqual([0, 9]);
});
