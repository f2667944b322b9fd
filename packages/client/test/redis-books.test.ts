import { describe, expect, test, vi } from 'vitest';
import type { QuotaStore, QuotaTarget, Settlement } from '../src/quota/quota.ts';
import { redisQuota } from '../src/redis/redis-quota.ts';
import type { RedisQuotaClient } from '../src/redis/run-script.ts';
import { few, granted, refused, useRedis } from './redis-fixture.ts';
import { hasRedis } from './redis-server.ts';

// What the scripts write into the books of a target, and how long it counts. Books are filled by hand where time has to pass.
const circuit = { failures: 2, window: 4, openMs: 60, maxOpenMs: 1_000 };
const paygo: QuotaTarget = { key: 'contoso/chat', limits: { tpm: 1_000 }, provisioned: false, circuit };
const open: QuotaTarget = { ...paygo, limits: {} };
const bought: QuotaTarget = {
  ...paygo,
  limits: { ptu: 1 },
  provisioned: true,
  ptu: { inputTpm: 1_000, outputWeight: 4 },
};
const one = { input: 1, output: 0 };
const dayMs = 86_400_000;
/** The clock of the replicas in these tests stands still, so that times are exact. */
const nowMs = Date.now();
const now = () => nowMs;

describe.skipIf(!hasRedis)('the books in Redis', () => {
  const redis = useRedis();
  const key = (part: 'state' | 'tokens' | 'requests' | 'replicas') => `aoai:{contoso/chat}:${part}`;

  async function write(part: Parameters<typeof key>[0], fields: Record<string, string | number>) {
    const client = await redis.connect();
    await client.hSet(key(part), fields);
  }

  async function read(part: Parameters<typeof key>[0]): Promise<Record<string, string>> {
    const client = await redis.connect();
    return { ...(await client.hGetAll(key(part))) };
  }

  async function leftMs(part: Parameters<typeof key>[0]): Promise<number> {
    const client = await redis.connect();
    return client.pTTL(key(part));
  }

  /** The clock of the server, which is the one of this machine. */
  const serverMs = () => Date.now();

  async function attempt(store: QuotaStore, settlement: Settlement, of = paygo) {
    return store.settle(await granted(store, of, few), settlement);
  }

  async function fail(store: QuotaStore, times: number) {
    const changes = [];
    for (let count = 0; count < times; count += 1) changes.push(await attempt(store, { result: 'failed' }));
    return changes.at(-1);
  }

  describe('how long they are kept', () => {
    test('a park of three days outlives the usual time, also when other replicas ask', async () => {
      const [first, second] = [await redis.replica(), await redis.replica()];
      const untilMs = Date.now() + 3 * dayMs;
      await attempt(first, { result: 'throttled', parkUntilMs: untilMs });
      const left = await leftMs('state');
      expect(left).toBeGreaterThan(3 * dayMs + 50_000);
      expect(left).toBeLessThanOrEqual(3 * dayMs + 60_000);
      await refused(second, paygo, few);
      expect(await leftMs('state')).toBeGreaterThan(3 * dayMs + 50_000);
    });

    test('a question keeps them for a day and more, and so does an end', async () => {
      const store = await redis.replica();
      const grant = await granted(store, paygo, few);
      expect(await leftMs('state')).toBeGreaterThan(dayMs);
      await (await redis.connect()).pExpire(key('state'), 5_000);
      await store.settle(grant, { result: 'failed' });
      expect(await leftMs('state')).toBeGreaterThan(dayMs);
      expect(await leftMs('state')).toBeLessThanOrEqual(90_000_000);
    });

    test('a window is kept as long as something is in it, and a replica for five minutes', async () => {
      await granted(await redis.replica(), paygo, few);
      const left = [await leftMs('tokens'), await leftMs('requests'), await leftMs('replicas')];
      const most = [62_000, 10_500, 300_000];
      for (const [place, ms] of left.entries()) {
        expect(ms).toBeLessThanOrEqual(most[place] ?? 0);
        expect(ms).toBeGreaterThan((most[place] ?? 0) - 1_000);
      }
    });
  });

  describe('windows', () => {
    test.each([
      ['tokens', 1_000, 58, 62],
      ['requests', 250, 37, 42],
    ] as const)('%s count for the whole window and no longer', async (part, grainMs, inside, outside) => {
      const target = { ...paygo, limits: { tpm: 1_000, rpm: 600 } };
      const [half, store] = [part === 'tokens' ? 500 : 50, await redis.replica()];
      const moment = Math.floor(serverMs() / grainMs);
      await write(part, { [moment - inside]: half, [moment - outside]: half });
      await granted(store, target, one);
      const counted = part === 'tokens' ? 0.499 : 0.49;
      expect(store.peek(target).free).toBeCloseTo(counted, 9);
      expect(Object.keys(await read(part))).not.toContain(String(moment - outside));
    });

    test('a limit is used up to the last token, and a refusal says when enough of it has left', async () => {
      const store = await redis.replica({ now });
      const second = Math.floor(serverMs() / 1_000);
      await write('tokens', { [second - 50]: 300, [second - 30]: 300 });
      await granted(store, paygo, { input: 400, output: 0 });
      const [some, more] = [
        { input: 300, output: 0 },
        { input: 301, output: 0 },
      ];
      const { retryAtMs } = await refused(store, paygo, more);
      expect(retryAtMs - nowMs).toBeGreaterThan(28_900);
      expect(retryAtMs - nowMs).toBeLessThanOrEqual(31_000);
      const other = await redis.replica({ now });
      const earlier = await refused(other, paygo, some);
      expect(earlier.retryAtMs - nowMs).toBeGreaterThan(8_900);
      expect(earlier.retryAtMs - nowMs).toBeLessThanOrEqual(11_000);
    });

    test('input and output are counted, and cached input like any other', async () => {
      const store = await redis.replica();
      await granted(store, paygo, { input: 300, output: 200, cachedInput: 100 });
      expect(store.peek(paygo).free).toBe(0.5);
    });

    test('the scarcer limit names the refusal', async () => {
      const target = { ...paygo, limits: { tpm: 1_000, rpm: 12 } };
      const store = await redis.replica();
      for (let call = 0; call < 2; call += 1) await granted(store, target, one);
      expect((await refused(store, target, one)).reason).toBe('requests');
      // Of another replica, which remembers no refusal. The tokens leave later than the calls.
      const large = await refused(await redis.replica(), target, { input: 999, output: 0 });
      expect(large.reason).toBe('tokens');
    });

    test('the tokens of one leave earlier than the calls: then the calls name it', async () => {
      const target = { ...paygo, limits: { tpm: 1_000, rpm: 12 } };
      const ms = serverMs();
      await write('tokens', { [Math.floor(ms / 1_000) - 57]: 1_000 });
      await write('requests', { [Math.floor(ms / 250)]: 2 });
      const { reason, retryAtMs } = await refused(await redis.replica({ now }), target, one);
      expect(reason).toBe('requests');
      expect(retryAtMs - nowMs).toBeGreaterThan(8_000);
    });

    test('all tokens that were ever recorded are counted, also those that went past the store', async () => {
      const store = await redis.replica();
      await granted(store, paygo, few);
      await granted(store, paygo, { input: 50, output: 0 });
      expect(await read('state')).toMatchObject({ tp: '150' });
      const alone = await redis.replica({ degrade: 'local-share', timeoutMs: 150 });
      redis.server().freeze();
      await granted(alone, paygo, { input: 30, output: 0 });
      redis.server().thaw();
      await vi.waitUntil(async () => {
        await alone.reserve(paygo, one);
        return (await read('state'))['tp'] !== '150';
      }, 20_000);
      expect(Number((await read('state'))['tp'])).toBeGreaterThanOrEqual(180);
    });

    test('a question whose replica no longer waits grants nothing', async () => {
      const client = await redis.connect();
      const outcomes: unknown[] = [];
      const watched: RedisQuotaClient = {
        eval: async (script, given) => {
          const answer = await client.eval(script, given);
          outcomes.push((answer as unknown[])[0]);
          return answer;
        },
        evalSha: async (sha, given) => {
          const answer = await client.evalSha(sha, given);
          outcomes.push((answer as unknown[])[0]);
          return answer;
        },
      };
      // The clock of this process is set back: for the server the time of the second question is over.
      let setBackMs = 0;
      const store = redisQuota(watched, {
        degrade: 'closed',
        timeoutMs: 1_000,
        now: () => nowMs - setBackMs,
      });
      await granted(store, paygo, few);
      setBackMs = 1_500;
      await granted(store, paygo, few);
      expect(outcomes).toEqual(['yes', 'late', 'yes']);
      expect(Object.values(await read('tokens')).reduce((sum, each) => sum + Number(each), 0)).toBe(200);
    });

    test('what is given back after it has left the window adds nothing to it', async () => {
      const store = await redis.replica();
      const grant = await granted(store, paygo, few);
      await (await redis.connect()).del([key('tokens'), key('requests')]);
      await store.settle(grant, { result: 'cancelled', counted: false });
      expect(await read('tokens')).toEqual({});
      expect(await read('requests')).toEqual({});
    });

    test('a refused attempt used no tokens, and was a call', async () => {
      const target = { ...paygo, limits: { tpm: 1_000, rpm: 60 } };
      const store = await redis.replica();
      await attempt(store, { result: 'throttled' }, target);
      expect(Object.values(await read('tokens'))).toEqual(['0']);
      expect(Object.values(await read('requests'))).toEqual(['1']);
      expect(store.peek(target).free).toBe(0.9);
    });
  });

  describe('the leases of other replicas', () => {
    const lease = (heardMs: number, tokens: number, tillMs: number) => `${heardMs}:${tokens}:1:${tillMs}`;

    test.each([
      ['counts until it has ended and its tokens have left the window', -50_000, 0.5],
      ['no longer counts then', -62_000, 1],
    ])('one whose replica is silent %s', async (_, endedMs, free) => {
      const ms = serverMs();
      await write('replicas', { silent: lease(ms - 200_000, 500, ms + endedMs) });
      const store = await redis.replica();
      await store.reserve(paygo, { input: 0, output: 0 });
      expect(store.peek(paygo).free).toBe(free);
    });

    test('a replica that was silent for five minutes is forgotten, with its lease', async () => {
      const ms = serverMs();
      await write('replicas', { gone: lease(ms - 301_000, 500, ms), here: lease(ms - 290_000, 100, ms) });
      const store = await redis.replica();
      await store.reserve(paygo, { input: 0, output: 0 });
      expect(store.peek(paygo).free).toBe(0.9);
      const replicas = Object.keys(await read('replicas'));
      expect(replicas).toHaveLength(2);
      expect(replicas).toContain('here');
    });

    test('no lease counts for longer than half a minute from now, whatever the clock was', async () => {
      const ms = serverMs();
      await write('replicas', { ahead: lease(ms + 3_600_000, 1_000, ms + 3_600_000) });
      const store = await redis.replica({ now });
      const { retryAtMs } = await refused(store, paygo, few);
      expect(retryAtMs - nowMs).toBeGreaterThan(90_000);
      expect(retryAtMs - nowMs).toBeLessThanOrEqual(91_000);
    });

    test('a replica that leaves is no longer counted', async () => {
      const [first, second] = [await redis.replica(), await redis.replica()];
      await granted(first, paygo, few);
      await granted(second, paygo, few);
      expect(Object.keys(await read('replicas'))).toHaveLength(2);
      await first.close?.();
      expect(Object.keys(await read('replicas'))).toHaveLength(1);
    });
  });

  describe('the park', () => {
    test('says how long it is new, and nothing when the target was parked as long', async () => {
      const store = await redis.replica({ now });
      const grants = await Promise.all([0, 1, 2, 3].map(() => granted(store, paygo, few)));
      const end = async (parkUntilMs: number) => {
        const grant = grants.pop();
        return grant && store.settle(grant, { result: 'throttled', parkUntilMs });
      };
      expect(await end(nowMs + 50_000)).toEqual({ parked: { untilMs: nowMs + 50_000 } });
      expect(await end(nowMs + 40_000)).toEqual({});
      expect(store.peek(paygo).parkedUntilMs).toBeGreaterThan(nowMs + 49_000);
      expect(await end(nowMs + 60_000)).toEqual({ parked: { untilMs: nowMs + 60_000 } });
      expect(await end(nowMs)).toEqual({});
      const { park, pd } = await read('state');
      expect(pd).toBe('60000');
      expect(Number(park) - serverMs()).toBeGreaterThan(59_000);
      expect(Number(park) - serverMs()).toBeLessThanOrEqual(60_000);
    });

    test('is over at its end', async () => {
      await write('state', { park: serverMs() - 1, pd: 5_000 });
      const store = await redis.replica();
      await granted(store, paygo, few);
      expect(store.peek(paygo).parkedUntilMs).toBe(0);
    });

    test('a refusal of one replica holds for another that has asked before', async () => {
      const [first, second] = [await redis.replica(), await redis.replica()];
      await granted(second, paygo, few);
      await attempt(first, { result: 'throttled', parkUntilMs: Date.now() + 5_000 });
      expect((await refused(second, paygo, few)).reason).toBe('parked');
    });
  });

  describe('the circuit', () => {
    test('opens for as long as it says, and each failed probe doubles that up to the longest', async () => {
      const store = await redis.replica({ now });
      expect(await fail(store, 2)).toEqual({ circuitOpened: { untilMs: nowMs + 60 } });
      const opened = [];
      for (let probe = 0; probe < 6; probe += 1) {
        await write('state', { cu: serverMs() - 1 });
        const grant = await granted(store, paygo, { input: 0, output: 0 });
        expect(grant.probe).toBe(true);
        const { circuitOpened } = await store.settle(grant, { result: 'failed' });
        opened.push((circuitOpened?.untilMs ?? 0) - nowMs);
      }
      expect(opened).toEqual([120, 240, 480, 960, 1_000, 1_000]);
    });

    test('counts successes that were not reported, up to its window', async () => {
      const store = await redis.replica();
      for (let call = 0; call < 2; call += 1) await attempt(store, { result: 'ok' });
      await fail(store, 1);
      expect(store.peek(paygo)).toMatchObject({ circuit: 'closed', attempts: 3, failures: 1 });
      const [other, target] = [await redis.replica(), { ...paygo, key: 'contoso/other', limits: {} }];
      for (let call = 0; call < 9; call += 1) await attempt(other, { result: 'ok' }, target);
      await attempt(other, { result: 'failed' }, target);
      expect(other.peek(target)).toMatchObject({ circuit: 'closed', attempts: 4, failures: 1 });
    });

    test('a failure counts until as many others have ended as its window has', async () => {
      const store = await redis.replica();
      await fail(store, 1);
      for (let call = 0; call < 3; call += 1) await attempt(store, { result: 'ok' });
      expect(store.peek(paygo)).toMatchObject({ attempts: 4, failures: 1 });
      await attempt(store, { result: 'ok' });
      expect(store.peek(paygo)).toMatchObject({ attempts: 0, failures: 0 });
      expect(await fail(store, 1)).toEqual({});
      expect(store.peek(paygo).circuit).toBe('closed');
    });

    test.each(['throttled', 'cancelled'] as const)('%s is no failure and no success', async (result) => {
      const store = await redis.replica();
      await fail(store, 1);
      for (let call = 0; call < 5; call += 1) await attempt(store, { result, parkUntilMs: 0 });
      expect(store.peek(paygo)).toMatchObject({ circuit: 'closed', attempts: 1, failures: 1 });
    });

    test('what began before it opened neither closes it nor opens it anew', async () => {
      const store = await redis.replica();
      const [late, later] = [await granted(store, paygo, few), await granted(store, paygo, few)];
      await fail(store, 2);
      const { openUntilMs } = store.peek(paygo);
      expect(await store.settle(late, { result: 'ok' })).toEqual({});
      expect(await store.settle(later, { result: 'failed' })).toEqual({});
      expect(store.peek(paygo).openUntilMs).toBeCloseTo(openUntilMs, -1.5);
    });

    test('a probe that is cancelled lets the next one try at once', async () => {
      const store = await redis.replica();
      await fail(store, 2);
      await write('state', { cu: serverMs() - 1 });
      expect(await attempt(store, { result: 'cancelled' })).toEqual({});
      expect(store.peek(paygo)).toMatchObject({ circuit: 'open' });
      expect((await granted(store, paygo, few)).probe).toBe(true);
    });

    test('a probe that is throttled shows a target that is alive', async () => {
      const store = await redis.replica();
      await fail(store, 2);
      await write('state', { cu: serverMs() - 1 });
      expect(await attempt(store, { result: 'throttled' })).toEqual({ circuitClosed: true });
      expect(store.peek(paygo)).toMatchObject({
        circuit: 'closed',
        attempts: 0,
        failures: 0,
        openUntilMs: 0,
      });
      expect(Object.keys(await read('state')).filter((name) => /^(?:c|pu|pi)/.test(name))).toEqual([]);
    });

    test('one that was closed opens for the shortest time again', async () => {
      const store = await redis.replica({ now });
      await fail(store, 2);
      await write('state', { cu: serverMs() - 1, co: 5 });
      await attempt(store, { result: 'ok' });
      expect(await fail(store, 2)).toEqual({ circuitOpened: { untilMs: nowMs + 60 } });
    });

    test('beside a probe nobody is let in, and is told how long it may take', async () => {
      const [first, second] = [await redis.replica({ now }), await redis.replica({ now, probeMs: 30_000 })];
      await fail(first, 2);
      await write('state', { cu: serverMs() - 1 });
      const grants = await Promise.all([0, 1].map(async () => second.reserve(paygo, few)));
      expect(grants.map(({ ok }) => ok)).toEqual([true, false]);
      const beside = await refused(first, paygo, few);
      expect(beside).toMatchObject({ reason: 'circuit-open' });
      expect(beside.retryAtMs - nowMs).toBeGreaterThan(29_000);
      expect(beside.retryAtMs - nowMs).toBeLessThanOrEqual(30_000);
    });

    test('a clock that was set back makes no probe last longer', async () => {
      await write('state', { cs: 'half', co: 1, pu: serverMs() + 3_600_000, pi: 'another' });
      const grant = await granted(await redis.replica(), paygo, few);
      expect(grant.probe).toBe(true);
    });

    test('a circuit that never opens is sent as one', async () => {
      const store = await redis.replica();
      const target = { ...paygo, limits: {}, circuit: { ...circuit, failures: Infinity } };
      for (let call = 0; call < 6; call += 1) await attempt(store, { result: 'failed' }, target);
      expect(store.peek(target)).toMatchObject({ circuit: 'closed', attempts: 4, failures: 4 });
    });
  });

  describe('limits that are learned', () => {
    test('the smaller one of the config and of an answer counts, and the last answer', async () => {
      const store = await redis.replica();
      await attempt(store, { result: 'ok', observed: { limitTokens: 400 } });
      expect(await refused(store, paygo, { input: 401, output: 0 })).toMatchObject({ retryAtMs: Infinity });
      await attempt(store, { result: 'ok', observed: { limitTokens: 5_000 } });
      expect(await refused(store, paygo, { input: 1_001, output: 0 })).toMatchObject({ retryAtMs: Infinity });
      await granted(store, paygo, { input: 800, output: 0 });
    });

    test('calls of an answer are those of a minute', async () => {
      const store = await redis.replica();
      await attempt(store, { result: 'ok', observed: { limitRequests: 12 } }, open);
      await granted(store, open, few);
      expect((await refused(store, open, few)).reason).toBe('requests');
    });

    test('without one, what went through before a refusal is the limit, until a header says another', async () => {
      const store = await redis.replica();
      for (let call = 0; call < 3; call += 1) await granted(store, open, few);
      await attempt(store, { result: 'throttled', limitHit: 'tokens' }, open);
      const guessed = await read('state');
      expect(guessed).toMatchObject({ lt: '300' });
      expect(serverMs() - Number(guessed['lg'])).toBeLessThan(1_000);
      expect(await refused(store, open, { input: 301, output: 0 })).toMatchObject({ reason: 'tokens' });
      await write('state', { lt: 5_000 });
      await attempt(store, { result: 'throttled', limitHit: 'tokens' }, open);
      expect(await read('state'), 'a second refusal').toMatchObject({ lt: '5000' });
      await attempt(store, { result: 'ok', observed: { limitTokens: 700 } }, open);
      const said = await read('state');
      expect(said).toMatchObject({ lt: '700' });
      expect(said).not.toHaveProperty('lg');
    });

    test('a request that is refused alone is a limit of its own size, and one call at least', async () => {
      const store = await redis.replica();
      await attempt(store, { result: 'throttled', limitHit: 'tokens' }, open);
      expect(await read('state')).toMatchObject({ lt: '100' });
      const other = { ...open, key: 'contoso/other' };
      await attempt(store, { result: 'throttled', limitHit: 'requests' }, other);
      const client = await redis.connect();
      expect(await client.hGet('aoai:{contoso/other}:state', 'lr')).toBe('1');
    });

    test('calls that went through before a refusal are the limit', async () => {
      const store = await redis.replica();
      for (let call = 0; call < 3; call += 1) await granted(store, open, few);
      await attempt(store, { result: 'throttled', limitHit: 'requests' }, open);
      expect(await read('state')).toMatchObject({ lr: '3' });
    });

    test('a limit of the config is never guessed', async () => {
      const store = await redis.replica();
      await attempt(store, { result: 'throttled', limitHit: 'tokens' });
      expect(await read('state')).not.toHaveProperty('lt');
    });

    test('a guess is forgotten after ten minutes, and not before', async () => {
      await write('state', { lt: 50, lg: serverMs() - 590_000 });
      const store = await redis.replica();
      expect((await refused(store, open, few)).reason).toBe('tokens');
      await write('state', { lg: serverMs() - 600_001 });
      const other = await redis.replica();
      await granted(other, open, few);
      expect(await read('state')).not.toHaveProperty('lt');
    });
  });

  describe('utilisation', () => {
    const count = (input: number, output = 0, cachedInput = 0) => ({ input, output, cachedInput });

    test('is weighed, drains in a minute, and lets in whatever there is room for at all', async () => {
      const store = await redis.replica();
      await granted(store, bought, count(300, 50, 100));
      expect(store.peek(bought).free).toBeCloseTo(0.6, 2);
      await write('state', { lv: 0.9, la: serverMs() - 30_000 });
      await granted(store, bought, count(0));
      expect(store.peek(bought).free).toBeCloseTo(0.6, 2);
      await write('state', { lv: 0.9, la: serverMs() - 60_000 });
      await granted(store, bought, count(5_000));
      expect(store.peek(bought).free).toBe(0);
    });

    test('99.8 % is full, and the refusal says when it no longer is', async () => {
      await write('state', { lv: 1.498, la: serverMs() });
      const store = await redis.replica({ now });
      const { reason, retryAtMs } = await refused(store, bought, count(1));
      expect(reason).toBe('utilisation');
      expect(retryAtMs - nowMs).toBeGreaterThan(29_000);
      expect(retryAtMs - nowMs).toBeLessThanOrEqual(30_000);
    });

    test('the gauge of an answer counts, with what was added since its attempt', async () => {
      const store = await redis.replica();
      const first = await granted(store, bought, count(100));
      await granted(store, bought, count(200));
      await store.settle(first, { result: 'ok', observed: { utilisation: 0.5 } });
      expect(store.peek(bought).free).toBeCloseTo(1 - (0.5 + 0.2), 2);
    });

    test.each<[string, Settlement, number]>([
      ['what was used in place of the estimate', { result: 'ok', tokens: count(100) }, 0.9],
      ['the estimate of one that failed', { result: 'failed' }, 0.5],
      [
        'nothing of one that was refused, whose gauge is no reading',
        { result: 'throttled', observed: { utilisation: 1 } },
        1,
      ],
      ['nothing of one that never arrived', { result: 'cancelled', counted: false }, 1],
    ])('an end counts %s', async (_, settlement, free) => {
      const store = await redis.replica();
      await store.settle(await granted(store, bought, count(500)), settlement);
      expect(store.peek(bought).free).toBeCloseTo(free, 2);
    });
  });
});
