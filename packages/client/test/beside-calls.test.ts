import { defineConfig } from '@aoai/config';
import { startMockAzure } from '@aoai/testing';
import { createClient as connectRedis } from '@redis/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bulk, filters, replicas } from '../src/beside-calls.examples.ts';
import type { Client } from '../src/client/client.ts';
import { createClient } from '../src/client/create-client.ts';
import { hasRedis, startRedis } from './redis-server.ts';

const config = defineConfig({
  resources: { sweden: { endpoint: 'https://sweden.openai.azure.com' } },
  deployments: {
    chat: { resource: 'sweden', deployment: 'chat', model: 'gpt-4.1', sku: 'GlobalStandard' },
    bulk: { resource: 'sweden', deployment: 'bulk', model: 'gpt-4.1', sku: 'GlobalBatch' },
  },
});
type Name = (typeof config)['names'][number];

let mock: Awaited<ReturnType<typeof startMockAzure<Name>>>;
let azure: Client<Name>;
const lines: string[] = [];
const print = (line: string) => lines.push(line);

beforeEach(async () => {
  mock = await startMockAzure({ config, timeScale: 100 });
  azure = createClient(mock.config, { credential: mock.credential() });
  lines.length = 0;
});
afterEach(async () => {
  await azure.close();
  await mock.close();
});

test('the example of the filters says what was refused, and nothing of a good answer', async () => {
  await filters(azure, 'Say hello.', print);
  expect(lines).toEqual([]);
  await filters(azure, 'mock-filter:prompt:jailbreak', print);
  expect(lines).toEqual(['prompt: jailbreak']);
});

test('the example of a batch tells how far it is and how it went', async () => {
  await bulk(azure, ['one', 'two'], print);
  expect(lines[0]).toBe('0 of 2');
  expect(lines.slice(-2)).toEqual(['done', 'done']);
});

test.skipIf(!hasRedis)('the example of replicas calls through a shared store', async () => {
  const redis = await startRedis();
  const store = connectRedis({ url: redis.url });
  await store.connect();
  const shared = replicas(mock.config, store, { credential: mock.credential() });
  const messages = [{ role: 'user' as const, content: 'Say hello.' }];
  await shared.chat.completions.create({ model: 'chat', messages });
  expect((await store.keys('aoai:*')).length).toBeGreaterThan(0);
  await shared.close();
  store.destroy();
  await redis.stop();
});
