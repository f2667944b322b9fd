import { createClient, createCluster } from '@redis/client';
import { createClientCertificate } from '@aoai/testing';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Grant, QuotaStore, QuotaTarget, Refusal } from '../src/quota/quota.ts';
import { redisQuota } from '../src/redis/redis-quota.ts';
import type { RedisQuotaClient } from '../src/redis/run-script.ts';
import { hasProgram, hasRedis, startRedis } from './redis-server.ts';
import type { RedisProgram, RedisServer } from './redis-server.ts';

// The kinds of servers that people run. What each decides is in redis-quota.test.ts.
const circuit = { failures: 2, window: 4, openMs: 60_000, maxOpenMs: 60_000 };
const target = (name: string): QuotaTarget => ({
  key: `contoso/${name}`,
  limits: { tpm: 1_000 },
  provisioned: false,
  circuit,
});
const tokens = { input: 100, output: 0 };
const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function started(settings?: Record<string, string>, program?: RedisProgram): Promise<RedisServer> {
  const server = await startRedis(settings, program);
  open.push(() => server.stop());
  return server;
}

function watched<Connection extends { on(name: 'error', listener: () => void): unknown; destroy(): void }>(
  connection: Connection,
): Connection {
  connection.on('error', () => undefined);
  open.push(() => {
    connection.destroy();
  });
  return connection;
}

const storeOf = (client: RedisQuotaClient): QuotaStore =>
  redisQuota(client, { degrade: 'closed', timeoutMs: 2_000 });

async function answersOf(
  stores: readonly QuotaStore[],
  of: QuotaTarget,
): Promise<readonly (Grant | Refusal)[]> {
  const asked = Array.from({ length: 16 }, async (_, index) =>
    stores[index % stores.length]?.reserve(of, tokens),
  );
  return (await Promise.all(asked)).filter((answer) => answer !== undefined);
}

/** Two replicas share a limit, a parked target and an open circuit. */
async function expectShared(first: QuotaStore, second: QuotaStore): Promise<void> {
  const answers = await answersOf([first, second], target('chat'));
  expect(answers.filter(({ ok }) => ok)).toHaveLength(10);
  const parked = await first.reserve(target('parked'), tokens);
  if (parked.ok) await first.settle(parked, { result: 'throttled', parkUntilMs: Date.now() + 60_000 });
  expect(await second.reserve(target('parked'), tokens)).toMatchObject({ ok: false, reason: 'parked' });
  for (const store of [first, second]) {
    const failing = await store.reserve(target('failing'), tokens);
    if (failing.ok) await store.settle(failing, { result: 'failed' });
  }
  expect(await first.reserve(target('failing'), tokens)).toMatchObject({ ok: false, reason: 'circuit-open' });
}

// Debian 12 has no Valkey: `.ci/run` brings one.
if (hasProgram('valkey-server')) {
  test('Valkey decides as Redis does', async () => {
    const { url } = await started({}, 'valkey-server');
    const connect = async () => watched(createClient({ url })).connect();
    const [admin, first, second] = [await connect(), await connect(), await connect()];
    expect(await admin.info('server')).toContain('valkey_version');
    await expectShared(storeOf(first), storeOf(second));
  });
}

describe.skipIf(!hasRedis)('Redis', () => {
  test('over TLS, as a user who may use nothing but the keys of the quota', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aoai-redis-tls-'));
    open.push(() => rm(folder, { recursive: true, force: true }));
    const { certificate, privateKey } = createClientCertificate('localhost');
    const [certFile, keyFile] = [join(folder, 'server.crt'), join(folder, 'server.key')];
    await writeFile(certFile, certificate);
    await writeFile(keyFile, privateKey);
    const server = await started({
      'tls-cert-file': certFile,
      'tls-key-file': keyFile,
      'tls-ca-cert-file': certFile,
      'tls-auth-clients': 'no',
    });
    expect(server.url).toMatch(/^rediss:/);
    const socket = { tls: true as const, ca: certificate, servername: 'localhost' };
    const connect = async (login: { username?: string; password?: string } = {}) =>
      watched(createClient({ url: server.url, socket, ...login })).connect();
    const admin = await connect();
    const commands = 'eval evalsha time hmget hset hget hgetall hdel hexists hincrby pexpire';
    await admin.aclSetUser('quota', [
      'reset',
      'on',
      '>secret',
      '~aoai:*',
      '+hello',
      ...commands.split(' ').map((command) => `+${command}`),
    ]);
    const login = { username: 'quota', password: 'secret' };
    const [first, second] = [await connect(login), await connect(login)];
    await expectShared(storeOf(first), storeOf(second));
    await expect(first.get('other')).rejects.toThrow(/NOPERM/);
    // A client that does not know the certificate does not get as far as the password.
    const stranger = watched(
      createClient({ url: server.url, socket: { tls: true, reconnectStrategy: false } }),
    );
    await expect(stranger.connect()).rejects.toThrow(/self-signed|certificate/);
  });

  test('a cluster whose node dies: its replica goes on with the books, and no limit begins anew', async () => {
    const settings = {
      'cluster-enabled': 'yes',
      'cluster-node-timeout': '1000',
      'cluster-replica-validity-factor': '0',
    };
    const nodes = await Promise.all([1, 2, 3, 4].map(() => started(settings)));
    const hosts = nodes.map(({ url, busPort }) => `${new URL(url).host}@${busPort}`);
    const [first, , , spare] = nodes;
    if (first === undefined || spare === undefined) throw new Error('No nodes.');
    const run = (...args: string[]) => {
      const { status, stdout } = spawnSync('redis-cli', args, { encoding: 'utf8' });
      if (status !== 0) throw new Error(`redis-cli ${args.join(' ')}: ${stdout}`);
      return stdout;
    };
    run('--cluster', 'create', ...hosts.slice(0, 3), '--cluster-yes');
    const port = (server: RedisServer) => new URL(server.url).port;
    const master = run('-p', port(first), 'CLUSTER', 'MYID').trim();
    run('-p', port(spare), 'CLUSTER', 'MEET', '127.0.0.1', port(first), String(first.busPort));
    await vi.waitUntil(() => run('-p', port(spare), 'CLUSTER', 'NODES').includes(master), 20_000);
    run('-p', port(spare), 'CLUSTER', 'REPLICATE', master);
    const isLinked = () => run('-p', port(spare), 'INFO', 'replication').includes('master_link_status:up');
    await vi.waitUntil(isLinked, 20_000);
    const isOk = ({ url }: RedisServer) =>
      run('-p', new URL(url).port, 'CLUSTER', 'INFO').includes('cluster_state:ok');
    await vi.waitUntil(() => nodes.every(isOk), 20_000);
    const connect = async () =>
      watched(createCluster({ rootNodes: nodes.slice(1).map(({ url }) => ({ url })) })).connect();
    const [left, right] = [storeOf(await connect()), storeOf(await connect())];
    // A target whose books are on the node that is going to die.
    const ours = Array.from({ length: 40 }, (_, index) => target(`chat-${index}`)).find(({ key }) => {
      const slot = Number(run('-p', port(first), 'CLUSTER', 'KEYSLOT', `aoai:{${key}}:state`));
      return slot <= 5_460;
    });
    if (ours === undefined) throw new Error('No target on the first node.');
    expect((await answersOf([left, right], ours)).filter(({ ok }) => ok)).toHaveLength(10);
    run('-p', port(first), 'WAIT', '1', '1000');
    await first.stop();
    await vi.waitUntil(() => run('-p', port(spare), 'ROLE').startsWith('master'), 20_000);
    for (const store of [left, right]) {
      const isFull = async () => {
        const answer = await Promise.resolve(store.reserve(ours, tokens)).catch(() => undefined);
        if (answer?.ok === true) throw new Error('The limit has begun anew.');
        return answer?.reason === 'tokens';
      };
      await vi.waitUntil(isFull, { timeout: 20_000, interval: 100 });
    }
  });
});
