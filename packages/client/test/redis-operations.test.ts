import { spawnSync } from 'node:child_process';
import { createClient, createCluster } from '@redis/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { QuotaStoreError } from '../src/errors.ts';
import type { Grant, QuotaStore, QuotaTarget, Refusal } from '../src/quota/quota.ts';
import { redisQuota } from '../src/redis/redis-quota.ts';
import type { RedisQuotaOptions } from '../src/redis/redis-quota.ts';
import type { RedisQuotaClient } from '../src/redis/run-script.ts';
import { hasRedis, startRedis } from './redis-server.ts';
import type { RedisServer } from './redis-server.ts';

// What operators do to a Redis, and what a Redis does to operators.
const circuit = { failures: 2, window: 4, openMs: 60, maxOpenMs: 1_000 };
const target = (name: string, tpm = 1_000): QuotaTarget => ({
  key: `contoso/${name}`,
  limits: { tpm },
  provisioned: false,
  circuit,
});
const paygo = target('chat');
const tokens = { input: 100, output: 0 };

async function granted(store: QuotaStore, of: QuotaTarget): Promise<Grant> {
  const answer = await store.reserve(of, tokens);
  if (!answer.ok) throw new Error(`refused: ${answer.reason}`);
  return answer;
}

/** Whether the store itself granted it. */
const isShared = ({ lease }: Grant): boolean => (lease as { atMs?: number }).atMs !== undefined;

const clients: { destroy(): void }[] = [];

async function connect(url: string, login: { username?: string; password?: string } = {}) {
  const client = createClient({ url, ...login });
  client.on('error', () => undefined);
  clients.push(client);
  await client.connect();
  return client;
}

const quota = (client: RedisQuotaClient, options: Partial<RedisQuotaOptions> = {}): QuotaStore =>
  redisQuota(client, { degrade: 'closed', timeoutMs: 2_000, ...options });

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

describe.skipIf(!hasRedis)('one server', () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(async () => {
    const client = await connect(redis.url);
    await client.configSet('maxmemory', '0');
    await client.flushAll();
  });
  afterEach(() => {
    redis.thaw();
  });
  afterAll(async () => {
    await redis.stop();
  });

  test('a user with a password needs the scripts, their commands and the keys of the prefix, and nothing else', async () => {
    const admin = await connect(redis.url);
    const commands =
      'eval evalsha time hmget hset hget hgetall hdel hexists hincrby pexpire zadd zcard zremrangebyscore';
    await admin.aclSetUser('quota', [
      'reset',
      'on',
      '>secret',
      '~mine:*',
      '+hello',
      ...commands.split(' ').map((command) => `+${command}`),
    ]);
    const login = { username: 'quota', password: 'secret' };
    const store = quota(await connect(redis.url, login), { prefix: 'mine' });
    const grant = await granted(store, paygo);
    expect(await store.settle(grant, { result: 'failed', parkUntilMs: Date.now() + 5_000 })).toMatchObject({
      parked: { untilMs: expect.any(Number) as number },
    });
    // Another prefix is not allowed: that is a store which does not answer, with the reason.
    const other = quota(await connect(redis.url, login), { prefix: 'theirs' });
    const error: unknown = await Promise.resolve(other.reserve(paygo, tokens)).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(QuotaStoreError);
    expect((error as Error).message).toMatch(
      /^Cannot ask the quota store "theirs", and `degrade` is "closed": .*(NOPERM|permission)/,
    );
    await expect(createClient({ url: redis.url, ...login, password: 'wrong' }).connect()).rejects.toThrow(
      /WRONGPASS/,
    );
  });

  test('a server whose memory is full, with `noeviction`, is one that does not answer, and comes back', async () => {
    const admin = await connect(redis.url);
    const [closed, open, share] = [
      quota(await connect(redis.url)),
      quota(await connect(redis.url), { degrade: 'open' }),
      quota(await connect(redis.url), { degrade: 'local-share' }),
    ];
    const grant = await granted(closed, paygo);
    await admin.configSet('maxmemory-policy', 'noeviction');
    await admin.configSet('maxmemory', '1');
    await expect(closed.reserve(paygo, tokens)).rejects.toThrow(/^Cannot ask the quota store .*: OOM /);
    await granted(open, paygo);
    await granted(share, paygo);
    expect(await closed.settle(grant, { result: 'ok' })).toEqual({});
    await admin.configSet('maxmemory', '0');
    await granted(closed, paygo);
    expect(closed.peek(paygo).free).toBeLessThan(1);
  });

  test('what went through while the server did not answer is in its books afterwards', async () => {
    const store = quota(await connect(redis.url), { degrade: 'local-share', timeoutMs: 200 });
    await granted(store, paygo);
    redis.freeze();
    const { free } = store.peek(paygo);
    const some = { input: 20, output: 0 };
    const alone = [];
    for (let call = 0; call < 4; call += 1) alone.push(await store.reserve(paygo, some));
    redis.thaw();
    expect(free).toBe(0.9);
    expect(alone.map(({ ok }) => ok)).toEqual([true, true, true, true]);
    await vi.waitUntil(async () => {
      const answer = await store.reserve(paygo, { input: 1, output: 0 });
      return answer.ok && isShared(answer);
    }, 5_000);
    const other = quota(await connect(redis.url));
    await other.reserve(paygo, { input: 1, output: 0 });
    expect(other.peek(paygo).free).toBeLessThan(0.83);
    expect(other.peek(paygo).free).toBeGreaterThan(0.7);
  });

  test('a server that has lost its books starts no second window: each replica keeps to its share of the first', async () => {
    let nowMs = Date.now();
    const options = { now: () => nowMs };
    const [first, second] = [
      quota(await connect(redis.url), options),
      quota(await connect(redis.url), options),
    ];
    for (let call = 0; call < 4; call += 1) {
      await granted(first, paygo);
      await granted(second, paygo);
    }
    // A failover to a server that knows nothing.
    await (await connect(redis.url)).flushAll();
    const answers = [];
    for (let call = 0; call < 5; call += 1) {
      for (const store of [first, second]) answers.push(await store.reserve(paygo, tokens));
    }
    // 800 of 1,000 were used; each has half of the rest.
    expect(answers.filter(({ ok }) => ok)).toHaveLength(2);
    expect(answers.at(-1)).toMatchObject({ ok: false, reason: 'tokens' });
    nowMs += 66_000;
    for (let call = 0; call < 5; call += 1) await granted(first, paygo);
  });

  test('a clock of the server that is set back makes no wait longer', async () => {
    const admin = await connect(redis.url);
    const store = quota(await connect(redis.url));
    const hourMs = 3_600_000;
    const later = Date.now() + hourMs;
    await admin.hSet('aoai:{contoso/chat}:tokens', String(Math.floor(later / 1_000)), '1000');
    const full = await store.reserve(paygo, tokens);
    expect(full).toMatchObject({ ok: false, reason: 'tokens' });
    expect((full as Refusal).retryAtMs - Date.now()).toBeLessThan(62_000);
    const parked = target('parked');
    await admin.hSet('aoai:{contoso/parked}:state', { park: String(later + 5_000), pd: '5000' });
    expect(((await store.reserve(parked, tokens)) as Refusal).retryAtMs - Date.now()).toBeLessThan(5_100);
    const open = target('open');
    await admin.hSet('aoai:{contoso/open}:state', { cs: 'open', cu: String(later + 60), cd: '60', co: '1' });
    expect(((await store.reserve(open, tokens)) as Refusal).retryAtMs - Date.now()).toBeLessThan(200);
  });

  test('scripts that are flushed while calls are made are sent again, and nothing is lost or counted twice', async () => {
    const admin = await connect(redis.url);
    const stores = [quota(await connect(redis.url)), quota(await connect(redis.url))];
    const flushing = (async () => {
      for (let round = 0; round < 50; round += 1) await admin.scriptFlush();
    })();
    const of = target('flushed', 10_000);
    const asked = Array.from({ length: 150 }, async (_, index) => stores[index % 2]?.reserve(of, tokens));
    const granteds = (await Promise.all(asked)).filter((answer) => answer?.ok === true);
    await flushing;
    expect(granteds).toHaveLength(100);
  });
});

describe.skipIf(!hasRedis)('a cluster', () => {
  let nodes: RedisServer[] = [];

  beforeAll(async () => {
    nodes = await Promise.all([1, 2, 3].map(() => startRedis({ 'cluster-enabled': 'yes' })));
    const hosts = nodes.map(({ url, busPort }) => `${new URL(url).host}@${busPort}`);
    const { status, stdout } = spawnSync('redis-cli', ['--cluster', 'create', ...hosts, '--cluster-yes'], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`No cluster: ${stdout}`);
    for (const { url } of nodes) {
      const node = await connect(url);
      await vi.waitUntil(async () => (await node.clusterInfo()).includes('cluster_state:ok'), 20_000);
    }
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  });

  test('targets are spread over the nodes, and each is one for all replicas', async () => {
    const replicas = await Promise.all(
      [0, 1].map(async (place) => {
        const cluster = createCluster({ rootNodes: [{ url: nodes[place]?.url ?? '' }] });
        cluster.on('error', () => undefined);
        clients.push(cluster);
        await cluster.connect();
        return quota(cluster);
      }),
    );
    const targets = Array.from({ length: 12 }, (_, index) => target(`chat-${index}`));
    for (const of of targets) {
      const answers = await Promise.all(
        Array.from({ length: 16 }, async (_, index) => replicas[index % 2]?.reserve(of, tokens)),
      );
      expect(answers.filter((answer) => answer?.ok === true)).toHaveLength(10);
    }
    const used = await Promise.all(nodes.map(async ({ url }) => (await connect(url)).dbSize()));
    expect(Math.min(...used)).toBeGreaterThan(0);
  });
});
