import { describe, expect, test } from 'vitest';
import { useRedis } from '../../test/redis-fixture.ts';
import { hasRedis } from '../../test/redis-server.ts';
import type { BudgetEntry } from '../budget/budget.ts';
import { QuotaStoreError } from '../errors.ts';
import { redisBudgets } from './redis-budgets.ts';
import type { RedisBudgetsOptions } from './redis-budgets.ts';
import type { RedisQuotaClient, ScriptArguments } from './run-script.ts';

const hourMs = 3_600_000;
const now = () => 1_000_000;
const entry = (key: string, amount: number, limit: number): BudgetEntry => ({
  key,
  amount,
  limit,
  untilMs: now() + hourMs,
});

/** A client that answers each question as the test says, and what it was asked. */
function clientOf(answer: () => Promise<unknown>) {
  const asked: ScriptArguments[] = [];
  const client: RedisQuotaClient = {
    evalSha: (_, given) => {
      asked.push(given);
      return answer();
    },
    eval: () => Promise.reject(new Error('The script is there.')),
  };
  return { client, asked };
}

describe('a question about budgets', () => {
  test('names each budget in one slot of a cluster, and keeps it for an hour after its period', async () => {
    const { client, asked } = clientOf(async () => [1, '30', 7]);
    const store = redisBudgets(client, { degrade: 'closed', prefix: 'mine', now });
    expect(await store.take([entry('day/tokens', 30, 100), entry('day/cost', 7, 9)])).toEqual({
      ok: true,
      used: [30, 7],
    });
    await store.correct([
      { key: 'day/tokens', amount: -3, untilMs: now() + 0.5 },
      { key: 'ended', amount: 4, untilMs: now() - 1 },
    ]);
    expect(asked).toEqual([
      {
        keys: ['mine:{budgets}:day/tokens', 'mine:{budgets}:day/cost'],
        arguments: ['30', '100', '7200000', '7', '9', '7200000'],
      },
      {
        keys: ['mine:{budgets}:day/tokens', 'mine:{budgets}:ended'],
        arguments: ['-3', '', '3600001', '4', '', '3600000'],
      },
    ]);
  });

  test('is not sent when there is no budget', async () => {
    const { client, asked } = clientOf(async () => [1]);
    const store = redisBudgets(client, { degrade: 'closed', now });
    expect(await store.take([])).toEqual({ ok: true, used: [] });
    expect(asked).toEqual([]);
  });
});

describe('a store of budgets that does not answer', () => {
  const failing = (degrade: RedisBudgetsOptions['degrade']) => {
    const { client } = clientOf(() => Promise.reject(new Error('gone')));
    return redisBudgets(client, { degrade, prefix: 'mine', now });
  };

  test('"alone": this process counts its own usage', async () => {
    const store = failing('alone');
    expect(await store.take([entry('day', 60, 100)])).toEqual({ ok: true, used: [60] });
    expect(await store.take([entry('day', 41, 100)])).toEqual({ ok: false, place: 0, used: 60 });
  });

  test('"closed": the call fails, with the name of the store and the reason', async () => {
    const taking = Promise.resolve(failing('closed').take([entry('day', 60, 100)]));
    const error: unknown = await taking.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(QuotaStoreError);
    expect(error).toMatchObject({ cause: { message: 'gone' } });
    expect((error as Error).message).toContain('"mine"');
  });

  test('a correction that it does not take is the caller’s to know', async () => {
    await expect(failing('alone').correct([entry('day', -60, 100)])).rejects.toThrow('gone');
  });
});

describe.skipIf(!hasRedis)('budgets in Redis', () => {
  const redis = useRedis();
  const connected = async () =>
    redisBudgets(await redis.connect(), { degrade: 'closed', timeoutMs: 2_000, now });

  test('are used up to their limit, and all of a call is taken or nothing', async () => {
    const store = await connected();
    expect(await store.take([entry('a', 100, 100), entry('b', 1, 9)])).toEqual({ ok: true, used: [100, 1] });
    expect(await store.take([entry('b', 3, 9), entry('a', 1, 100)])).toEqual({
      ok: false,
      place: 1,
      used: 100,
    });
    const client = await redis.connect();
    expect(await client.hGet('aoai:{budgets}:b', 'used')).toBe('1');
  });

  test('what was used beyond an estimate is added past the limit, and what was not is given back', async () => {
    const store = await connected();
    await store.take([entry('a', 90, 100)]);
    await store.correct([{ key: 'a', amount: 30, untilMs: now() + hourMs }]);
    expect(await store.take([entry('a', 1, 100)])).toEqual({ ok: false, place: 0, used: 120 });
    await store.correct([{ key: 'a', amount: -50, untilMs: now() + hourMs }]);
    expect(await store.take([entry('a', 30, 100)])).toEqual({ ok: true, used: [100] });
    const client = await redis.connect();
    const left = await client.pTTL('aoai:{budgets}:a');
    expect(left).toBeGreaterThan(2 * hourMs - 10_000);
    expect(left).toBeLessThanOrEqual(2 * hourMs);
  });

  test('what a server that has lost its books gets back is no credit', async () => {
    const store = await connected();
    await store.take([entry('a', 90, 100)]);
    await (await redis.connect()).flushAll();
    await store.correct([{ key: 'a', amount: -50, untilMs: now() + hourMs }]);
    expect(await store.take([entry('a', 101, 100)])).toEqual({ ok: false, place: 0, used: 0 });
  });
});
