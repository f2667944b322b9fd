import { defineConfig } from '@aoai/config';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../clock.ts';
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
let clock: ManualClock;

beforeEach(async () => {
  clock = manualClock();
  azure = await startMockAzure<'chat' | 'embed'>({ config, clock, maxBodyBytes: 1_000 });
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

async function refused(path: string, { body = good, headers = {} }: Wrong = {}) {
  const response = await fetch(`${azure.endpoint}${path}`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json', ...headers },
    body,
  });
  const text = await response.text();
  return [response.status, response.headers.get('x-ms-region'), text] as const;
}

const of = (model: unknown) => JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] });

const notThere =
  'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.';

test('an unknown deployment is refused by the gateway of its region, by the model server, or as an unknown model', async () => {
  expect(await refused('/openai/deployments/nope/chat/completions?api-version=2024-10-21')).toEqual([
    404,
    'Sweden Central',
    `{"error":{"code":"DeploymentNotFound","message": "${notThere}"}}`,
  ]);
  expect(await refused('/openai/v1/chat/completions', { body: of('nope') })).toEqual([
    404,
    'Sweden Central',
    JSON.stringify({
      error: { message: notThere, type: 'invalid_request_error', param: null, code: 'DeploymentNotFound' },
    }),
  ]);
  const name = 'x'.repeat(201);
  const message = `Unknown model: ${'x'.repeat(200)}`;
  const path = '/models/chat/completions?api-version=2024-05-01-preview';
  expect(await refused(path, { body: of(name) })).toEqual([
    404,
    null,
    JSON.stringify({ error: { code: 'unknown_model', message, details: message } }),
  ]);
});

test.each([undefined, null, 7, ['chat']])('the model %j names no deployment', async (model) => {
  const [status, , text] = await refused('/openai/v1/chat/completions', { body: of(model) });
  expect([status, JSON.parse(text)]).toEqual([
    400,
    {
      error: {
        message: 'you must provide a model parameter',
        type: 'invalid_request_error',
        param: 'model',
        code: 'missing_required_parameter',
      },
    },
  ]);
});

test('a request that the gateway refuses is told why, in its own shape', async () => {
  const path = '/openai/v1/chat/completions';
  expect(await refused(path, { headers: many })).toEqual([
    431,
    null,
    '{"error":{"code":"RequestHeaderFieldsTooLarge","message":"Too many custom headers: up to 10 are supported."}}',
  ]);
  expect(await refused(path, large)).toEqual([
    413,
    null,
    '{"error":{"code":"RequestEntityTooLarge","message":"The request body is too large."}}',
  ]);
  expect(await refused(path, { headers: { 'content-type': `text/${'x'.repeat(300)}` } })).toEqual([
    415,
    null,
    `{"error":{"code":"UnsupportedMediaType","message":"Unsupported media type: text/${'x'.repeat(195)}"}}`,
  ]);
  expect(await refused(path, { body: of('embed') })).toEqual([
    400,
    'Sweden Central',
    expect.stringContaining(
      'The chatCompletion operation does not work with the specified model, text-embedding-3-small.',
    ),
  ]);
});

test('a header that only has the name of a known one in it is one of the caller', async () => {
  const own = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`x-my-x-ms-${index}`, 'a']));
  expect((await ask({ headers: own })).status).toBe(431);
  const without = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`own-${index}`, 'a']));
  expect((await ask({ headers: without })).status).toBe(200);
});

test('a reply that takes its time is given back when its request turns out to be wrong', async () => {
  azure.reply('chat', async () => Promise.resolve('Late'));
  expect((await ask({ body: '{"messages":[]}' })).status).toBe(400);
  await clock.advance(10_000);
  expect((await ask()).text).toContain('Late');
  azure.assertConsumed();
});

test('a fault strikes an operation of the resource, and any other one passes', async () => {
  const list = async () =>
    (await fetch(`${azure.endpoint}/openai/v1/models`, { headers: { 'api-key': azure.apiKey } })).status;
  azure.fail('*', serverError());
  expect([await list(), await list()]).toEqual([500, 200]);
  expect(azure.requests()[0]?.response?.cause).toBe('serverError');
});
