import { defineConfig } from '@aoai/config';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { serverError } from '../script/service-faults.ts';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

const config = defineConfig({
  resources: { main: { endpoint: 'https://contoso.openai.azure.com' } },
  deployments: {
    chat: {
      resource: 'main',
      deployment: 'chat',
      model: 'gpt-4.1',
      sku: 'GlobalStandard',
      limits: { rpm: 6 },
    },
    embed: { resource: 'main', deployment: 'embed', model: 'text-embedding-3-small', sku: 'GlobalStandard' },
  },
});

let azure: MockAzure<'chat' | 'embed'>;

beforeEach(async () => {
  azure = await startMockAzure<'chat' | 'embed'>({ config, clock: manualClock(), maxBodyBytes: 1_000 });
});

afterEach(async () => azure.close());

interface Wrong {
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly deployment?: string;
  readonly body?: string;
}

const good = JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }] });

async function ask({ version = '2024-10-21', headers = {}, deployment = 'chat', body = good }: Wrong = {}) {
  const path = `/openai/deployments/${deployment}/chat/completions?api-version=${version}`;
  const response = await fetch(`${azure.endpoint}${path}`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json', ...headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, text };
}

const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`x-own-${index}`, 'a']));
const large = { body: good.padEnd(1_001, ' ') };
const key = { headers: { 'api-key': 'wrong' } };

test.each<[string, Wrong, number]>([
  ['the version before the headers', { version: '2099-01-01', headers: many }, 404],
  ['the headers before the size', { headers: many, ...large }, 431],
  ['the size before the key', { ...key, ...large }, 413],
  ['the key before the body', { ...key, body: '{' }, 401],
  ['the body before the deployment', { body: '{', deployment: 'nope' }, 400],
  ['the deployment before what its model can', { deployment: 'nope' }, 404],
  ['what its model can before its parameters', { deployment: 'embed', body: '{}' }, 400],
])('a request is refused for %s', async (_, wrong, status) => {
  expect((await ask(wrong)).status).toBe(status);
});

test.each<[string, Wrong, number]>([
  ['the wrong key', key, 401],
  ['an unknown deployment', { deployment: 'nope' }, 404],
  ['another model', { deployment: 'embed' }, 400],
])('a request with %s uses neither a fault nor a reply nor a call', async (_, wrong, status) => {
  azure.fail('*', serverError());
  azure.reply('chat', 'Hello');
  expect((await ask(wrong)).status).toBe(status);
  expect((await ask()).status).toBe(500);
  expect((await ask()).text).toContain('Hello');
  expect((await ask()).status).toBe(429);
  azure.assertConsumed();
});

test('a request whose parameters are wrong gives its reply back, with its place before the others', async () => {
  azure.reply('embed', ['never used']);
  azure.reply('chat', ['one', 'two']);
  expect((await ask({ body: '{"messages":[]}' })).status).toBe(400);
  expect(azure.requests()[0]?.response?.cause).toBe('reply');
  azure.fail('chat', serverError());
  expect((await ask()).status).toBe(500);
  expect(() => {
    azure.assertConsumed();
  }).toThrow('"embed": "never used"\n  "chat": "one"\n  "chat": "two"');
});

test('a reply that blocks the prompt is used up by that', async () => {
  azure.reply('chat', { promptFilter: { hate: { filtered: true, severity: 'high' } } });
  expect(await ask()).toMatchObject({
    status: 400,
    text: expect.stringContaining('content_filter') as string,
  });
  azure.assertConsumed();
});

test('what was scripted is the cause of an answer, by the name of the fault or as a reply', async () => {
  azure.fail('chat', serverError());
  azure.reply('chat', () => serverError({ from: 'gateway' }));
  await ask();
  await ask();
  await ask({ deployment: 'nope' });
  expect(azure.requests().map(({ response, deployment }) => [response?.cause, deployment])).toEqual([
    ['serverError', 'chat'],
    ['serverError', 'chat'],
    [undefined, undefined],
  ]);
});
