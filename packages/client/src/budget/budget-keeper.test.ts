import { describe, expect, test } from 'vitest';
import { BudgetExceededError } from '../errors.ts';
import { budgetKeeper } from './budget-keeper.ts';
import type { Budget, BudgetAmount, BudgetEntry, BudgetStore } from './budget.ts';
import { memoryBudgets } from './memory-budgets.ts';

const noonMs = Date.UTC(2026, 10, 29, 12, 34, 56);

/** A keeper over a store that remembers what it was asked. */
function setUp(budgets: readonly Budget[], given: Partial<BudgetStore> = {}) {
  const clock = { nowMs: noonMs };
  const now = () => clock.nowMs;
  const store = memoryBudgets({ now });
  const [taken, corrected, warnings] = [[] as BudgetEntry[], [] as BudgetAmount[], [] as object[]];
  const keeper = budgetKeeper(budgets, {
    store: {
      ...store,
      take: (entries) => {
        taken.push(...entries);
        return store.take(entries);
      },
      correct: (amounts) => {
        corrected.push(...amounts);
        return store.correct(amounts);
      },
      ...given,
    },
    now,
    warn: (warning) => warnings.push(warning),
  });
  const hold = (tokens: number, tags: Readonly<Record<string, string>> = {}) =>
    keeper.hold(tags, { tokens, cost: tokens / 1_000 });
  return { clock, keeper, hold, taken, corrected, warnings };
}

describe('hold', () => {
  test.each([
    ['hour', '2026-11-29T12', Date.UTC(2026, 10, 29, 13)],
    ['day', '2026-11-29', Date.UTC(2026, 10, 30)],
    ['month', '2026-11', Date.UTC(2026, 11, 1)],
  ] as const)('a budget per %s is that of %s', async (per, beginning, untilMs) => {
    const { hold, taken } = setUp([{ per, tokens: 100 }]);
    await hold(7);
    expect(taken).toEqual([{ key: `${beginning}/${per}/all/tokens`, amount: 7, limit: 100, untilMs }]);
  });

  test('the last hour of a year ends with it', async () => {
    const { hold, taken, clock } = setUp([
      { per: 'hour', tokens: 1 },
      { per: 'day', tokens: 1 },
      { per: 'month', tokens: 1 },
    ]);
    clock.nowMs = Date.UTC(2026, 11, 31, 23, 59, 59, 999);
    await hold(1);
    expect(taken.map(({ untilMs }) => untilMs)).toEqual(Array(3).fill(Date.UTC(2027, 0, 1)));
  });

  test('each value of a tag has a key of its own, calls without it one together', async () => {
    const { hold, taken } = setUp([{ per: 'day', tag: 'team', tokens: 100 }]);
    await hold(1, { team: 'a/b c', other: 'x' });
    await hold(1, { other: 'x' });
    expect(taken.map(({ key }) => key)).toEqual([
      '2026-11-29/day/team%3Da%2Fb%20c/tokens',
      '2026-11-29/day/team%3D/tokens',
    ]);
  });

  test('money is held in millionths, rounded up, and a limit rounded down', async () => {
    const { keeper, taken } = setUp([{ per: 'day', cost: 0.000_002_9, tokens: 10.5 }]);
    await keeper.hold({}, { tokens: 1, cost: 0.000_001_2 });
    expect(taken.map(({ key, amount, limit }) => [key.split('/').at(-1), amount, limit])).toEqual([
      ['tokens', 1, 10],
      ['cost', 2, 2],
    ]);
    const exact = setUp([{ per: 'day', cost: 1 }]);
    await exact.keeper.hold({}, { tokens: 0, cost: 0.1 + 0.2 });
    await exact.keeper.hold({}, { tokens: 0, cost: undefined });
    expect(exact.taken.map(({ amount }) => amount + 0)).toEqual([300_000, 0]);
  });

  test.each([
    [
      { per: 'day', tag: 'team', tokens: 10 },
      { tag: 'team=search', unit: 'tokens', limit: 10, used: 6, asked: 7 },
    ],
    [
      { per: 'hour', cost: 0.01 },
      { tag: undefined, unit: 'cost', limit: 0.01, used: 0.006, asked: 0.007 },
    ],
  ] as const)('says which budget of %j has no room, in its own unit', async (budget, expected) => {
    const { hold } = setUp([{ per: 'month', tokens: 1_000, cost: 1_000 }, budget]);
    await hold(6, { team: 'search' });
    const error = await hold(7, { team: 'search' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BudgetExceededError);
    expect(error).toMatchObject({ per: budget.per, ...expected });
    expect((error as BudgetExceededError).endsAt.getTime()).toBe(
      budget.per === 'day' ? Date.UTC(2026, 10, 30) : Date.UTC(2026, 10, 29, 13),
    );
  });

  test('a store that names a budget that it was not asked for is told so', async () => {
    const { hold } = setUp([{ per: 'day', tokens: 1 }], { take: () => ({ ok: false, place: 1, used: 0 }) });
    await expect(hold(1)).rejects.toThrow('The budget store named a budget that it was not asked for.');
  });

  test('asks for the cost only where a budget limits it', () => {
    expect(setUp([{ per: 'day', tokens: 1 }]).keeper.needsCost).toBe(false);
    expect(setUp([{ per: 'day', tokens: 1 }, { per: 'day', cost: 1 }]).keeper.needsCost).toBe(true); // prettier-ignore
  });
});

describe('settle', () => {
  test('adds what was used beyond the estimate, and gives back what was not', async () => {
    const { keeper, hold, corrected } = setUp([{ per: 'day', tokens: 100, cost: 1 }]);
    const untilMs = Date.UTC(2026, 10, 30);
    keeper.settle(await hold(10), { tokens: 4, cost: 0.02 });
    expect(corrected).toEqual([
      { key: '2026-11-29/day/all/tokens', untilMs, amount: -6 },
      { key: '2026-11-29/day/all/cost', untilMs, amount: 10_000 },
    ]);
    keeper.settle(await hold(10), { tokens: 10, cost: 0.02 });
    expect(corrected.slice(2), 'what is right needs no correction').toMatchObject([{ amount: 10_000 }]);
    keeper.settle(await hold(10), undefined);
    keeper.settle(await hold(10), { tokens: 10, cost: 0.01 });
    expect(corrected).toHaveLength(3);
  });

  test('the store is not asked for nothing', async () => {
    let asked = 0;
    const { keeper, hold } = setUp([{ per: 'day', tokens: 100 }], { correct: () => void (asked += 1) });
    keeper.settle(await hold(10), { tokens: 10, cost: 0 });
    expect(asked).toBe(0);
    keeper.settle(await hold(10), { tokens: 9, cost: 0 });
    expect(asked).toBe(1);
  });

  test('a store without an end is closed as well', async () => {
    const { keeper, hold } = setUp([{ per: 'day', tokens: 100 }]);
    keeper.settle(await hold(10), { tokens: 1, cost: 0 });
    await expect(keeper.close()).resolves.toBeUndefined();
  });

  test('closing waits for corrections on their way, then closes the store; one that fails is no error', async () => {
    const steps: string[] = [];
    const first = Promise.withResolvers<undefined>();
    const second = Promise.withResolvers<undefined>();
    const promises = [first.promise, second.promise];
    const { keeper, hold } = setUp([{ per: 'day', tokens: 100 }], {
      correct: async () => promises.shift(),
      close: async () => void steps.push('closed'),
    });
    keeper.settle(await hold(10), { tokens: 1, cost: 0 });
    keeper.settle(await hold(10), { tokens: 1, cost: 0 });
    const closing = keeper.close().then(() => steps.push('over'));
    first.reject(new Error('The store is away.'));
    await first.promise.catch(() => undefined);
    expect(steps).toEqual([]);
    second.resolve(undefined);
    await closing;
    expect(steps).toEqual(['closed', 'over']);
  });
});

describe('a warning', () => {
  test.each([
    [undefined, 79, 80],
    [0.5, 49, 50],
    [1, 99, 100],
  ])(
    'at the share %s comes with the call that reaches it: not with %i, with %i of 100',
    async (warnAt, below, at) => {
      const budget = {
        per: 'day',
        tag: 'team',
        tokens: 100,
        ...(warnAt !== undefined && { warnAt }),
      } as const;
      const { hold, warnings } = setUp([budget]);
      await hold(below, { team: 'search' });
      expect(warnings).toEqual([]);
      await hold(1, { team: 'search' });
      expect(warnings).toEqual([{ tag: 'team=search', per: 'day', unit: 'tokens', limit: 100, used: at }]);
    },
  );

  test('of money says it in the currency, and of all calls names no tag', async () => {
    const { keeper, warnings } = setUp([{ per: 'day', cost: 2 }]);
    await keeper.hold({}, { tokens: 1, cost: 1.5 });
    expect(warnings).toEqual([]);
    await keeper.hold({}, { tokens: 1, cost: 0.25 });
    expect(warnings).toStrictEqual([{ per: 'day', unit: 'cost', limit: 2, used: 1.75 }]);
  });

  test('comes once a period, also when the share is reached a second time', async () => {
    const { keeper, hold, warnings, clock } = setUp([{ per: 'day', tokens: 100 }]);
    keeper.settle(await hold(90), { tokens: 0, cost: 0 });
    await hold(90);
    expect(warnings).toHaveLength(1);
    clock.nowMs += 86_400_000;
    await hold(90);
    expect(warnings).toHaveLength(2);
  });

  test('is not that of the process that comes after the one that reached the share', async () => {
    const { hold, warnings } = setUp([{ per: 'day', tokens: 100 }], {
      take: () => ({ ok: true, used: [95] }),
    });
    await hold(5);
    await hold(15);
    expect(warnings).toEqual([]);
    await hold(16);
    expect(warnings).toHaveLength(1);
  });

  test('is remembered for 10,000 budgets: those whose period is over are forgotten first', async () => {
    const used = { value: 95 };
    const { hold, warnings, clock } = setUp([{ per: 'hour', tag: 'user', tokens: 100 }], {
      take: () => ({ ok: true, used: [used.value] }),
    });
    for (let user = 0; user < 10_000; user += 1) await hold(90, { user: String(user) });
    expect(warnings).toHaveLength(10_000);
    await hold(90, { user: '0' });
    expect(warnings).toHaveLength(10_000);
    // The hour is over: all of them are forgotten for the first of the next.
    clock.nowMs = Date.UTC(2026, 10, 29, 13);
    for (let user = 0; user < 10_000; user += 1) await hold(90, { user: String(user) });
    await hold(90, { user: '0' });
    expect(warnings).toHaveLength(20_000);
    // All of them are of this hour: the next one forgets them, so that there are never more.
    await hold(90, { user: 'new' });
    await hold(90, { user: '0' });
    expect(warnings).toHaveLength(20_002);
  });

  test('of a period that goes on is remembered when those of another are forgotten', async () => {
    const day = { per: 'day', tokens: 100 } as const;
    const { hold, warnings, clock } = setUp([day, { per: 'hour', tag: 'user', tokens: 100 }], {
      take: () => ({ ok: true, used: [95, 95] }),
    });
    // The day, and all but one of those that can be remembered.
    for (let user = 0; user < 9_999; user += 1) await hold(90, { user: String(user) });
    expect(warnings).toHaveLength(10_000);
    clock.nowMs = Date.UTC(2026, 10, 29, 13);
    await hold(90, { user: '0' });
    expect(warnings.slice(10_000)).toMatchObject([{ tag: 'user=0' }]);
  });
});
