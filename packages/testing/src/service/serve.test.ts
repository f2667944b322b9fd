import { defineConfig } from '@aoai/config';
import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';
import type { MockResource } from './mock-resource.ts';
import { pathOf } from './serve.ts';

const maxBodyBytes = 1_000;
let azure: MockAzure;

beforeAll(async () => {
  const config = defineConfig({
    resources: { main: { endpoint: 'https://contoso.openai.azure.com' } },
    deployments: { chat: { resource: 'main', deployment: 'chat', model: 'gpt-4.1', sku: 'Standard' } },
  });
  azure = await startMockAzure({ config, maxBodyBytes });
});

afterAll(async () => azure.close());

const post = async (body: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json', ...headers },
    body,
  });

const body = JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hi' }] });

test.each([
  [10, {}, 200],
  [11, {}, 431],
  [
    10,
    Object.fromEntries(
      [
        'stainless-os',
        'ms-useragent',
        'policy-id',
        'forwarded-for',
        'request-id',
        'real-ip',
        'b3-traceid',
      ].map((name) => [`x-${name}`, 'a']),
    ),
    200,
  ],
])(
  '%i headers of a caller and these of SDKs and proxies are answered: %j %i',
  async (count, others, status) => {
    const own = Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-own-${index}`, 'a']));
    expect((await post(body, { ...own, ...others })).status).toBe(status);
  },
);

test.each([
  [maxBodyBytes, 200],
  [maxBodyBytes + 1, 413],
])('a body of %i bytes is answered %i', async (bytes, status) => {
  expect((await post(body.padEnd(bytes, ' '))).status).toBe(status);
});

test.each([
  ['main', '', '/openai/v1/models', '/openai/v1/models'],
  ['main', '', '//openai//v1/models', '/openai/v1/models'],
  ['main', '/gateway', '/gateway/openai/v1/models', '/openai/v1/models'],
  ['main', '/gateway', '/gateways/openai/v1/models', '/gateways/openai/v1/models'],
  ['main', '/gateway', '/openai/v1/models', '/openai/v1/models'],
  ['main', '', '/api/projects/mine/openai/v1/models', '/openai/v1/models'],
  ['main', '', '/api/projects/mine', ''],
  ['main', '', '/other/api/projects/mine/x', '/other/api/projects/mine/x'],
])('at %s behind %j, the path %s is %s', (name, basePath, asked, path) => {
  expect(pathOf(asked, { name, config: { basePath } } as MockResource)).toBe(path);
});

test('HEAD is answered like GET, and has no body', async () => {
  const url = `${azure.endpoint}/openai/v1/models`;
  const headers = { 'api-key': azure.apiKey };
  const [got, head] = [await fetch(url, { headers }), await fetch(url, { method: 'HEAD', headers })];
  expect(await got.text()).toContain('"object":"list"');
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('a GET may have a body, which belongs to no other request', async () => {
  const asked = httpRequest(`${azure.endpoint}/openai/v1/models`, {
    method: 'GET',
    headers: { 'api-key': azure.apiKey, 'content-length': '2' },
  });
  const { promise, resolve }: PromiseWithResolvers<string> = Promise.withResolvers();
  asked.once('response', (answer) => {
    resolve(text(answer));
  });
  asked.end('{}');
  expect(await promise).toContain('"object":"list"');
});

test.each([
  ['http://localhost:3000', 200],
  ['https://evil.example', 403],
])('a page of %s that asks first is answered %i', async (origin, status) => {
  const answer = await fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-headers': 'api-key, x-own' },
  });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('access-control-allow-headers')).toBe(status === 200 ? 'api-key, x-own' : null);
  const unknown = await fetch(`${azure.endpoint}/openai/v1/nope`, { method: 'OPTIONS', headers: { origin } });
  expect(unknown.status).toBe(404);
});
