import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { QuotaStoreError } from '../src/errors.ts';
import type { QuotaStore, QuotaTarget, Settlement } from '../src/quota/quota.ts';
import { redisQuota } from '../src/redis/redis-quota.ts';
import type { RedisQuotaClient } from '../src/redis/run-script.ts';
import { few, granted, refused, useRedis } from './redis-fixture.ts';
import { hasRedis, startRedis } from './redis-server.ts';

const circuit = { failures: 2, window: 4, openMs: 1_500, maxOpenMs: 20_000 };
const paygo: QuotaTarget = { key: 'contoso/chat', limits: { tpm: 1_000 }, provisioned: false, circuit };

/** How far the clock of the replicas is ahead of that of the server. */
let aheadMs = 0;
const now = () => Date.now() + aheadMs;
beforeEach(() => {
  aheadMs = 0;
});

async function attempt(store: QuotaStore, target: QuotaTarget, settlement: Settlement) {
  return store.settle(await granted(store, target), settlement);
}

describe.skipIf(!hasRedis)('redisQuota', () => {
  const { server, connect, replica } = useRedis();

  /** The circuit of the target as it is so much later: in the books, and for replicas with the clock of this file. */
  async function pass(ms: number): Promise<void> {
    aheadMs += ms;
    const client = await connect();
    const books = await client.hGetAll('aoai:{contoso/chat}:state');
    const later = ['cu', 'pu'].flatMap((time) => (time in books ? [[time, Number(books[time]) - ms]] : []));
    await client.hSet('aoai:{contoso/chat}:state', Object.fromEntries(later) as Record<string, number>);
  }

  test('processes that share a store get no more together than the limit, and all of it', async () => {
    const script = fileURLToPath(new URL('redis-replica.ts', import.meta.url));
    const processes = ['first', 'second'].map(() =>
      fork(script, [server().url, '100', '150', '20000'], { execArgv: ['--conditions=@aoai/source'] }),
    );
    await Promise.all(processes.map((each) => once(each, 'message')));
    const counts = await Promise.all(
      processes.map(async (each) => {
        each.send('go');
        const [count] = (await once(each, 'message')) as [number];
        return count;
      }),
    );
    // 300 asked for 100 tokens each, of 20,000.
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  test('refuses what does not fit, and says when it will', async () => {
    const store = await replica();
    for (let count = 0; count < 10; count += 1) await granted(store, paygo);
    const { reason, retryAtMs } = await refused(store, paygo);
    expect(reason).toBe('tokens');
    expect(retryAtMs - Date.now()).toBeGreaterThan(55_000);
    expect(retryAtMs - Date.now()).toBeLessThanOrEqual(61_000);
    expect(store.peek(paygo).free).toBe(0);
  });

  test('what can never fit is refused for good', async () => {
    expect(await refused(await replica(), paygo, { input: 2_000, output: 0 })).toMatchObject({
      retryAtMs: Infinity,
    });
  });

  test('calls count by sixths of the minute', async () => {
    const store = await replica();
    const target = { ...paygo, limits: { rpm: 12 } };
    await granted(store, target);
    await granted(store, target);
    const { reason, retryAtMs } = await refused(store, target);
    expect(reason).toBe('requests');
    expect(retryAtMs - Date.now()).toBeLessThanOrEqual(10_500);
  });

  test('what the service never counted is given back', async () => {
    const store = await replica();
    const grants = await Promise.all(Array.from({ length: 10 }, () => granted(store, paygo)));
    await refused(store, paygo);
    for (const grant of grants) await store.settle(grant, { result: 'cancelled', counted: false });
    await granted(store, paygo, { input: 1_000, output: 0 });
  });

  test('a limit that the service names holds for all', async () => {
    const [first, second] = [await replica(), await replica()];
    const unknown = { ...paygo, limits: {} };
    await attempt(first, unknown, { result: 'ok', observed: { limitTokens: 300 } });
    await granted(second, unknown);
    await granted(second, unknown);
    expect((await refused(first, unknown)).reason).toBe('tokens');
  });

  test('a parked target is parked for all, and never for shorter', async () => {
    const [first, second] = [await replica(), await replica()];
    const grants = [await granted(first, paygo), await granted(first, paygo)] as const;
    const untilMs = Date.now() + 5_000;
    const change = await first.settle(grants[0], { result: 'throttled', parkUntilMs: untilMs });
    expect(change.parked?.untilMs).toBeCloseTo(untilMs, -2);
    await first.settle(grants[1], { result: 'throttled', parkUntilMs: Date.now() + 1_000 });
    const { reason, retryAtMs } = await refused(second, paygo);
    expect(reason).toBe('parked');
    expect(retryAtMs).toBeCloseTo(untilMs, -2);
    expect(second.peek(paygo).parkedUntilMs).toBeCloseTo(untilMs, -2);
  });

  test('the clock of the server counts, however wrong those of the replicas are', async () => {
    const ahead = await replica({ now: () => Date.now() + 3_600_000 });
    const behind = await replica({ now: () => Date.now() - 3_600_000 });
    await attempt(ahead, paygo, { result: 'throttled', parkUntilMs: Date.now() + 3_600_000 + 5_000 });
    const { retryAtMs } = await refused(behind, paygo);
    expect(retryAtMs - (Date.now() - 3_600_000)).toBeGreaterThan(4_000);
    expect(retryAtMs - (Date.now() - 3_600_000)).toBeLessThanOrEqual(5_000);
  });

  test('a circuit opens for all, lets one probe through, and closes for all', async () => {
    const [first, second] = [await replica({ now }), await replica({ now })];
    expect(await attempt(first, paygo, { result: 'failed' })).toEqual({});
    const { circuitOpened } = await attempt(second, paygo, { result: 'failed' });
    expect(circuitOpened).toBeDefined();
    expect((await refused(first, paygo)).reason).toBe('circuit-open');
    expect(first.peek(paygo)).toMatchObject({ circuit: 'open', attempts: 2, failures: 2 });
    await pass(1_500);
    const probe = await granted(first, paygo);
    expect(probe.probe).toBe(true);
    expect((await refused(second, paygo)).reason).toBe('circuit-open');
    expect(await first.settle(probe, { result: 'ok' })).toMatchObject({ circuitClosed: true });
    expect((await granted(second, paygo)).probe).toBe(false);
  });

  test('a probe that fails opens the circuit for twice as long', async () => {
    const store = await replica({ now });
    await attempt(store, paygo, { result: 'failed' });
    await attempt(store, paygo, { result: 'failed' });
    await pass(1_500);
    const before = now();
    const { circuitOpened } = await attempt(store, paygo, { result: 'failed' });
    expect((circuitOpened?.untilMs ?? 0) - before).toBeGreaterThanOrEqual(2_990);
  });

  test('a probe whose replica died frees the circuit when its time is over, and has no say any more', async () => {
    const [first, second] = [await replica({ now, probeMs: 500 }), await replica({ now, probeMs: 500 })];
    await attempt(first, paygo, { result: 'failed' });
    await attempt(first, paygo, { result: 'failed' });
    await pass(1_500);
    const lost = await granted(first, paygo);
    expect(lost.probe).toBe(true);
    await refused(second, paygo);
    await pass(500);
    const probe = await granted(second, paygo);
    expect(probe.probe).toBe(true);
    await first.settle(lost, { result: 'failed' });
    expect(await second.settle(probe, { result: 'ok' })).toMatchObject({ circuitClosed: true });
  });

  test('the utilisation of provisioned throughput is one for all, corrected by what was used', async () => {
    const [first, second] = [await replica(), await replica()];
    const target: QuotaTarget = {
      key: 'contoso/ptu',
      limits: { ptu: 1 },
      provisioned: true,
      ptu: { inputTpm: 1_000, outputWeight: 4 },
      circuit,
    };
    const grant = await granted(first, target, { input: 200, output: 200 });
    expect((await refused(second, target)).reason).toBe('utilisation');
    await first.settle(grant, { result: 'ok', tokens: { input: 200, output: 10 } });
    const next = await granted(second, target);
    await second.settle(next, { result: 'ok', observed: { utilisation: 1.5 } });
    const { reason, retryAtMs } = await refused(first, target);
    expect(reason).toBe('utilisation');
    expect(retryAtMs - Date.now()).toBeGreaterThan(25_000);
  });

  test('all keys of a target are in one slot of a cluster, and none stays for ever', async () => {
    const store = await replica({ prefix: 'mine' });
    await attempt(store, paygo, { result: 'failed' });
    const client = await connect();
    const keys = await client.keys('*');
    expect(keys.sort()).toEqual(
      ['replicas', 'requests', 'state', 'tokens'].map((part) => `mine:{contoso/chat}:${part}`),
    );
    for (const key of keys) expect(await client.pTTL(key)).toBeGreaterThan(0);
  });

  test('nothing is forgotten before the longest park is over: a day', async () => {
    const store = await replica();
    const dayMs = 86_400_000;
    await attempt(store, paygo, { result: 'throttled', parkUntilMs: Date.now() + dayMs });
    const client = await connect();
    expect(await client.pTTL('aoai:{contoso/chat}:state')).toBeGreaterThan(dayMs);
    await attempt(store, { ...paygo, key: 'contoso/other' }, { result: 'ok' });
    expect(await client.pTTL('aoai:{contoso/other}:state')).toBeGreaterThan(dayMs);
  });

  test('far from the limit a lease answers calls at once, and what it does not use goes back', async () => {
    const large = { ...paygo, limits: { tpm: 100_000 } };
    let nowMs = Date.now();
    const [first, second] = [await replica({ now: () => nowMs }), await replica()];
    await granted(first, large);
    nowMs += 2_000;
    await granted(first, large);
    const atOnce = first.reserve(large, few);
    expect(atOnce).toMatchObject({ ok: true });
    await granted(second, large);
    // The lease of the first counts as used for the others.
    expect(second.peek(large).free).toBeLessThan(0.9965);
    await first.close?.();
    await granted(second, large, { input: 100_000 - 400, output: 0 });
  });

  test('who sees failures asks for every call', async () => {
    const large = { ...paygo, limits: { tpm: 100_000 } };
    const store = await replica();
    await granted(store, large);
    const grant = await granted(store, large);
    await store.settle(grant, { result: 'failed' });
    const answer = store.reserve(large, few);
    expect(answer).toBeInstanceOf(Promise);
    await answer;
  });

  test('scripts that the server has lost are sent again', async () => {
    const store = await replica();
    await granted(store, paygo);
    await (await connect()).scriptFlush();
    await granted(store, paygo);
  });

  describe('when the store does not answer', () => {
    afterEach(() => {
      server().thaw();
    });

    test('"local-share": each replica goes on with its share, within its deadline', async () => {
      const client = await connect();
      let questions = 0;
      const counted: RedisQuotaClient = {
        eval: (...question) => client.eval(...question),
        evalSha: async (...question) => {
          questions += 1;
          return client.evalSha(...question);
        },
      };
      const [first, second] = [
        redisQuota(counted, { degrade: 'local-share', timeoutMs: 100 }),
        await replica({ degrade: 'local-share', timeoutMs: 100 }),
      ];
      await granted(first, paygo, { input: 1, output: 0 });
      await granted(second, paygo, { input: 1, output: 0 });
      await granted(first, paygo, { input: 1, output: 0 });
      server().freeze();
      questions = 0;
      const tokens = { input: 100, output: 0 };
      const grants = [];
      for (let count = 0; count < 4; count += 1) grants.push(await first.reserve(paygo, tokens));
      // Half of the 997 tokens that were free, of which one attempt or a tenth may go at once.
      expect(grants.map(({ ok }) => ok)).toEqual([true, false, false, false]);
      // Three questions run into the deadline; then the circuit of the store answers for it.
      expect(questions).toBe(3);
      const [grant] = grants;
      if (grant?.ok === true) await first.settle(grant, { result: 'ok' });
    });

    test('"open": no limits, but hints still hold', async () => {
      const store = await replica({ degrade: 'open', timeoutMs: 50 });
      await granted(store, paygo);
      server().freeze();
      for (let count = 0; count < 20; count += 1) await granted(store, paygo);
      await attempt(store, paygo, { result: 'throttled', parkUntilMs: Date.now() + 5_000 });
      expect((await refused(store, paygo)).reason).toBe('parked');
    });

    test('"closed": calls fail with QuotaStoreError, and soon at once', async () => {
      const store = await replica({ degrade: 'closed', timeoutMs: 50 });
      const grant = await granted(store, paygo);
      server().freeze();
      for (let count = 0; count < 3; count += 1) {
        await expect(store.reserve(paygo, few)).rejects.toBeInstanceOf(QuotaStoreError);
      }
      await expect(store.reserve(paygo, few)).rejects.toThrow('`degrade` is "closed"');
      // Settling never fails a call that has its answer.
      expect(await store.settle(grant, { result: 'ok' })).toEqual({});
    });

    test('goes back to the store when it answers again', async () => {
      const store = await replica({ degrade: 'closed', timeoutMs: 50, now });
      await granted(store, paygo);
      server().freeze();
      for (let count = 0; count < 3; count += 1) {
        await expect(store.reserve(paygo, few)).rejects.toBeInstanceOf(QuotaStoreError);
      }
      server().thaw();
      aheadMs += 500;
      await granted(store, paygo);
    });
  });

  test('a store that is gone is as one that does not answer', async () => {
    const gone = await startRedis();
    const client = await connect({ url: gone.url, disableOfflineQueue: true });
    const closed = redisQuota(client, { degrade: 'closed', timeoutMs: 200 });
    const open = redisQuota(client, { degrade: 'open', timeoutMs: 200 });
    await granted(closed, paygo);
    await gone.stop();
    await expect(closed.reserve(paygo, few)).rejects.toBeInstanceOf(QuotaStoreError);
    await granted(open, paygo);
  });
});
