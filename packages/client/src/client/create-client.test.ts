import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { rateLimited, startMockAzure } from '@aoai/testing';
import { AuthenticationError, RateLimitError } from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { createClient } from './create-client.ts';
import type { ClientEvent } from '../events/events.ts';

const estate = defineConfig({
  resources: {
    sweden: { endpoint: 'https://sweden.openai.azure.com' },
    france: { endpoint: 'https://france.openai.azure.com', api: '2024-10-21' },
  },
  deployments: {
    'chat-sweden': {
      resource: 'sweden',
      deployment: 'gpt-5-mini',
      model: 'gpt-5-mini',
      sku: 'DataZoneStandard',
    },
    'chat-france': { resource: 'france', deployment: 'mini', model: 'gpt-5-mini', sku: 'DataZoneStandard' },
    embed: {
      resource: 'sweden',
      deployment: 'text-embedding-3-small',
      model: 'text-embedding-3-small',
      sku: 'DataZoneStandard',
    },
  },
  pools: { chat: [['chat-sweden'], ['chat-france']] },
});
type Name = (typeof estate)['names'][number];

let mock: Awaited<ReturnType<typeof startMockAzure<Name>>>;
let azure: Client<Name>;
let events: ClientEvent[];

beforeEach(async () => {
  mock = await startMockAzure({ config: estate });
  mock.reply('*', 'Hello there', { times: Infinity });
  events = [];
  azure = createClient(mock.config, {
    credential: mock.credential(),
    onEvent: (event) => events.push(event),
  });
});

afterEach(async () => {
  await azure.close();
  await mock.close();
});

const messages = [{ role: 'user' as const, content: 'Hello there' }];

test.each(['chat', 'chat-sweden', 'chat-france'] as const)('answers through %s', async (model) => {
  const answer = await azure.chat.completions.create({ model, messages });
  expect(answer.choices[0]?.message.content).toContain('Hello');
  expect(events.map(({ type }) => type)).toEqual([
    'call-started',
    'attempt-started',
    'attempt-succeeded',
    'call-finished',
  ]);
  expect(events.at(-1)).toMatchObject({
    outcome: 'ok',
    attempts: 1,
    usage: { inputTokens: expect.any(Number) as number },
  });
});

test.each(['chat-sweden', 'chat-france'] as const)('streams through %s', async (model) => {
  let text = '';
  for await (const chunk of await azure.chat.completions.create({ model, messages, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? '';
  }
  expect(text).toContain('Hello');
  expect(events.at(-1)).toMatchObject({ type: 'call-finished', outcome: 'ok', finishReasons: ['stop'] });
});

test('lists the known names for a name that the config does not have', async () => {
  const call = azure.chat.completions.create({ model: 'chatt' as 'chat', messages });
  await expect(call).rejects.toThrow(RangeError);
  await expect(call).rejects.toThrow(
    'Cannot resolve deployment "chatt": not in this config. Known names: "chat-sweden", "chat-france", "embed", "chat".',
  );
});

test('takes a key and renames it to what the resource wants', async () => {
  const keyed = createClient(mock.config, { credential: apiKey(mock.apiKey) });
  const answer = await keyed.chat.completions.create({ model: 'chat', messages });
  expect(answer.usage?.total_tokens).toBeGreaterThan(0);
  await keyed.close();
});

test('leaves errors of the service to the SDK', async () => {
  const keyed = createClient(mock.config, { credential: apiKey('wrong') });
  const call = keyed.chat.completions.create({ model: 'chat-sweden', messages });
  await expect(call).rejects.toThrow(AuthenticationError);
  await expect(call).rejects.toMatchObject({ status: 401, code: '401' });
  await keyed.close();
});

test('gives a standard fetch', async () => {
  const response = await azure.fetch(
    'https://anything.invalid/openai/deployments/chat/chat/completions?api-version=2024-10-21',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer somebody-elses' },
      body: JSON.stringify({ messages }),
    },
  );
  expect(response).toBeInstanceOf(Response);
  expect(response.status).toBe(200);
  expect(((await response.json()) as { object: string }).object).toBe('chat.completion');
});

test('fails over to the second tier at once when the first is throttled', async () => {
  mock.fail('chat-sweden', rateLimited({ retryAfterMs: 60_000 }));
  await azure.chat.completions.create({ model: 'chat', messages });
  await azure.chat.completions.create({ model: 'chat', messages });
  const attempts = events.flatMap((event) => (event.type === 'attempt-started' ? [event.deployment] : []));
  expect(attempts).toEqual(['chat-sweden', 'chat-france', 'chat-france']);
  expect(events.find(({ type }) => type === 'failover')).toMatchObject({ spillover: true });
  expect(azure.status().targets['chat-sweden']?.parkedUntilMs).toBeGreaterThan(Date.now() + 50_000);
  const alone = azure.with({ deadlineMs: 1_000 }).chat.completions.create({ model: 'chat-sweden', messages });
  await expect(alone).rejects.toMatchObject({
    name: 'PoolExhaustedError',
    code: 'POOL_EXHAUSTED',
    pool: 'chat-sweden',
  });
  expect(mock.verdict()).toEqual([]);
});

test('gives the throttled answer of the service when there is nobody else to ask', async () => {
  mock.fail('chat-sweden', rateLimited({ retryAfter: 86_400 }));
  const call = azure.chat.completions.create({ model: 'chat-sweden', messages });
  await expect(call).rejects.toThrow(RateLimitError);
});
