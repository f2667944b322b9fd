import { createClient as createRedis } from '@redis/client';
import { defineConfig } from '@aoai/config';
import { serverError, startMockAzure } from '@aoai/testing';
import type { MockAzure } from '@aoai/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BudgetExceededError, QuotaStoreError } from '../src/errors.ts';
import type { ClientEvent, ClientOptions } from '../src/index.ts';
import { createClient } from '../src/index.ts';
import { redisBudgets } from '../src/redis.ts';
import { hasRedis, startRedis } from './redis-server.ts';

const price = { input: 2, output: 10 };
const config = defineConfig({
  resources: { main: { endpoint: 'https://main.openai.azure.com' } },
  deployments: {
    chat: { resource: 'main', deployment: 'gpt', model: 'gpt-4.1', price },
    spare: { resource: 'main', deployment: 'gpt-2', model: 'gpt-4.1', price: { input: 20, output: 100 } },
  },
});
const noonMs = Date.UTC(2026, 10, 29, 12);
const messages = [{ role: 'user' as const, content: 'Say hello.' }];

let mock: MockAzure<'chat' | 'spare'>;
const open: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  mock = await startMockAzure({ config });
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  await mock.close();
});

function clientOf(budgets: NonNullable<ClientOptions['budgets']>, more: Partial<ClientOptions> = {}) {
  const events: ClientEvent[] = [];
  const clock = { nowMs: noonMs };
  const azure = createClient(mock.config, {
    credential: mock.credential(),
    budgets,
    now: () => clock.nowMs,
    onEvent: (event) => events.push(event),
    ...more,
  });
  open.push(() => azure.close());
  const ask = (tags: Record<string, string> = {}, maxTokens = 20, model: 'chat' | 'spare' = 'chat') =>
    azure.with({ tags }).chat.completions.create({ model, messages, max_completion_tokens: maxTokens });
  return { azure, ask, events, clock };
}

/** The error of a call that is refused. */
async function refusal(call: Promise<unknown>): Promise<BudgetExceededError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BudgetExceededError)) throw new Error('not refused', { cause: error });
  return error;
}

test('a call that may use more than is left is refused before a byte is sent', async () => {
  const { azure, ask } = clientOf({ limits: [{ tag: 'team', per: 'day', tokens: 1_000 }] });
  const error = await refusal(ask({ team: 'search' }, 2_000));
  expect(error).toMatchObject({
    code: 'BUDGET_EXCEEDED',
    tag: 'team=search',
    per: 'day',
    unit: 'tokens',
    limit: 1_000,
    used: 0,
  });
  expect(error.asked).toBeGreaterThan(2_000);
  expect(error.endsAt.toISOString()).toBe('2026-11-30T00:00:00.000Z');
  expect(error.message).toMatch(
    /^Cannot make the call: the budget of "team=search" is 1000 \(tokens\) per day, 0 of it is used, and this call may use \d+\. Call again after 2026-11-30T00:00:00\.000Z, set a lower `max_tokens`, or raise the limit in `budgets`\.$/,
  );
  expect(mock.requests()).toHaveLength(0);
  expect(azure.status().spendingByTag['team=search']).toMatchObject({ calls: 1, failed: 1 });
});

test('the truth takes the place of the estimate', async () => {
  const { ask } = clientOf({ limits: [{ per: 'day', tokens: 1_000 }] });
  for (let call = 0; call < 3; call += 1) await ask({}, 900);
  const { used } = await refusal(ask({}, 1_001));
  const usage = mock.requests().length * 3;
  expect(used).toBeGreaterThan(usage);
  expect(used).toBeLessThan(300);
});

test('each value of a tag has a budget, calls without it one together, and other periods their own', async () => {
  const { ask, clock } = clientOf({ limits: [{ tag: 'team', per: 'hour', tokens: 100 }] });
  await ask({ team: 'search' }, 50);
  await refusal(ask({ team: 'search' }, 95));
  await ask({ team: 'sales' }, 50);
  await ask({}, 50);
  expect((await refusal(ask({ other: 'tag' }, 95))).tag).toBe('team=');
  clock.nowMs += 3_600_000;
  await ask({ team: 'search' }, 50);
});

test('money is held at the price of the dearest target, and settled at that of the one that answered', async () => {
  const { azure, ask } = clientOf({ limits: [{ per: 'month', cost: 0.01 }] });
  await refusal(ask({}, 100, 'spare'));
  await ask({}, 100);
  const { cost } = azure.status().spending;
  expect(cost).toBeGreaterThan(0);
  const error = await refusal(ask({}, 1_000));
  expect(error.unit).toBe('cost');
  expect(error.used).toBeCloseTo(cost, 5);
  expect(error.endsAt.toISOString()).toBe('2026-12-01T00:00:00.000Z');
});

test('calls made at once do not use more together', async () => {
  const { ask } = clientOf({ limits: [{ per: 'day', tokens: 500 }] });
  const answers = await Promise.allSettled(Array.from({ length: 20 }, () => ask({}, 80)));
  const made = answers.filter(({ status }) => status === 'fulfilled').length;
  expect(made).toBe(mock.requests().length);
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThanOrEqual(5);
});

test('a warning is told once, when the share is reached', async () => {
  const { ask, events } = clientOf({ limits: [{ tag: 'team', per: 'day', tokens: 300, warnAt: 0.5 }] });
  await ask({ team: 'search' }, 150);
  await ask({ team: 'search' }, 160);
  await ask({ team: 'search' }, 20);
  const warnings = events.filter(({ type }) => type === 'budget-warning');
  expect(warnings[0]).toMatchObject({ tag: 'team=search', per: 'day', unit: 'tokens', limit: 300 });
  expect(warnings).toHaveLength(1);
});

test('what failed, or was never sent, is given back', async () => {
  const { azure, ask } = clientOf({ limits: [{ per: 'day', tokens: 300 }] }, { retry: false });
  mock.fail('chat', serverError(), { times: 1 });
  await expect(ask({}, 250)).rejects.toMatchObject({ status: 500 });
  const stopped = new AbortController();
  stopped.abort();
  await expect(
    azure.chat.completions.create(
      { model: 'chat', messages, max_completion_tokens: 250 },
      { signal: stopped.signal },
    ),
  ).rejects.toThrow();
  await ask({}, 250);
});

test('what needs no tokens needs no budget', async () => {
  const { azure, ask } = clientOf({ limits: [{ per: 'day', tokens: 0 }] });
  await refusal(ask());
  await azure.files.list();
});

test('settled sums never leave the limit, whatever is asked for at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 12 }), async (sizes) => {
      const { azure, ask } = clientOf({ limits: [{ per: 'day', tokens: 300 }] });
      const answers = await Promise.allSettled(sizes.map((size) => ask({}, size)));
      const { inputTokens, outputTokens } = azure.status().spending;
      expect(inputTokens + outputTokens).toBeLessThanOrEqual(300);
      for (const answer of answers) {
        if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(BudgetExceededError);
      }
    }),
    { seed: 5, numRuns: 15 },
  );
});

test.each<[object, string]>([
  [{ limits: [] }, '`budgets.limits`'],
  [{ limits: [{ per: 'week', tokens: 1 }] }, '`budgets.limits[0].per` is "week"'],
  [{ limits: [{ per: 'day' }] }, '`budgets.limits[0]` limits nothing'],
  [{ limits: [{ per: 'day', tokens: -1 }] }, '`budgets.limits[0].tokens` is -1'],
  [{ limits: [{ per: 'day', tokens: 1, warnAt: 2 }] }, '`budgets.limits[0].warnAt` is 2'],
  [{ limits: [{ per: 'day', tokens: 1, tag: '' }] }, '`budgets.limits[0].tag` is ""'],
])('refuses %j', (budgets, words) => {
  expect(() => createClient(config, { budgets: budgets as never })).toThrow(words);
});

test('a budget of money wants to know all prices', () => {
  const unpriced = defineConfig({
    resources: { main: { endpoint: 'https://main.openai.azure.com' } },
    deployments: { chat: { resource: 'main', deployment: 'gpt', model: 'gpt-4.1' } },
  });
  expect(() => createClient(unpriced, { budgets: { limits: [{ per: 'day', cost: 1 }] } })).toThrow(
    '`budgets` limits `cost`, and no `price` is known of "chat"',
  );
});

describe.skipIf(!hasRedis)('budgets in Redis', () => {
  async function started() {
    const server = await startRedis();
    open.push(() => server.stop());
    const connect = async () => {
      const client = createRedis({ url: server.url });
      client.on('error', () => undefined);
      open.push(async () => {
        client.destroy();
      });
      return client.connect();
    };
    return { server, connect };
  }

  test('are one for all processes, leave no key for ever, and warn once', async () => {
    const { connect } = await started();
    const limits = [{ tag: 'team', per: 'day' as const, tokens: 500, cost: 1 }];
    const clients: ReturnType<typeof clientOf>[] = [];
    for (let each = 0; each < 2; each += 1) {
      const store = redisBudgets(await connect(), { degrade: 'closed', timeoutMs: 2_000, now: () => noonMs });
      clients.push(clientOf({ limits, store }));
    }
    const asked = Array.from({ length: 20 }, async (_, index) =>
      clients[index % 2]?.ask({ team: 'search' }, 80),
    );
    const made = (await Promise.allSettled(asked)).filter(({ status }) => status === 'fulfilled').length;
    expect(made).toBe(mock.requests().length);
    expect(made).toBeLessThanOrEqual(5);
    const warnings = clients.flatMap(({ events }) => events.filter(({ type }) => type === 'budget-warning'));
    expect(warnings.length).toBeLessThanOrEqual(1);
    for (const { azure } of clients) await azure.close();
    const redis = await connect();
    const spent = clients.map(({ azure }) => azure.status().spending);
    const tokens = spent.reduce((sum, each) => sum + each.inputTokens + each.outputTokens, 0);
    const keys = await redis.keys('*');
    expect(keys).toHaveLength(2);
    const key = keys.find((name) => name.endsWith('/tokens')) ?? '';
    expect(key).toBe('aoai:{budgets}:2026-11-29/day/team%3Dsearch/tokens');
    expect(Number(await redis.hGet(key, 'used'))).toBe(tokens);
    for (const name of keys) expect(await redis.pTTL(name)).toBeGreaterThan(0);
  });

  test('a store that is away: each process counts for itself, or calls fail', async () => {
    const { server, connect } = await started();
    const limits = [{ per: 'day' as const, tokens: 500 }];
    const alone = clientOf({
      limits,
      store: redisBudgets(await connect(), { degrade: 'alone', timeoutMs: 100 }),
    });
    const closed = clientOf({
      limits,
      store: redisBudgets(await connect(), { degrade: 'closed', timeoutMs: 100 }),
    });
    server.freeze();
    await alone.ask({}, 80);
    await refusal(alone.ask({}, 600));
    await expect(closed.ask({}, 80)).rejects.toBeInstanceOf(QuotaStoreError);
    server.thaw();
  });

  test('refuses to guess what to do without the store', async () => {
    const { connect } = await started();
    const redis = await connect();
    expect(() => redisBudgets(redis, { degrade: 'open' as never })).toThrow('`degrade` is "open"');
  });
});
