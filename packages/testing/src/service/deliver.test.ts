import { defineConfig } from '@aoai/config';
import { afterEach, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../clock.ts';
import type { Fault } from '../script/fault.ts';
import { SchemaTooLargeError } from '../answer/room.ts';
import { neverAnswers, wrongContentLength } from '../script/connection-faults.ts';
import { respondWith } from '../script/respond-with.ts';
import { rateLimited } from '../script/throttling.ts';
import { startMockAzure, type MockAzure, type MockAzureOptions } from '../start-mock-azure.ts';
import { failure } from './deliver.ts';
import { invalidRequest } from './envelopes.ts';
import { Refusal } from './refusal.ts';
import type { Turn } from './turn.ts';

const config = defineConfig({
  resources: { main: { endpoint: 'https://contoso.openai.azure.com' } },
  deployments: {
    ptu: {
      resource: 'main',
      deployment: 'ptu',
      model: 'gpt-4.1',
      sku: 'GlobalProvisionedManaged',
      limits: { ptu: 10 },
    },
  },
});

let azure: MockAzure<'ptu'>;
let clock: ManualClock;

async function start(options: MockAzureOptions<'ptu'> = {}): Promise<void> {
  clock = manualClock(1_000_000);
  azure = await startMockAzure<'ptu'>({ config, clock, ...options });
}

afterEach(async () => azure.close());

const post = async (body: object = {}, init: RequestInit = {}) =>
  fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'ptu', messages: [{ role: 'user', content: 'Hi' }], ...body }),
    ...init,
  });

/** What the journal has of the first answer. */
const kept = () => {
  const { outcome, finishedAtMs, status } = azure.requests()[0]?.response ?? {};
  return [outcome, finishedAtMs, status];
};

/** The share of the purchased throughput that is in use, in percent. */
const utilisation = async () =>
  Number.parseFloat((await post({ max_tokens: 0 })).headers.get('azure-openai-deployment-utilization') ?? '');

test('an answer is finished when its last byte is out, and not when it is decided', async () => {
  await start({ latency: { firstTokenMs: 1_000, tokensPerSecond: 100 } });
  azure.reply('ptu', { chunks: ['One ', 'two ', 'three.'] });
  const answer = post({ stream: true }).then(async (response) => response.text());
  await expect.poll(() => azure.requests()[0]?.response?.status).toBe(200);
  await clock.advance(1_020);
  expect(kept()).toEqual(['pending', undefined, 200]);
  await clock.advance(40);
  expect(await answer).toContain('[DONE]');
  await expect.poll(kept).toEqual(['answered', 1_001_060, 200]);
});

test('a caller that leaves in the middle has used what its answer costs, and no estimate stays behind', async () => {
  await start({ latency: { tokensPerSecond: 1 } });
  azure.reply('ptu', {
    chunks: Array.from({ length: 100 }, () => 'word '),
    usage: { promptTokens: 3_000, completionTokens: 0 },
  });
  const controller = new AbortController();
  const { body } = await post({ stream: true, max_tokens: 5_000 }, { signal: controller.signal });
  await body?.getReader().read();
  azure.reply('ptu', ['a', 'b']);
  // An estimate of 5,000 tokens of output counts 20,000, and ten units are 30,000 a minute.
  expect(await utilisation()).toBeGreaterThan(60);
  controller.abort();
  await expect.poll(() => kept()[0]).toBe('abandoned');
  expect(kept()).toEqual(['abandoned', 1_000_000, 200]);
  expect(await utilisation()).toBeLessThan(12);
});

test('a caller that leaves before its answer comes is abandoned, and the mock closes all the same', async () => {
  await start();
  azure.fail('ptu', neverAnswers());
  const controller = new AbortController();
  const asked = post({}, { signal: controller.signal });
  await expect.poll(() => azure.requests()).toHaveLength(1);
  expect(kept()[0]).toBe('pending');
  controller.abort();
  await expect(asked).rejects.toThrow('aborted');
  await expect.poll(() => kept()[0]).toBe('abandoned');
});

test.each<[string, Fault]>([
  [
    'whole',
    {
      name: 'change',
      intervention: () => ({ change: (given) => ({ ...given, kind: 'json', text: '{"a":"é"}' }) }),
    },
  ],
  ['given', respondWith({ body: '{"a":"é"}' })],
])('what a script writes is counted by its bytes: %s', async (_, fault) => {
  await start();
  azure.fail('ptu', fault);
  const response = await post();
  expect([response.headers.get('content-length'), await response.text()]).toEqual(['10', '{"a":"é"}']);
});

test.each<[string, () => void, string]>([
  [
    'an answer that throws',
    () => {
      azure.reply('ptu', () => {
        throw new Error('The script is wrong.');
      });
    },
    'The script is wrong.',
  ],
  [
    'an answer that is rejected',
    () => {
      azure.reply('ptu', async () => Promise.reject(new Error('The script is wrong.')));
    },
    'The script is wrong.',
  ],
  [
    'a header that no answer can have',
    () => {
      azure.fail('ptu', respondWith({ headers: { 'a b': 'c' } }));
    },
    'a b',
  ],
])('a script with %s is reported to the caller as a failure of the service', async (_, script, words) => {
  await start();
  script();
  const response = await post();
  const { error } = (await response.json()) as { error: { innererror: { message: string } } };
  expect([response.status, error]).toMatchObject([
    500,
    {
      type: 'server_error',
      innererror: { code: 'MockFailure', message: expect.stringContaining(words) as string },
    },
  ]);
  await expect.poll(() => kept()[0]).toBe('answered');
  expect((await post()).status).toBe(200);
});

test('an answer in a script that fails has used nothing', async () => {
  await start();
  azure.reply('ptu', () => {
    throw new Error('The script is wrong.');
  });
  expect((await post({ max_tokens: 5_000 })).status).toBe(500);
  expect(await utilisation()).toBeLessThan(2);
});

test('a pace of a fault goes before the latency of the mock', async () => {
  await start({ latency: { firstTokenMs: 60_000 } });
  azure.fail('ptu', { name: 'quick', intervention: () => ({ pace: { firstMs: 10, nextMs: () => 0 } }) });
  const answer = post();
  await expect.poll(() => azure.requests()).toHaveLength(1);
  await clock.advance(10);
  expect((await answer).status).toBe(200);
});

test.each<[string, Fault, string]>([
  ['JSON', respondWith({ body: {} }), 'application/json'],
  ['a stream', respondWith({ events: [] }), 'text/event-stream; charset=utf-8'],
  ['bytes', respondWith({ body: 'x', headers: { 'content-type': 'text/x' } }), 'text/x'],
  ['bytes of a strange type', respondWith({ body: 'x', headers: { 'content-type': 'a/部' } }), 'a/%E9%83%A8'],
])('%s has its own type', async (_, fault, type) => {
  await start();
  azure.fail('ptu', fault);
  const response = await post();
  await response.text();
  expect(response.headers.get('content-type')).toBe(type);
});

test('an answer has the headers of the part of Azure that it comes from', async () => {
  await start();
  const own = ['x-ms-region', 'x-request-id', 'x-ms-deployment-name', 'azureai-fe-is-streaming'];
  const headersOf = async (asked: Promise<Response>) => {
    const answer = await asked;
    await answer.text();
    const { headers } = answer;
    const id = headers.get('x-request-id');
    return own.map((name) => (name === 'x-request-id' ? id !== null : headers.get(name)));
  };
  const key = { 'api-key': azure.apiKey };
  const list = fetch(`${azure.endpoint}/openai/v1/models`, { headers: key });
  expect(await headersOf(list)).toEqual(['Sweden Central', true, null, null]);
  expect(await headersOf(post())).toEqual(['Sweden Central', true, 'ptu', 'False']);
  expect(await headersOf(post({ stream: true }))).toEqual(['Sweden Central', true, 'ptu', 'True']);
  const nobody = fetch(`${azure.endpoint}/openai/v1/models`);
  expect(await headersOf(nobody)).toEqual([null, false, null, null]);
  // The gateway knows its region once it has found the deployment.
  azure.fail('ptu', rateLimited());
  expect(await headersOf(post())).toEqual(['Sweden Central', false, null, null]);
});

test.each([
  [undefined, '*'],
  ['http://localhost:3000', '*'],
  ['https://evil.example', null],
])('a page of %s may read an answer: %s', async (origin, allowed) => {
  await start();
  const headers = { 'api-key': azure.apiKey, ...(origin !== undefined && { origin }) };
  const response = await fetch(`${azure.endpoint}/openai/v1/models`, { headers });
  await response.text();
  expect(response.headers.get('access-control-allow-origin')).toBe(allowed);
});

test('what was sent of an answer is in the journal, with the length that was promised', async () => {
  await start();
  azure.fail('ptu', respondWith({ body: { a: 1 } }));
  azure.fail('ptu', wrongContentLength());
  await (await post()).text();
  const broken = await post();
  await expect(broken.text()).rejects.toThrow('terminated');
  const [, second] = azure.requests();
  expect(second?.response?.headers['content-length']).toBe(broken.headers.get('content-length'));
  await expect.poll(() => azure.requests()[1]?.response?.outcome).toBe('abandoned');
});

const turn = { request: { id: 'my-request' } } as Turn;

test.each<[string, unknown, number, object]>([
  ['a refusal', new Refusal(invalidRequest('No.', { param: 'n' })), 400, { message: 'No.', param: 'n' }],
  ['a schema that is too large', new SchemaTooLargeError(), 400, { code: 'invalid_json_schema' }],
  ['too many calls', new RangeError('Maximum call stack size exceeded'), 400, { param: null }],
  [
    'another range',
    new RangeError('Invalid array length'),
    500,
    { innererror: { message: 'Invalid array length' } },
  ],
  ['another error about calls', new Error('call stack'), 500, { innererror: { message: 'call stack' } }],
  ['no error', 'text', 500, { innererror: { code: 'MockFailure', message: 'text' } }],
])('what is thrown as %s is answered %s', (_, error, status, expected) => {
  const response = failure(turn, error);
  expect(response.status).toBe(status);
  expect(JSON.parse(response.kind === 'json' ? response.text : '')).toMatchObject({ error: expected });
});
