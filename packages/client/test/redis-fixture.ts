import { createClient } from '@redis/client';
import type { RedisClientOptions } from '@redis/client';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Grant, QuotaStore, QuotaTarget, Refusal, TokenCount } from '../src/quota/quota.ts';
import { redisQuota } from '../src/redis/redis-quota.ts';
import type { RedisQuotaOptions } from '../src/redis/redis-quota.ts';
import type { RedisQuotaClient } from '../src/redis/run-script.ts';
import { startRedis } from './redis-server.ts';
import type { RedisServer } from './redis-server.ts';

/** What tests do with a client, beside what a store does. */
interface RedisClient extends RedisQuotaClient {
  hGet(key: string, field: string): Promise<string | null>;
  hGetAll(key: string): Promise<Record<string, string>>;
  hSet(key: string, fields: Record<string, string | number>): Promise<number>;
  pTTL(key: string): Promise<number>;
  pExpire(key: string, ms: number): Promise<number>;
  del(keys: string[]): Promise<number>;
  keys(pattern: string): Promise<string[]>;
  scriptFlush(): Promise<unknown>;
  flushAll(): Promise<unknown>;
  destroy(): void;
}

/** A Redis for the tests of one file, which is empty before each. */
export interface RedisFixture {
  readonly server: () => RedisServer;
  /** A client, which is closed after the test. */
  readonly connect: (options?: RedisClientOptions) => Promise<RedisClient>;
  /** A replica with a connection of its own. */
  readonly replica: (options?: Partial<RedisQuotaOptions>) => Promise<QuotaStore>;
}

export function useRedis(): RedisFixture {
  let redis: RedisServer | undefined;
  const clients: RedisClient[] = [];
  const server = (): RedisServer => {
    if (redis === undefined) throw new Error('No Redis.');
    return redis;
  };

  async function connect(options: RedisClientOptions = {}): Promise<RedisClient> {
    const client = createClient({ url: server().url, ...options });
    client.on('error', () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  }

  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(async () => {
    const client = await connect();
    await client.flushAll();
  });
  afterEach(() => {
    server().thaw();
    for (const client of clients.splice(0)) client.destroy();
  });
  afterAll(async () => {
    await redis?.stop();
  });
  return {
    server,
    connect,
    replica: async (options = {}) =>
      redisQuota(await connect(), { degrade: 'closed', timeoutMs: 2_000, ...options }),
  };
}

/** What an attempt of a test is expected to use, where it does not matter. */
export const few: TokenCount = { input: 100, output: 0 };

/** The grant of an attempt that is to be let in. */
export async function granted(
  store: QuotaStore,
  target: QuotaTarget,
  tokens: TokenCount = few,
): Promise<Grant> {
  const answer = await store.reserve(target, tokens);
  if (!answer.ok) throw new Error(`refused: ${answer.reason}`);
  return answer;
}

/** The refusal of an attempt that is not to be let in. */
export async function refused(
  store: QuotaStore,
  target: QuotaTarget,
  tokens: TokenCount = few,
): Promise<Refusal> {
  const answer = await store.reserve(target, tokens);
  if (answer.ok) throw new Error('granted');
  return answer;
}
