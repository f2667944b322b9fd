import { createClient as createRedis } from '@redis/client';
import { defineConfig } from '@aoai/config';
import { startMockAzure } from '@aoai/testing';
import type { MockAzure } from '@aoai/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createClient } from '../src/client/create-client.ts';
import type { Client } from '../src/client/client.ts';
import { redisQuota } from '../src/redis/redis-quota.ts';
import { hasRedis, startRedis } from './redis-server.ts';
import type { RedisServer } from './redis-server.ts';

type Name = 'chat' | 'sweden' | 'france';

const config = defineConfig({
  resources: {
    sweden: { endpoint: 'https://sweden.openai.azure.com' },
    france: { endpoint: 'https://france.openai.azure.com' },
  },
  deployments: {
    sweden: { resource: 'sweden', deployment: 'gpt', model: 'gpt-5-mini', sku: 'GlobalStandard' },
    france: { resource: 'france', deployment: 'gpt', model: 'gpt-5-mini', sku: 'GlobalStandard' },
  },
  pools: { chat: [['sweden'], ['france']] },
});

describe.skipIf(!hasRedis)('holders in Redis', () => {
  let redis: RedisServer;
  let mock: MockAzure<Name>;
  const open: (() => Promise<void>)[] = [];
  const asked: string[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(async () => {
    asked.length = 0;
    mock = await startMockAzure({ config });
    await (await connect()).flushAll();
  });
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
    await mock.close();
  });
  afterAll(async () => {
    await redis.stop();
  });

  async function connect() {
    const client = createRedis({ url: redis.url });
    client.on('error', () => undefined);
    open.unshift(async () => {
      client.destroy();
    });
    return client.connect();
  }

  async function replica(prefix = 'aoai'): Promise<Client<Name>> {
    const azure = createClient(mock.config, {
      credential: mock.credential(),
      quota: redisQuota(await connect(), { degrade: 'open', timeoutMs: 2_000, prefix }),
      onEvent: (event) => {
        if (event.type === 'attempt-started') asked.push(event.resource);
      },
    });
    open.unshift(() => azure.close());
    return azure;
  }

  /** Makes a response, and waits until all that is to be shared of it has been. */
  async function made(prefix = 'aoai') {
    const azure = await replica(prefix);
    const response = await azure.responses.create({ model: 'france', input: 'Hello' });
    await azure.close();
    return response;
  }

  const question = { role: 'user' as const, content: 'And?' };

  test('what one replica made is found by the other without asking around', async () => {
    const { id, output } = await made();
    const second = await replica();
    await second.responses.create({ model: 'chat', input: 'And?', previous_response_id: id });
    await second.responses.retrieve(id);
    const echoed = output.filter((item) => item.type === 'message');
    await (await replica()).responses.create({ model: 'chat', input: [...echoed, question] });
    expect(asked).toEqual(['france', 'france', 'france', 'france']);
  });

  test('a holder that was found by asking around is known to all', async () => {
    const { id } = await made('other');
    const first = await replica();
    await first.responses.create({ model: 'chat', input: 'And?', previous_response_id: id });
    await first.close();
    expect(asked.splice(0)).toEqual(['france', 'sweden', 'france']);
    await (await replica()).responses.create({ model: 'chat', input: 'And?', previous_response_id: id });
    expect(asked).toEqual(['france']);
  });

  test('holders are kept as long as responses are, from their last use', async () => {
    const { id } = await made();
    const admin = await connect();
    const key = `aoai:{holder:${id}}`;
    const days = async () => Math.ceil((await admin.pTTL(key)) / 86_400_000);
    expect(await days()).toBe(30);
    await admin.expire(key, 60);
    await (await replica()).responses.retrieve(id);
    expect(await days()).toBe(30);
  });

  test('a name that this config does not have is no holder', async () => {
    const { id } = await made();
    await (await connect()).hSet(`aoai:{holder:${id}}`, 'resource', 'atlantis');
    asked.length = 0;
    expect((await (await replica()).responses.retrieve(id)).id).toBe(id);
    expect(asked).toEqual(['sweden', 'france']);
  });

  test('without the store the resources are asked in turn', async () => {
    const { id } = await made();
    asked.length = 0;
    const lost = createRedis({ url: redis.url });
    const other = createClient(mock.config, {
      credential: mock.credential(),
      // Never connected: every question fails at once.
      quota: redisQuota(lost, { degrade: 'open', timeoutMs: 2_000 }),
      onEvent: (event) => {
        if (event.type === 'attempt-started') asked.push(event.resource);
      },
    });
    open.unshift(() => other.close());
    expect((await other.responses.retrieve(id)).id).toBe(id);
    expect(asked).toEqual(['sweden', 'france']);
  });
});
