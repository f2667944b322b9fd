import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { cutMidStream, rateLimited, startMockAzure } from '@aoai/testing';
import type { MockAzure } from '@aoai/testing';
import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { Client } from '../src/client/client.ts';
import { createClient } from '../src/client/create-client.ts';
import type { ClientEvent } from '../src/events/events.ts';
import { responsesSocket } from '../src/transport/responses-socket.ts';

// What the mock does with a turn over a WebSocket is tested there; here is what clients make of it.

type Name = 'chat' | 'first' | 'second';
const config = defineConfig({
  resources: {
    one: { endpoint: 'https://one.openai.azure.com' },
    two: { endpoint: 'https://two.openai.azure.com' },
  },
  deployments: {
    first: { resource: 'one', deployment: 'gpt-one', model: 'gpt-4.1-mini' },
    second: { resource: 'two', deployment: 'gpt-two', model: 'gpt-4.1-mini' },
  },
  pools: { chat: [['first'], ['second']] },
});

let mock: MockAzure<Name>;
let azure: Client<Name>;
const events: ClientEvent[] = [];

beforeEach(async () => {
  events.length = 0;
  mock = await startMockAzure({ config });
  azure = createClient(mock.config, {
    credential: apiKey(mock.apiKey),
    transport: responsesSocket(),
    retry: { budgetReserve: 20 },
    onEvent: (event) => events.push(event),
  });
});
afterEach(async () => {
  await azure.close({ graceMs: 0 });
  await mock.close();
});

const operations = () => mock.requests().map(({ operation }) => operation);

test('ours takes turns over one connection, whole and streamed, and goes on after what is stored nowhere', async () => {
  const first = await azure.responses.create({ model: 'chat', input: 'My name is Ada.', store: false });
  const stream = await azure.responses.create({
    model: 'chat',
    input: 'What is my name?',
    store: false,
    previous_response_id: first.id,
    stream: true,
  });
  let text = '';
  for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
  expect(text).toContain('Ada');
  expect(operations()).toEqual(['Responses_Connect', 'Responses_Create', 'Responses_Create']);
  expect(events.at(-1)).toMatchObject({ type: 'call-finished', outcome: 'ok', deployment: 'first' });
  expect(mock.verdict()).toEqual([]);
});

test('ours obeys the hint of a 429 that is an event, and fails over', async () => {
  mock.fail('first', rateLimited({ retryAfterMs: 60_000 }));
  await azure.responses.create({ model: 'chat', input: 'Hello' });
  await azure.responses.create({ model: 'chat', input: 'Hello again' });
  const failed = events.filter(({ type }) => type === 'attempt-failed');
  expect(failed).toMatchObject([{ status: 429, outcome: 'throttled', deployment: 'first' }]);
  expect(mock.requests('second')).toHaveLength(2);
  expect(mock.verdict()).toEqual([]);
});

test('ours meets a connection that breaks off: before the answer it goes elsewhere, within it the caller learns it', async () => {
  await azure.responses.create({ model: 'first', input: 'Hello' });
  mock.fail('first', cutMidStream({ afterChunks: 0, closeCode: 1012 }));
  expect((await azure.responses.create({ model: 'first', input: 'Hello' })).status).toBe('completed');
  mock.reply('first', { chunks: ['Half ', 'of ', 'it'] });
  mock.fail('first', cutMidStream({ afterChunks: 6 }));
  const stream = await azure.responses.create({ model: 'first', input: 'Hello', stream: true });
  const read = async (): Promise<void> => {
    for await (const event of stream) expect(event.type).toMatch(/^response\./);
  };
  await expect(read()).rejects.toMatchObject({ code: 'STREAM_TRUNCATED' });
});

test('the Agents SDK runs a tool over its own WebSocket, turn after turn', async () => {
  const provider = new OpenAIProvider({
    apiKey: mock.apiKey,
    baseURL: `${mock.endpoint}/openai/v1`,
    useResponsesWebSocket: true,
  });
  const runner = new Runner({ modelProvider: provider, tracingDisabled: true });
  const weather = tool({
    name: 'get_weather',
    description: 'Weather of a city',
    parameters: z.object({ city: z.string() }),
    execute: ({ city }) => `Sunny in ${city}`,
  });
  mock.reply('first', [
    { toolCalls: [{ name: 'get_weather', arguments: { city: 'Lisbon' } }] },
    'It is sunny in Lisbon.',
  ]);
  const agent = new Agent({ name: 'Weather', model: 'gpt-one', tools: [weather] });
  const { finalOutput } = await runner.run(agent, 'What is the weather in Lisbon?');
  expect(finalOutput).toBe('It is sunny in Lisbon.');
  expect(operations()).toEqual(['Responses_Connect', 'Responses_Create', 'Responses_Create']);
  await provider.close();
});
