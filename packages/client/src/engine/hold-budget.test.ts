import { describe, expect, test } from 'vitest';
import type { BudgetHold } from '../budget/budget-keeper.ts';
import type { Call } from './call.ts';
import type { Engine } from './engine.ts';
import { holdBudget, settleBudget } from './hold-budget.ts';

const held: BudgetHold = [];
const usage = { inputTokens: 100, outputTokens: 20, cachedInputTokens: 50, reasoningTokens: 10 };

/** A call to a pool whose targets have these prices, and what is asked of the keeper of budgets. */
function setUp({
  prices = [{ input: 1, output: 2 }] as readonly ({ input: number; output: number } | undefined)[],
  operation = 'chat',
  hasName = true,
  needsCost = true,
} = {}) {
  const holds: unknown[] = [];
  const settled: unknown[] = [];
  const budgets = {
    needsCost,
    hold: async (tags: unknown, estimate: unknown) => {
      holds.push([tags, estimate]);
      return Promise.resolve(held);
    },
    settle: (hold: BudgetHold, used: unknown) => settled.push([hold === held, used]),
  };
  const call = {
    request: { name: hasName ? 'pool' : undefined, operation, tokens: { input: 1_000_000, output: 500_000 } },
    route: { tiers: prices.map((price) => [{ target: { deployment: { price } } }]) },
    settings: { tags: { team: 'search' } },
    attempts: 1,
    budgetHold: undefined as BudgetHold | undefined,
  };
  const engine = { budgets } as unknown as Engine;
  return {
    ...{ holds, settled, call },
    hold: async () => holdBudget(engine, call as unknown as Call),
    settle: (end: Parameters<typeof settleBudget>[2]) => {
      settleBudget(engine, call as unknown as Call, end);
    },
  };
}

describe('a hold', () => {
  test('is the estimate of the call under its tags, at the price of its dearest target', async () => {
    const prices = [{ input: 1, output: 2 }, { input: 3, output: 4 }, undefined, { input: 2, output: 1 }];
    const { holds, hold, call } = setUp({ prices });
    await hold();
    expect(holds).toEqual([[{ team: 'search' }, { tokens: 1_500_000, cost: 5 }]]);
    expect(call.budgetHold).toBe(held);
  });

  test('costs nothing where no price is known, and has no cost where no budget asks for it', async () => {
    const free = setUp({ prices: [undefined] });
    await free.hold();
    const uncounted = setUp({ needsCost: false });
    await uncounted.hold();
    expect([...free.holds, ...uncounted.holds]).toEqual([
      [{ team: 'search' }, { tokens: 1_500_000, cost: 0 }],
      [{ team: 'search' }, { tokens: 1_500_000, cost: undefined }],
    ]);
  });

  test.each([
    ...['chat', 'text_completion', 'responses', 'embeddings', 'image', 'audio'].map(
      (each) => [each, 1] as const,
    ),
    ...['realtime', 'other'].map((each) => [each, 0] as const),
  ])('for %s: %i', async (operation, count) => {
    const { holds, hold } = setUp({ operation });
    await hold();
    expect(holds).toHaveLength(count);
  });

  test('is not for a call without a name: it reads or deletes what is there', async () => {
    const { holds, hold } = setUp({ hasName: false });
    await hold();
    expect(holds).toEqual([]);
  });
});

describe('at the end of a call', () => {
  test.each(['ok', 'error', 'aborted', 'truncated'] as const)(
    'that is %s, what it has used takes the place of the estimate',
    async (outcome) => {
      const { hold, settle, settled } = setUp();
      await hold();
      settle({ outcome, usage, cost: 0.25 });
      expect(settled).toEqual([[true, { tokens: 120, cost: 0.25 }]]);
    },
  );

  test.each([
    ['ok', 1, undefined],
    ['aborted', 1, undefined],
    ['truncated', 2, undefined],
    ['error', 3, { tokens: 0, cost: 0 }],
    ['error', 0, { tokens: 0, cost: 0 }],
    ['aborted', 0, { tokens: 0, cost: 0 }],
  ] as const)(
    'that is %s after %i attempts without usage, %j is settled',
    async (outcome, attempts, used) => {
      const { hold, settle, settled, call } = setUp();
      await hold();
      call.attempts = attempts;
      settle({ outcome, usage: undefined, cost: undefined });
      expect(settled).toEqual([[true, used]]);
    },
  );

  test('a hold is settled once, and what was not held never', async () => {
    const { hold, settle, settled } = setUp();
    settle({ outcome: 'ok', usage, cost: 1 });
    expect(settled).toEqual([]);
    await hold();
    settle({ outcome: 'ok', usage, cost: 1 });
    settle({ outcome: 'ok', usage, cost: 1 });
    expect(settled).toHaveLength(1);
  });
});
