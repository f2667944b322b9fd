import { defineConfig } from '@aoai/config';
import { expect, test } from 'vitest';
import type { Budget } from './budget.ts';
import { checkBudgets } from './check-budgets.ts';

const deployment = { resource: 'main', model: 'gpt-4.1' } as const;
const config = defineConfig({
  resources: { main: { endpoint: 'https://main.openai.azure.com' } },
  deployments: {
    priced: { ...deployment, deployment: 'a', price: { input: 1, output: 1 } },
    free: { ...deployment, deployment: 'b' },
    open: { ...deployment, deployment: 'c' },
  },
});
const check = (limits: unknown) => () => {
  checkBudgets(config, { limits: limits as readonly Budget[] });
};

test.each([
  { tokens: 0 },
  { tokens: Number.MAX_SAFE_INTEGER },
  { tokens: 1, warnAt: 0 },
  { tokens: 1, warnAt: 1 },
  { tokens: 1, tag: 'team' },
])('takes %j', (budget) => {
  for (const per of ['hour', 'day', 'month']) expect(check([{ per, ...budget }])).not.toThrow();
});

test.each<[unknown, string]>([
  [undefined, '`budgets.limits` is undefined. Give a list'],
  [{}, '`budgets.limits` is {}. Give a list'],
  [[], '`budgets.limits` is []. Give a list'],
  [[{ per: 'week', tokens: 1 }], '`budgets.limits[0].per` is "week". Set it to "hour", "day" or "month"'],
  [[{ per: 'day', tokens: 1 }, { per: 'day' }], '`budgets.limits[1]` limits nothing'],
  [[{ per: 'day', tokens: 1, tag: '' }], '`budgets.limits[0].tag` is "". Give the name of a tag'],
  [[{ per: 'day', tokens: 1, tag: 7 }], '`budgets.limits[0].tag` is 7'],
  [
    [{ per: 'day', tokens: -1 }],
    '`budgets.limits[0].tokens` is -1. Give a number from 0 to 9007199254740991',
  ],
  [[{ per: 'day', tokens: 2 ** 53 }], '`budgets.limits[0].tokens` is 9007199254740992'],
  [[{ per: 'day', tokens: '1' }], '`budgets.limits[0].tokens` is "1"'],
  [[{ per: 'day', tokens: Number.NaN }], '`budgets.limits[0].tokens` is null'],
  [
    [{ per: 'day', cost: 1e9 + 1 }],
    '`budgets.limits[0].cost` is 1000000001. Give a number from 0 to 1000000000',
  ],
  [
    [{ per: 'day', tokens: 1, warnAt: 1.01 }],
    '`budgets.limits[0].warnAt` is 1.01. Give a number from 0 to 1',
  ],
  [
    [
      { per: 'day', tokens: 1 },
      { per: 'day', cost: 1 },
    ],
    'no `price` is known of "free", "open". Give each',
  ],
])('refuses %j', (limits, words) => {
  expect(check(limits)).toThrow(words);
});

test('a limit of money is taken where all prices are known', () => {
  const { priced } = config.deployments;
  const limits = [{ per: 'day', cost: 1e9 }] as const;
  expect(() => {
    checkBudgets({ ...config, deployments: priced === undefined ? {} : { priced } }, { limits });
  }).not.toThrow();
});
