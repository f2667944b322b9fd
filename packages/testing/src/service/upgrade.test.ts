import { defineConfig } from '@aoai/config';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

const config = defineConfig({
  resources: { main: { endpoint: 'https://contoso.openai.azure.com', region: 'francecentral' } },
  deployments: { chat: { resource: 'main', deployment: 'chat', model: 'gpt-4.1', sku: 'GlobalStandard' } },
});

let azure: MockAzure;

beforeAll(async () => {
  azure = await startMockAzure({ config });
});

afterAll(async () => azure.close());

interface Handshake {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

/** The answer to a handshake: its headers, its body unless it is a WebSocket, and the protocol of that. */
async function shakeHands({ path = '/openai/v1/responses', headers = {}, protocols = [] }: Handshake = {}) {
  const socket = new WebSocket(`${azure.endpoint.replace('http', 'ws')}${path}`, [...protocols], { headers });
  socket.on('error', () => undefined);
  const { promise, resolve }: PromiseWithResolvers<IncomingMessage> = Promise.withResolvers();
  socket.once('upgrade', resolve).once('unexpected-response', (_, answer) => {
    resolve(answer);
  });
  const answer = await promise;
  const { statusCode: status, headers: sent } = answer;
  if (status === 101) {
    socket.terminate();
    return { status, headers: sent, body: '', protocol: socket.protocol };
  }
  return { status, headers: sent, body: await text(answer), protocol: '' };
}

const statusOf = async (handshake: Handshake) => (await shakeHands(handshake)).status;

const right = () => azure.apiKey;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test.each<[string, () => Handshake, number]>([
  ['in a header', () => ({ headers: { 'api-key': right() } }), 101],
  ['as a token', () => ({ headers: bearer(right()) }), 101],
  ['in the query', () => ({ path: `/openai/v1/responses?api-key=${right()}` }), 101],
  ['as a protocol', () => ({ protocols: ['realtime', `openai-insecure-api-key.${right()}`] }), 101],
  ['nowhere', () => ({}), 401],
  ['in the query, and it is wrong', () => ({ path: '/openai/v1/responses?api-key=x' }), 401],
  ['as a protocol, and it is wrong', () => ({ protocols: ['openai-insecure-api-key.x'] }), 401],
  [
    'in the query, beside a wrong one in a header',
    () => ({ path: `/openai/v1/responses?api-key=${right()}`, headers: { 'api-key': 'x' } }),
    401,
  ],
  [
    'in the query, beside a wrong token',
    () => ({ path: `/openai/v1/responses?api-key=${right()}`, headers: bearer('x') }),
    401,
  ],
  [
    'in the query, beside a wrong one as a protocol',
    () => ({ path: `/openai/v1/responses?api-key=${right()}`, protocols: ['openai-insecure-api-key.x'] }),
    101,
  ],
])('a handshake shows its key %s', async (_, handshake, status) => {
  expect(await statusOf(handshake())).toBe(status);
});

test('no key of a handshake is in the journal', async () => {
  await shakeHands({ path: `/openai/v1/responses?api-key=${right()}&a=b` });
  const last = azure.requests().at(-1);
  expect(last?.query).toEqual({ a: 'b' });
  expect(JSON.stringify(last)).not.toContain(right());
});

test.each([
  ['http://localhost:3000', 101],
  ['https://evil.example', 403],
])('a page of %s that opens a WebSocket is answered %i', async (origin, status) => {
  const answer = await shakeHands({ headers: { origin, 'api-key': right() } });
  expect(answer.status).toBe(status);
  if (status === 403) expect(answer.body).toContain(`page's origin \\"${origin}\\" may not call the mock`);
});

test.each([
  ['/openai/v1/nothing', 404],
  ['/openai/v1/embeddings', 404],
  ['/openai/v1/models', 200],
])(
  'a handshake at %s, where there is no WebSocket, is answered %i, and its connection ends',
  async (path, status) => {
    const answer = await shakeHands({ path, headers: { 'api-key': right() } });
    expect([answer.status, answer.headers.connection]).toEqual([status, 'close']);
  },
);

test.each([
  [['realtime'], 'realtime'],
  [['other', 'realtime'], 'realtime'],
])('of the protocols %j, %s is spoken', async (protocols, protocol) => {
  const { protocol: spoken } = await shakeHands({ protocols, headers: { 'api-key': right() } });
  expect(spoken).toBe(protocol);
});

test('a handshake has the headers of the gateway, and is in the journal with them', async () => {
  const { headers } = await shakeHands({
    headers: { 'api-key': right(), 'x-ms-client-request-id': 'mine' },
  });
  expect(headers).toMatchObject({
    'apim-request-id': expect.stringMatching(/^[\da-f-]{36}$/) as string,
    'x-ms-client-request-id': 'mine',
    'x-ms-region': 'France Central',
  });
  const { response } = azure.requests().at(-1) ?? {};
  expect(response).toMatchObject({ status: 101 });
  expect(response?.headers['apim-request-id']).toBe(headers['apim-request-id']);
});
