import { afterEach, expect, test } from 'vitest';
import { startMockAzure, type MockAzure, type MockAzureOptions } from '../start-mock-azure.ts';

let azure: MockAzure;

async function start(options: MockAzureOptions = {}): Promise<void> {
  azure = await startMockAzure(options);
}

afterEach(async () => {
  await azure.close();
});

async function post(body: unknown, headers: Record<string, string> = {}, query = ''): Promise<number> {
  const response = await fetch(`${azure.endpoint}/openai/v1/chat/completions${query}`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  await response.text();
  return response.status;
}

const hello = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello' }] };

test('says what came in and what became of it', async () => {
  await start();
  await post(hello, { 'x-ms-client-request-id': 'mine' }, '?api-version=preview');
  await expect.poll(() => azure.requests()[0]?.response?.outcome).toBe('answered');
  expect(azure.requests()).toMatchObject([
    {
      number: 1,
      method: 'POST',
      path: '/openai/v1/chat/completions',
      query: { 'api-version': 'preview' },
      headers: { 'x-ms-client-request-id': 'mine' },
      body: hello,
      prompt: 'Hello',
      deployment: 'gpt-4.1',
      operation: 'ChatCompletions_Create',
      credential: 'api-key',
      response: { status: 200, headers: { 'x-ms-client-request-id': 'mine' }, outcome: 'answered' },
    },
  ]);
  expect(azure.requests('gpt-4.1')).toHaveLength(1);
  expect(azure.requests('gpt-5')).toEqual([]);
});

test('a form that comes where JSON is due is shown by its fields, without its secrets', async () => {
  await start();
  const response = await fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey },
    body: new URLSearchParams({ model: 'gpt-4.1', client_secret: 'hunter2-hunter2' }),
  });
  await response.text();
  await expect.poll(() => azure.requests()[0]?.response).toBeDefined();
  expect(azure.requests()[0]?.body).toEqual({ model: 'gpt-4.1', client_secret: '***' });
});

test('masks every secret, wherever it stands', async () => {
  await start();
  const secret = 'hunter2-hunter2';
  await post(
    {
      ...hello,
      data_sources: [
        {
          type: 'azure_search',
          parameters: { authentication: { type: 'api_key', key: secret }, key: 'not a secret' },
        },
      ],
      api_key: secret,
    },
    {
      authorization: `Bearer ${secret}`,
      cookie: `session=${secret}`,
      'ocp-apim-subscription-key': secret,
      'x-functions-key': secret,
    },
    `?api-key=${secret}`,
  );
  const [recorded] = azure.requests();
  const text = JSON.stringify(recorded);
  expect(text).not.toContain(secret);
  expect(text).not.toContain(azure.apiKey);
  expect(text).toContain('not a secret');
  expect(recorded?.headers).toMatchObject({ authorization: 'Bearer ***', 'api-key': '***' });
});

test('a recorded request cannot be changed', async () => {
  await start();
  await post(hello);
  const [recorded] = azure.requests();
  expect(() => {
    (recorded?.body as { model: string }).model = 'other';
  }).toThrow(TypeError);
});

test('forgets the oldest request when it is full', async () => {
  await start({ journal: { maxRequests: 3 } });
  for (let call = 0; call < 8; call += 1) await post(hello);
  expect(azure.requests().map(({ number }) => number)).toEqual([6, 7, 8]);
});

test('keeps the last request however large, and no more bytes than asked for', async () => {
  await start({ journal: { maxBytes: 1_000 } });
  const long = { ...hello, messages: [{ role: 'user', content: 'x'.repeat(600) }] };
  await post(long);
  await post(long);
  expect(azure.requests().map(({ number }) => number)).toEqual([2]);
  await post({ ...hello, messages: [{ role: 'user', content: 'x'.repeat(6_000) }] });
  expect(azure.requests().map(({ number }) => number)).toEqual([3]);
});

test('keeps a thousand requests unless told otherwise', async () => {
  await start({});
  const many = Array.from({ length: 1_001 }, (_, index) => index);
  while (many.length > 0) await Promise.all(many.splice(0, 50).map(() => post(hello)));
  const numbers = azure.requests().map(({ number }) => number);
  expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([1_000, 2, 1_001]);
});

test.each([0, -1, 1.5, Number.NaN])('refuses to keep %s requests', async (maxRequests) => {
  await expect(startMockAzure({ journal: { maxRequests } })).rejects.toThrow(
    `\`maxRequests\` is ${maxRequests}. Give a whole number above 0.`,
  );
});
