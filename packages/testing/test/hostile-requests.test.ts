import { startMockAzure, type MockAzure } from '@aoai/testing';
import { urlPart } from '@aoai/vitest/arbitraries';
import fc from 'fast-check';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';

let azure: MockAzure;

beforeAll(async () => {
  azure = await startMockAzure({ maxBodyBytes: 200_000 });
});

afterAll(async () => {
  await azure.close();
});

const paths = [
  '/openai/v1/chat/completions',
  '/openai/v1/responses',
  '/openai/v1/embeddings',
  '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
  '/openai/deployments/gpt-5-mini/chat/completions?api-version=2025-04-01-preview',
  '/openai/deployments/%00%ff%/chat/completions?api-version=2024-10-21',
  '/openai/deployments/../chat/completions?api-version=2024-10-21',
  '/openai/v1/chat/completions/__proto__',
  '/openai/v1/responses/constructor',
  '/models/chat/completions?api-version=2024-05-01-preview',
  '/',
  '//',
  '/openai/v1/',
  '/openai?%',
];

/** JSON around the shape of a chat completion: right names, wrong values. */
const names = [
  'messages',
  'model',
  'stream',
  'tools',
  'tool_choice',
  'n',
  'stop',
  'response_format',
  'max_tokens',
  'input',
  'dimensions',
  'temperature',
  'logprobs',
  'data_sources',
  'modalities',
  '__proto__',
  'instructions',
];
const roles = ['user', 'system', 'assistant', 'tool', 'function', 'developer', 'nobody'];
const message = fc.record(
  {
    role: fc.oneof(fc.constantFrom(...roles), fc.jsonValue()),
    content: fc.oneof(
      fc.string(),
      fc.jsonValue(),
      fc.array(fc.record({ type: fc.constantFrom('text', 'image_url', 'x'), text: fc.jsonValue() })),
    ),
    tool_calls: fc.jsonValue(),
    tool_call_id: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const almost = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 }),
    fc.oneof(fc.array(message, { maxLength: 5 }), fc.jsonValue()),
    fc.constantFrom('gpt-4o', 'gpt-5-mini', 'text-embedding-3-small', 'nope', 42, null),
  )
  .map(([more, messages, model]) => JSON.stringify({ ...more, messages, model, input: messages }));

const deep = fc
  .constantFrom(1000, 50_000)
  .map((depth) => `{"messages":${'['.repeat(depth)}${']'.repeat(depth)}}`);
const large = fc.constantFrom(199_999, 200_001, 2_000_000).map((size) => `{"a":"${'x'.repeat(size)}"}`);

const hostile = fc.record({
  method: fc.constantFrom(
    'POST',
    'POST',
    'POST',
    'GET',
    'PUT',
    'DELETE',
    'PATCH',
    'HEAD',
    'OPTIONS',
    'PROPFIND',
  ),
  path: fc.oneof(
    fc.constantFrom(...paths),
    fc.array(urlPart).map((steps) => `/${steps.join('/')}`),
  ),
  body: fc.oneof({ weight: 6, arbitrary: almost }, fc.json(), fc.string(), deep, large),
  type: fc.constantFrom(
    'application/json',
    'application/json',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
  ),
  key: fc.constantFrom('right', 'right', 'right', 'wrong', 'none'),
});

test('hostile requests: an answer in the shape of Azure each time', { timeout: 120_000 }, async () => {
  const handles = process.getActiveResourcesInfo().length;
  await fc.assert(
    fc.asyncProperty(hostile, async ({ method, path, body, type, key }) => {
      const headers: Record<string, string> = { 'content-type': type };
      if (key !== 'none') headers['api-key'] = key === 'right' ? azure.apiKey : 'wrong';
      const hasBody = method !== 'GET' && method !== 'HEAD';
      const response = await fetch(`${azure.endpoint}${path}`, {
        method,
        headers,
        ...(hasBody && { body }),
      });
      const text = await response.text();
      expect(response.headers.get('apim-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      // No request may break the mock.
      expect(response.status).not.toBe(500);
      if (response.status < 400 || method === 'HEAD') return;
      const error = JSON.parse(text) as {
        error?: { message?: unknown; code?: unknown };
        statusCode?: number;
        message?: unknown;
      };
      expect(typeof (error.error?.message ?? error.message)).toBe('string');
      expect(error.error === undefined ? error.statusCode : error.error.code).toBeDefined();
    }),
    { numRuns: 300, seed: 20261122 },
  );
  expect(process.getActiveResourcesInfo().length).toBeLessThan(handles + 50);
});

test('a name that no header may hold is no trouble where every name is a deployment', async () => {
  const open = await startMockAzure({ anyDeployment: 'gpt-4o' });
  for (const name of ['%0D%0Ainjected:%20yes', '%E2%82%AC', '%00', '__proto__', '..%2F..']) {
    const response = await fetch(
      `${open.endpoint}/openai/deployments/${name}/chat/completions?api-version=2024-10-21`,
      {
        method: 'POST',
        headers: { 'api-key': open.apiKey, 'content-type': 'application/json' },
        body: JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }] }),
      },
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('injected')).toBeNull();
  }
  await open.close();
});

/** What comes back on a bare connection for `bytes`. */
async function exchange(bytes: string | Buffer, { end = true } = {}): Promise<string> {
  const { hostname, port } = new URL(azure.endpoint);
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    if (text.includes('\r\n\r\n')) socket.end();
  });
  socket.on('close', () => {
    resolve(text);
  });
  socket.on('error', () => undefined);
  socket.write(bytes);
  if (end) socket.end();
  return promise;
}

test.each([
  ['garbage', '\u0000\u0001\u0002\r\n\r\n'],
  ['no HTTP version', 'GET /\r\n\r\n'],
  ['a TLS hello', Buffer.from('16030100a5010000a10303', 'hex')],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  [
    'length and chunks',
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['a header without end', `GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(100_000)}`],
])('a connection that sends %s is answered in the shape of Azure, and closed', async (name, bytes) => {
  const answer = await exchange(bytes);
  expect(answer).toMatch(name === 'a header without end' ? /^HTTP\/1\.1 431 / : /^HTTP\/1\.1 40\d /);
  expect(answer).toContain('{"error":{"code":');
});

test('a caller that goes away in the middle of its body leaves nothing behind', async () => {
  await exchange(
    'POST /openai/v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"mess',
  );
  const response = await fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Still there?' }] }),
  });
  expect(response.status).toBe(200);
});

test('close ends connections that wait for their body, and resolves', async () => {
  const other = await startMockAzure();
  const { hostname, port } = new URL(other.endpoint);
  const socket = connect(Number(port), hostname);
  const closed = Promise.withResolvers<undefined>();
  socket
    .on('error', () => undefined)
    .on('close', () => {
      closed.resolve(undefined);
    });
  socket.write(
    'POST /openai/v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{',
  );
  await fetch(`${other.endpoint}/`);
  await other.close();
  await closed.promise;
  await expect(fetch(`${other.endpoint}/`)).rejects.toThrow('fetch failed');
});

const bombs: readonly (readonly [string, object])[] = [
  ['a list within a list', { type: 'array', minItems: 1e9, items: { type: 'string', minLength: 1e9 } }],
  ['a long text', { type: 'string', minLength: 1e12 }],
  ['lists that multiply', nested(12)],
  ['a count in a pattern', { type: 'string', pattern: '^a{900000000}$', minLength: 900_000_000 }],
];

function nested(depth: number): object {
  const items = depth === 0 ? { type: 'integer' } : nested(depth - 1);
  return { type: 'array', minItems: 12, items };
}

test.each(bombs)('a schema that asks for %s gets 400, and the next request an answer', async (_, bomb) => {
  const schema = { type: 'object', properties: { a: bomb }, required: ['a'], additionalProperties: false };
  const messages = [{ role: 'user', content: 'Give me that.' }];
  const tool = { name: 'f', parameters: schema, strict: false };
  const bodies = {
    '/openai/v1/chat/completions': [
      { messages, response_format: { type: 'json_schema', json_schema: { name: 'a', schema } } },
      { messages, tools: [{ type: 'function', function: tool }], tool_choice: 'required' },
    ],
    '/openai/v1/responses': [
      { input: 'Give me that.', text: { format: { type: 'json_schema', name: 'a', schema } } },
      { input: 'Give me that.', tools: [{ type: 'function', ...tool }], tool_choice: 'required' },
    ],
  };
  const post = async (path: string, body: object) =>
    fetch(azure.endpoint + path, {
      method: 'POST',
      headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4.1', ...body }),
    });
  for (const [path, each] of Object.entries(bodies)) {
    for (const body of each) {
      const response = await post(path, body);
      expect([path, response.status]).toEqual([path, 400]);
      expect(await response.text()).toContain('Lower its `minItems`, `minLength`');
    }
  }
  expect((await post('/openai/v1/chat/completions', { messages })).status).toBe(200);
});
