import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { startMockAzure } from '@aoai/testing';
import type { MockAzure } from '@aoai/testing';
import fc from 'fast-check';
import { toFile } from 'openai';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../src/client/client.ts';
import type { ClientOptions } from '../src/client/client-options.ts';
import { createClient } from '../src/client/create-client.ts';
import { ResidencyError } from '../src/errors.ts';
import type { TransportRequest } from '../src/transport/transport.ts';

// One resource holds a deployment that the policy allows and one that it forbids. The config names the first only.
const resource = { endpoint: 'https://eu.openai.azure.com', region: 'swedencentral' } as const;
const allowed = {
  chat: { resource: 'eu', deployment: 'gpt-eu', model: 'gpt-4.1-mini', sku: 'DataZoneStandard' },
  paint: { resource: 'eu', deployment: 'paint-eu', model: 'gpt-image-1', sku: 'DataZoneStandard' },
} as const;
const forbidden = {
  resource: 'eu',
  deployment: 'gpt-global',
  model: 'gpt-4.1-mini',
  sku: 'GlobalStandard',
} as const;
const policy = { processing: ['EU'], apiKeys: 'forbid' } as const;
const messages = [{ role: 'user' as const, content: 'Hello' }];
const apis = ['v1', '2025-04-01-preview'] as const;

type Name = keyof typeof allowed;

let mocks: Readonly<Record<(typeof apis)[number], MockAzure<'paint' | 'chat' | 'world'>>>;
let mock: MockAzure<'paint' | 'chat' | 'world'>;
let azure: Client<Name>;
let clients: Client<Name>[] = [];

// Most of what is tried here never arrives: to start a mock for each test would take longer than all of them.
beforeAll(async () => {
  const [v1, dated] = await Promise.all(
    apis.map((api) =>
      startMockAzure({
        config: defineConfig({
          resources: { eu: { ...resource, api } },
          deployments: { ...allowed, world: forbidden },
        }),
      }),
    ),
  );
  if (v1 === undefined || dated === undefined) throw new RangeError('There are two APIs.');
  mocks = { v1, '2025-04-01-preview': dated };
});

afterAll(() => Promise.all(Object.values(mocks).map((each) => each.close())));

function start(api: (typeof apis)[number]): void {
  mock = mocks[api];
  azure = connect();
}

function connect(options: ClientOptions = {}, rules: object = policy): Client<Name> {
  const { eu } = mock.config.resources;
  const config = defineConfig({
    resources: { eu: { ...resource, endpoint: eu?.endpoint ?? '', api: eu?.api ?? 'v1' } },
    deployments: allowed,
    policy: rules,
    allowHosts: ['127.0.0.1', 'localhost'],
  });
  const client = createClient(config, { credential: mock.credential(), retry: false, ...options });
  clients.push(client);
  return client;
}

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  clients = [];
  mock.reset();
});

/** What arrived, as one text. */
const arrived = (): string =>
  JSON.stringify(mock.requests().map(({ path, headers, body }) => ({ path, headers, body })));

async function outcome(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  azure.fetch(`https://x.invalid/openai${path}`, { method: 'POST', body: body as string, headers });
const json = { 'content-type': 'application/json' };

describe.each(apis)('on %s', (api) => {
  beforeEach(() => {
    start(api);
  });

  describe.each([
    '/v1/deployments/gpt-global/chat/completions',
    '/deployments/gpt-global/chat/completions?api-version=2024-10-21',
    '/deployments/chat/deployments/gpt-global/chat/completions',
    '/deployments/chat/../gpt-global/chat/completions',
    '/deployments/chat/%2e%2e/gpt-global/chat/completions',
    '/deployments/chat/..;/gpt-global/chat/completions',
    '/deployments/chat;x=1/chat/completions',
    '/deployments/chat%2f..%2fgpt-global/chat/completions',
    '/deployments/chat/%252e%252e%252fgpt-global/chat/completions',
    '/Deployments/gpt-global/chat/completions',
    '/DEPLOYMENTS/gpt-global/chat/completions',
    '/%64eployments/gpt-global/chat/completions',
    '/%2564eployments/gpt-global/chat/completions',
    '/v1/%64eployments/gpt-global/chat/completions',
    '/v1/Deployments/gpt-global/chat/completions',
    '/./deployments/gpt-global/chat/completions',
    '//deployments/gpt-global/chat/completions',
    '/v1\\..\\deployments\\gpt-global\\chat\\completions',
    '/openai/deployments/gpt-global/chat/completions',
    '/v1/v1/deployments/gpt-global/chat/completions',
    '/v1/chat/Completions?model=gpt-global',
    '/v1/chat/completions?model=gpt-global',
    '/v1/chat/completions?Model=gpt-global',
    '/v1/chat/completions?%6dodel=gpt-global',
    '/v1/chat/completions?%256dodel=gpt-global',
    '/v1/chat/completions?deployment_id=gpt-global',
  ])('the path %s', (path) => {
    test.each([
      ['without a model', { messages }],
      ['with an allowed model', { model: 'chat', messages }],
    ])('%s leads to no deployment outside of the config', async (_, body) => {
      const result = await outcome(() => post(path, JSON.stringify(body), json));
      expect(arrived()).not.toContain('gpt-global');
      expect(result instanceof Error || mock.requests().length === 1).toBe(true);
    });
  });

  test('the SDK’s own paths are read like any other', async () => {
    const paths = ['/deployments/gpt-global/chat/completions', '/Deployments/gpt-global/chat/completions'];
    for (const path of paths) {
      await expect(azure.sdk.post(path, { body: { messages } }), path).rejects.toThrow();
      await expect(azure.sdk.post(path, { body: { model: 'chat', messages } }), path).rejects.toThrow();
    }
    expect(mock.requests()).toEqual([]);
  });

  const evil = JSON.stringify({ model: 'gpt-global', messages });
  const bytes = new TextEncoder().encode(evil);
  const padded = new Uint8Array(new ArrayBuffer(bytes.length + 8), 4, bytes.length);
  padded.set(bytes);
  const named = (model: string) => `"model":${JSON.stringify(model)}`;
  const rest = `"messages":${JSON.stringify(messages)}`;
  describe.each<[string, unknown, Record<string, string>]>([
    ['a text', evil, json],
    ['bytes', bytes, json],
    ['bytes without a type', bytes, {}],
    ['a Buffer', Buffer.from(evil), {}],
    ['a view into a larger buffer', padded, {}],
    ['a DataView', new DataView(padded.buffer, 4, bytes.length), {}],
    ['an ArrayBuffer', bytes.buffer, {}],
    ['a Blob', new Blob([evil]), {}],
    ['a stream', new Blob([evil]).stream(), {}],
    ['a text with a BOM', `\uFEFF${evil}`, json],
    ['bytes with a BOM', Buffer.from(`\uFEFF${evil}`), json],
    [
      'UTF-16',
      Buffer.from(`\uFEFF${evil}`, 'utf16le'),
      { 'content-type': 'application/json; charset=utf-16' },
    ],
    ['UTF-16 without a BOM', Buffer.from(evil, 'utf16le'), json],
    ['a type in capitals', bytes, { 'content-type': 'application/JSON' }],
    ['a type with a parameter', bytes, { 'Content-Type': ' Application/Json ; charset="utf-8"' }],
    ['a type of its own', bytes, { 'content-type': 'application/vnd.x+json' }],
    ['another type', bytes, { 'content-type': 'text/x-json' }],
    ['form text', new URLSearchParams({ model: 'gpt-global' }), {}],
    ['a comment', `/* */${evil}`, json],
    ['a trailing comma', `{${named('gpt-global')},${rest},}`, json],
    ['single quotes', `{'model':'gpt-global',${rest}}`, json],
    ['a capital', `{"Model":"gpt-global",${rest}}`, json],
    ['a capital beside the right one', `{"Model":"gpt-global",${named('chat')},${rest}}`, json],
    ['two models, the right one last', `{${named('gpt-global')},${rest},${named('chat')}}`, json],
    ['two models, the right one first', `{${named('chat')},${rest},${named('gpt-global')}}`, json],
    ['an escape', `{"\\u006dodel":"gpt-global",${rest}}`, json],
    ['an escape beside the right one', `{${named('chat')},${rest},"\\u006dodel":"gpt-global"}`, json],
    ['a list as a model', `{"model":["gpt-global"],${rest}}`, json],
    ['an object as a model', `{"model":{"name":"gpt-global"},${rest}}`, json],
    ['a list of bodies', `[${evil}]`, json],
    ['two bodies', `${evil}\n${evil}`, json],
    ['gzip', Buffer.from('1f8b', 'hex'), { ...json, 'content-encoding': 'gzip' }],
    [
      'multipart',
      `--x\r\ncontent-disposition: form-data; name="model"\r\n\r\ngpt-global\r\n--x--\r\n`,
      { 'content-type': 'Multipart/Form-Data; boundary=x' },
    ],
    [
      'multipart with another boundary',
      `--x\r\ncontent-disposition: form-data; name="model"\r\n\r\ngpt-global\r\n--x--\r\n`,
      { 'content-type': 'multipart/form-data; boundary=y' },
    ],
  ])('a body that is %s', (_, body, headers) => {
    test.each([
      '/v1/chat/completions',
      '/deployments/chat/chat/completions',
      '/v1/responses',
      '/v1/new/operation',
    ])('is read, or refused, for %s', async (path) => {
      const content = body instanceof ReadableStream ? new Blob([evil]).stream() : body;
      const result = await outcome(() => post(path, content, headers));
      expect(arrived()).not.toContain('gpt-global');
      expect(result instanceof Error || mock.requests().length === 1).toBe(true);
    });

    test('is read, or refused, when the SDK passes it on', async () => {
      const content = body instanceof ReadableStream ? new Blob([evil]).stream() : body;
      await outcome(() => azure.sdk.post('/chat/completions', { body: content as object, headers }));
      await outcome(() => azure.sdk.post('/responses', { body: content as object, headers }));
      expect(arrived()).not.toContain('gpt-global');
    });
  });

  test('the outer `model` is the one that is renamed, however the text is written', async () => {
    const text = `{"messages": ${JSON.stringify(messages)}, "metadata": {"model":"chat"}, "model": "chat" }`;
    const answer = await post('/v1/chat/completions', text, json);
    expect(answer.status).toBe(200);
    expect(mock.requests()[0]?.body).toEqual({ model: 'gpt-eu', messages, metadata: { model: 'chat' } });
    expect(await answer.json()).toMatchObject({ object: 'chat.completion' });
  });

  test('an object that says something else when it is asked again is asked once', async () => {
    let asked = 0;
    const body = {
      messages,
      get model() {
        asked += 1;
        return asked === 1 ? 'chat' : 'gpt-global';
      },
    };
    await outcome(() => azure.chat.completions.create(body as never));
    const proxy = new Proxy(
      { model: 'chat', messages },
      {
        get: (target, key) =>
          (key === 'model'
            ? asked++ % 2 === 0
              ? 'chat'
              : 'gpt-global'
            : Reflect.get(target, key)) as unknown,
      },
    );
    await outcome(() => azure.chat.completions.create(proxy as never));
    expect(arrived()).not.toContain('gpt-global');
  });

  test('a body that changes after it was read leaves as it was read', async () => {
    const body = new TextEncoder().encode(JSON.stringify({ model: 'chat', messages }));
    const answer = post('/v1/chat/completions', body, json);
    body.set(new TextEncoder().encode('gpt-global'), 10);
    expect((await answer).status).toBe(200);
    expect(mock.requests()[0]?.body).toEqual({ model: 'gpt-eu', messages });
  });

  test('nothing but the body says what the body is', async () => {
    const extra = { json: { model: 'chat', messages } };
    await outcome(() =>
      azure.fetch(`${azure.baseURL}/chat/completions`, {
        method: 'POST',
        body: evil,
        headers: json,
        ...extra,
      }),
    );
    await outcome(() =>
      azure.sdk.post('/chat/completions', {
        body: Buffer.from(evil),
        headers: json,
        fetchOptions: extra as never,
      }),
    );
    expect(mock.requests()).toEqual([]);
  });

  test.each([
    ['Ocp-Apim-Subscription-Key', 'secret'],
    ['API-KEY', 'secret'],
    ['x-api-key', 'secret'],
    ['x-functions-key', 'secret'],
    ['Authorization', 'Bearer secret'],
    ['Cookie', 'secret'],
    ['x-forwarded-host', 'secret.invalid'],
    ['Forwarded', 'host=secret.invalid'],
    ['x-original-url', '/openai/deployments/secret/chat/completions'],
    ['x-rewrite-url', '/secret'],
    ['X-HTTP-Method-Override', 'secret'],
    ['azureml-model-deployment', 'secret'],
    ['host', 'secret.invalid'],
  ])('the header %s is not for a caller to set', async (name, value) => {
    const headers = { [name]: value };
    await azure.chat.completions.create({ model: 'chat', messages }, { headers });
    await azure.withOptions({ defaultHeaders: headers }).chat.completions.create({ model: 'chat', messages });
    await post('/v1/chat/completions', JSON.stringify({ model: 'chat', messages }), { ...json, ...headers });
    expect(mock.requests()).toHaveLength(3);
    expect(arrived()).not.toContain('secret');
  });

  test.each([
    [
      'a batch',
      () =>
        azure.batches.create({
          input_file_id: 'file-1',
          endpoint: '/v1/chat/completions',
          completion_window: '24h',
        }),
      'the file of a batch names its deployments',
    ],
    [
      'an eval run',
      () =>
        azure.evals.runs.create('eval_1', {
          data_source: {
            type: 'completions',
            model: 'gpt-global',
            source: { type: 'file_id', id: 'file-1' },
          },
        }),
      'a stored eval may name deployments for its graders',
    ],
    [
      'a fine-tuning job',
      () => azure.fineTuning.jobs.create({ model: 'gpt-4.1-mini', training_file: 'file-1' }),
      'a job may train in another region',
    ],
    [
      'a run of an assistant',
      () => post('/threads/thread_1/runs', JSON.stringify({ assistant_id: 'asst_1' }), json),
      'a stored assistant names its deployment',
    ],
    [
      'a stored prompt',
      () => azure.responses.create({ prompt: { id: 'pmpt_1' } }),
      'it names no deployment of the config',
    ],
    [
      'an unknown operation',
      () => post('/v1/new/operation', JSON.stringify({ question: 1 }), json),
      'it names no deployment of the config',
    ],
    [
      'an unknown operation with bytes',
      () => post('/v1/new/operation', 'x', { 'content-type': 'text/csv' }),
      'its body could not be read: "text/csv" is not read',
    ],
    [
      'On Your Data',
      () =>
        azure.chat.completions.create({
          model: 'chat',
          messages,
          data_sources: [
            {
              type: 'azure_search',
              parameters: {
                endpoint: 'https://us.search.windows.net',
                index_name: 'x',
                authentication: { type: 'system_assigned_managed_identity' },
              },
            },
          ],
        } as never),
      '`data_sources` reads from and sends questions to a service outside of the config',
    ],
    [
      'a remote tool',
      () =>
        azure.responses.create({
          model: 'chat',
          input: 'x',
          tools: [{ type: 'mcp', server_label: 'x', server_url: 'https://x.invalid' }],
        }),
      'the tool "mcp" calls a server outside of the config',
    ],
    [
      'a search of the web',
      () => azure.responses.create({ model: 'chat', input: 'x', tools: [{ type: 'web_search_preview' }] }),
      'the tool "web_search_preview" searches outside of the config',
    ],
    [
      'an image tool without a deployment',
      () => azure.responses.create({ model: 'chat', input: 'x', tools: [{ type: 'image_generation' }] }),
      'the tool "image_generation" does not name its deployment',
    ],
  ])(
    '%s leads where the policy cannot see, and is sent for who says that it was checked',
    async (_, call, why) => {
      const error = await outcome(call);
      expect(error).toBeInstanceOf(ResidencyError);
      expect(error).toMatchObject({ policy: 'processing' });
      expect(String(error)).toContain(`\`policy.processing\` ["EU"] cannot be checked: ${why}`);
      expect(String(error)).toContain('azure.with({ trustReferences: true })');
      expect(mock.requests()).toEqual([]);
      azure = azure.with({ trustReferences: true });
      const trusted = await outcome(call);
      if (arrived() === '[]') expect(String(trusted)).toContain('"gpt-global" is none that may be called');
      else expect(arrived()).not.toContain('gpt-global');
    },
  );

  test.each([
    [
      'a realtime session',
      () =>
        post(
          '/v1/realtime/client_secrets',
          JSON.stringify({ session: { type: 'realtime', model: 'gpt-global' } }),
          json,
        ),
    ],
    [
      'a transcription in a session',
      () =>
        post(
          '/v1/realtime/client_secrets',
          JSON.stringify({
            session: { model: 'chat', audio: { input: { transcription: { model: 'gpt-global' } } } },
          }),
          json,
        ),
    ],
    [
      'a realtime call',
      () => post('/v1/realtime/calls?model=gpt-global', 'v=0', { 'content-type': 'application/sdp' }),
    ],
    [
      'an image tool',
      () =>
        azure.responses.create({
          model: 'chat',
          input: 'x',
          tools: [{ type: 'image_generation', model: 'gpt-global' }],
        }),
    ],
    [
      'the header of an image tool',
      () =>
        azure.responses.create(
          { model: 'chat', input: 'x', tools: [{ type: 'image_generation' }] },
          { headers: { 'X-MS-OAI-Image-Generation-Deployment': 'gpt-global' } },
        ),
    ],
    [
      'a grader',
      () =>
        post(
          '/v1/evals',
          JSON.stringify({ testing_criteria: [{ type: 'label_model', model: 'gpt-global', input: [] }] }),
          json,
        ),
    ],
    [
      'an embedding of data_sources',
      () =>
        azure.chat.completions.create({
          model: 'chat',
          messages,
          data_sources: [
            {
              type: 'azure_search',
              parameters: {
                embedding_dependency: { type: 'deployment_name', deployment_name: 'gpt-global' },
              },
            },
          ],
        } as never),
    ],
    [
      'a deployment in the body',
      () => azure.chat.completions.create({ model: 'chat', messages, deployment: 'gpt-global' } as never),
    ],
  ])('%s that names a deployment outside of the config is refused, trusted or not', async (_, call) => {
    for (const trustReferences of [false, true]) {
      azure = azure.with({ trustReferences });
      const error = await outcome(call);
      expect(error).toBeInstanceOf(Error);
      expect(mock.requests()).toEqual([]);
    }
  });

  test('names that stand elsewhere than in `model` are names of the config, too', async () => {
    const answers = [
      await outcome(() =>
        post(
          '/v1/realtime/client_secrets',
          JSON.stringify({ session: { type: 'realtime', model: 'chat' } }),
          json,
        ),
      ),
      await outcome(() =>
        azure.responses.create(
          { model: 'chat', input: 'x', tools: [{ type: 'image_generation' }] },
          { headers: { 'x-ms-oai-image-generation-deployment': 'paint' } },
        ),
      ),
      await outcome(() =>
        azure.responses.create({
          model: 'chat',
          input: 'x',
          tools: [{ type: 'image_generation', model: 'paint-eu' }],
        }),
      ),
    ];
    const [secret, byHeader, byTool] = mock.requests();
    expect(answers).toHaveLength(3);
    expect(secret?.body).toEqual({ session: { type: 'realtime', model: 'gpt-eu' } });
    expect(byHeader?.headers['x-ms-oai-image-generation-deployment']).toBe('paint-eu');
    expect(byTool?.body).toMatchObject({
      model: 'gpt-eu',
      tools: [{ type: 'image_generation', model: 'paint-eu' }],
    });
  });

  test('what the caller writes in free text and schemas is no reference', async () => {
    const tools = [
      {
        type: 'function' as const,
        function: {
          name: 'f',
          parameters: {
            type: 'object',
            properties: { model: { type: 'string' }, deployment: { enum: ['gpt-global'] } },
          },
        },
      },
    ];
    const spoken = [{ role: 'user' as const, content: '"model":"gpt-global", "deployment":"gpt-global"' }];
    await azure.chat.completions.create({
      model: 'chat',
      messages: spoken,
      tools,
      metadata: { model: 'gpt-global' },
    });
    expect(mock.requests()).toHaveLength(1);
  });

  test.each<[string, object]>([
    ['a tool', { tools: [{ type: 'image_generation', model: 'gpt-global' }] }],
    ['an embedding', { data_sources: [{ embedding_dependency: { deployment_name: 'gpt-global' } }] }],
    ['a capital', { Model: 'gpt-global' }],
    ['a getter', { toJSON: () => ({ deployment: 'gpt-global' }) }],
  ])(
    'a line of a batch that names a deployment outside of the config in %s is not uploaded',
    async (_, extra) => {
      const run = azure.batch.run([{ messages }, { messages, ...extra }], { deployment: 'chat' });
      await expect(run).rejects.toThrow(/gpt-global|"Model"|cannot be checked/);
      const endpoint = '/deployments/gpt-global/chat/completions' as '/responses';
      await expect(azure.batch.run([{ messages }], { deployment: 'chat', endpoint })).rejects.toThrow(
        RangeError,
      );
      expect(mock.requests()).toEqual([]);
    },
  );

  test('an API key within the body counts as one', async () => {
    const data_sources = [
      {
        type: 'azure_search',
        parameters: {
          endpoint: 'https://x.search.windows.net',
          authentication: { type: 'api_key', key: 'k' },
        },
      },
    ];
    const call = azure
      .with({ trustReferences: true })
      .chat.completions.create({ model: 'chat', messages, data_sources } as never);
    await expect(call).rejects.toMatchObject({ name: 'ResidencyError', policy: 'apiKeys' });
    expect(mock.requests()).toEqual([]);
  });

  test('what holds no model goes on under a policy: files, vector stores, lists', async () => {
    const file = await azure.files.create({
      file: await toFile(Buffer.from('x'), 'a.txt'),
      purpose: 'assistants',
    });
    await azure.files.retrieve(file.id);
    await azure.files.list();
    await outcome(() => azure.vectorStores.create({ name: 'x' }));
    expect(mock.requests()).toHaveLength(4);
  });

  test('without a policy, an operation that nobody here knows is passed on as it came', async () => {
    azure = connect({}, {});
    await post('/v1/new/operation', 'a;b', { 'content-type': 'text/csv' });
    expect(mock.requests()[0]).toMatchObject({ headers: { 'content-type': 'text/csv' } });
  });
});

test.each(['connect', 'OPTIONS', 'TRACE', 'PO ST', ''])('the method %j is refused', async (method) => {
  start('v1');
  const error = await outcome(() => azure.fetch(`${azure.baseURL}/files`, { method }));
  expect(error).toBeInstanceOf(TypeError);
  expect(mock.requests()).toEqual([]);
});

test.each([
  'authorization',
  'X-API-Key',
  'x-forwarded-for',
  'x-original-url',
  'x-http-method-override',
  'a b',
])('`allowHeaders` does not take %s', async (name) => {
  start('v1');
  expect(() => connect({ allowHeaders: [name] })).toThrow(RangeError);
});

test('`allowHeaders` lets a header of a gateway through', async () => {
  start('v1');
  azure = connect({ allowHeaders: ['X-Team'] });
  await azure.chat.completions.create(
    { model: 'chat', messages },
    { headers: { 'x-team': 'search', 'x-other': '1' } },
  );
  expect(mock.requests()[0]?.headers).toMatchObject({ 'x-team': 'search' });
  expect(mock.requests()[0]?.headers).not.toHaveProperty('x-other');
});

// At the edge of the transport: whatever is written there leaves.
describe('no byte reaches a deployment that the policy forbids', () => {
  const target = 'forbidden-one';
  const twist = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => text.toUpperCase(),
    (text) => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`,
    (text) => `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`,
    (text) => `%25${text.charCodeAt(0).toString(16)}${text.slice(1)}`,
    (text) => `${text};a=b`,
    (text) => `${text}/.`,
    (text) => `${text}/x/..`,
    (text) => `${text}/`,
    (text) => `${text}%2f`,
    (text) => `${text}%00`,
    (text) => `.${text}`,
    (text) => `${text}\\`,
    (text) => `${text}%20`,
  );
  const segment = fc
    .tuple(
      fc.constantFrom(
        'deployments',
        target,
        'chat',
        'completions',
        'v1',
        'openai',
        '..',
        '%2e%2e',
        '..;',
        '.',
        '',
      ),
      twist,
    )
    .map(([text, change]) => change(text));
  const path = fc.array(segment, { minLength: 1, maxLength: 8 }).map((parts) => `/openai/${parts.join('/')}`);
  const known = fc.constantFrom(
    '/openai/v1/chat/completions',
    '/openai/v1/responses',
    '/openai/deployments/chat/chat/completions',
    '/openai/v1/realtime/calls',
  );
  const query = fc.constantFrom(
    '',
    '',
    '',
    '',
    `?model=${target}`,
    `?MODEL=${target}`,
    `?deployment=${target}`,
    '?api-version=2024-10-21',
  );
  const key = fc.constantFrom(
    'model',
    'model',
    'model',
    'Model',
    'MODEL',
    '\\u006dodel',
    'mode\\u006c',
    'deployment',
    'deployment_name',
  );
  const value = fc.constantFrom('chat', 'chat', 'chat', target);
  const space = fc.constantFrom('', ' ', '\n', '\t');
  const pair = fc.tuple(key, value, space).map(([k, v, s]) => `${s}"${k}"${s}:${s}"${v}"`);
  const harmless = fc.constant('"temperature":"warm"');
  const object = fc
    .tuple(
      fc.array(fc.oneof(pair, harmless), { minLength: 1, maxLength: 3 }),
      fc.constantFrom(false, false, true),
    )
    .map(([pairs, trailing]) => `{${pairs.join(',')}${trailing ? ',' : ''}}`);
  const text = fc
    .tuple(object, fc.constantFrom('', '', '\uFEFF', '//x\n', ' '), fc.constantFrom('', '', '', '\n{}', 'x'))
    .map(([inner, before, after]) => before + inner + after);
  const form = fc
    .array(fc.tuple(fc.constantFrom('model', 'Model', 'model[]', ' model'), value), { maxLength: 3 })
    .map((fields) => {
      const data = new FormData();
      for (const [field, each] of fields) data.append(field, each);
      return data;
    });
  const body = fc.oneof(
    text,
    text.map((each) => Buffer.from(each)),
    text.map((each) => Buffer.from(each, 'utf16le')),
    text.map((each) => new Blob([each])),
    text.map((each) => new Blob([each]).stream()),
    text.map((each) => new DataView(new TextEncoder().encode(each).buffer)),
    value.map((model) => new URLSearchParams({ model })),
    form,
  );
  const type = fc.constantFrom(
    undefined,
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/json;charset=utf-16',
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
    'application/sdp',
  );

  test.each(apis)('over every spelling of a request, on %s', async (api) => {
    start(api);
    const sent: TransportRequest[] = [];
    const config = defineConfig({ resources: { eu: { ...resource, api } }, deployments: allowed, policy });
    const client = createClient(config, {
      credential: mock.credential(),
      retry: false,
      circuit: false,
      transport: async (request) => {
        sent.push(request);
        throw new TypeError('fetch failed');
      },
    });
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 1, arbitrary: path }, { weight: 3, arbitrary: known }),
        query,
        body,
        type,
        async (...[at, search, content, contentType]) => {
          sent.length = 0;
          await outcome(() =>
            client.fetch(`https://x.invalid${at}${search}`, {
              method: 'POST',
              body: content as string,
              ...(contentType === undefined ? undefined : { headers: { 'content-type': contentType } }),
            }),
          );
          passed += sent.length;
          for (const { url, headers, body: written } of sent) {
            const text = await new Response(written as string).text();
            const { pathname, search: asked } = new URL(url);
            // Elsewhere in a path, as in `/files/{id}`, the name is an id.
            expect(pathname.toLowerCase()).not.toContain(`deployments/${target}`);
            expect(`${asked} ${JSON.stringify(headers)} ${text}`.toLowerCase()).not.toContain(target);
            if (!text.startsWith('{')) continue;
            const { temperature, ...named } = JSON.parse(text) as Record<string, unknown>;
            expect([undefined, 'warm']).toContain(temperature);
            expect(new Set(Object.values(named))).toEqual(new Set(['gpt-eu']));
          }
        },
      ),
      { numRuns: 3_000, seed: 31 },
    );
    expect(passed).toBeGreaterThan(50);
    await client.close();
  });
});

test('a key is refused as a credential where the policy forbids keys', async () => {
  start('v1');
  expect(() => connect({ credential: apiKey('0123456789abcdef') })).toThrow('`policy.apiKeys` is "forbid"');
});
