import { defineConfig } from '@aoai/config';
import { startMockAzure } from '@aoai/testing';
import OpenAI, { APIPromise, APIUserAbortError, BadRequestError, NotFoundError } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../client/client.ts';
import { createClient } from '../client/create-client.ts';
import { LightResponse } from '../fetch/light-response.ts';

// The bare SDK and ours make the same calls to the same mock, and a caller must see the same.

const config = defineConfig({
  resources: { sweden: { endpoint: 'https://sweden.openai.azure.com' } },
  deployments: {
    chat: { resource: 'sweden', deployment: 'chat', model: 'gpt-4.1', sku: 'GlobalStandard' },
    embed: {
      resource: 'sweden',
      deployment: 'embed',
      model: 'text-embedding-3-small',
      sku: 'GlobalStandard',
    },
  },
});
type Name = (typeof config)['names'][number];

let mock: Awaited<ReturnType<typeof startMockAzure<Name>>>;
let azure: Client<Name>;
let bare: OpenAI;

beforeAll(async () => {
  mock = await startMockAzure({ config });
  azure = createClient(mock.config, { credential: mock.credential(), retry: false });
  bare = new OpenAI({ apiKey: mock.apiKey, baseURL: `${mock.endpoint}/openai/v1`, maxRetries: 0 });
});

afterAll(async () => {
  await azure.close();
  await mock.close();
});

const clients = (): readonly OpenAI[] => [bare, azure.sdk];
const messages = [{ role: 'user' as const, content: 'Hello' }];
const request = { model: 'chat', messages };

/** How a call ends, without what differs from call to call. */
async function ending(call: Promise<unknown>): Promise<unknown> {
  try {
    const value = await call;
    return JSON.parse(
      JSON.stringify(value, (key, part: unknown) =>
        /^(id|created|.*_at|routing|latency_checkpoint)$/.test(key) ? undefined : part,
      ),
    );
  } catch (error) {
    const { constructor, message, status, code, param, type } = error as InstanceType<typeof OpenAI.APIError>;
    return { class: constructor.name, message, status, code, param, type };
  }
}

async function same(call: (client: OpenAI) => Promise<unknown>): Promise<unknown> {
  const [theirs, ours] = await Promise.all(clients().map((client) => ending(call(client))));
  expect(ours).toEqual(theirs);
  return ours;
}

test.each<[string, (client: OpenAI) => Promise<unknown>]>([
  ['an answer', (client) => client.chat.completions.create(request)],
  ['embeddings', (client) => client.embeddings.create({ model: 'embed', input: 'x' })],
  ['a response', (client) => client.responses.create({ model: 'chat', input: 'Hello', store: false })],
  ['own headers', (client) => client.chat.completions.create(request, { headers: { 'x-own': '1' } })],
  ['a header taken away', (client) => client.chat.completions.create(request, { headers: { accept: null } })],
  ['a time-out', (client) => client.chat.completions.create(request, { timeout: 10_000 })],
  ['a wrong parameter', (client) => client.chat.completions.create({ ...request, temperature: 9 })],
  ['no messages', (client) => client.chat.completions.create({ model: 'chat' } as never)],
  ['a wrong time-out', (client) => client.chat.completions.create(request, { timeout: -1 })],
  ['parse', (client) => client.chat.completions.parse(request)],
])('ends as with the bare SDK: %s', async (_, call) => {
  await same(call);
});

test('errors have the classes of the SDK, with status, headers and request id', async () => {
  for (const client of clients()) {
    const error: unknown = await client.chat.completions
      .create({ ...request, temperature: 9 })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BadRequestError);
    const { status, headers, requestID } = error as BadRequestError;
    expect(status).toBe(400);
    expect(headers).toBeInstanceOf(Headers);
    expect(typeof requestID).toBe('string');
    const missing: unknown = await client.get('/responses/resp_none').catch((thrown: unknown) => thrown);
    expect(missing).toBeInstanceOf(NotFoundError);
  }
});

test('withResponse, asResponse and _request_id', async () => {
  for (const client of clients()) {
    const { data, response, request_id } = await client.chat.completions.create(request).withResponse();
    expect(response).toBeInstanceOf(Response);
    expect(response.status).toBe(200);
    expect(response.bodyUsed).toBe(true);
    expect(request_id).toMatch(/^[\w-]{36}$/);
    expect(Object.getOwnPropertyDescriptor(data, '_request_id')?.value).toBe(request_id);
    expect(Object.keys(data)).not.toContain('_request_id');
    const raw = await client.chat.completions.create(request).asResponse();
    expect(await raw.json()).toMatchObject({ object: 'chat.completion' });
  }
});

test('answers of ours are read without a standard Response', async () => {
  const response = await azure.sdk.chat.completions.create(request).asResponse();
  expect(response).toBeInstanceOf(LightResponse);
});

test('an abort before the call, during it and of a stream', async () => {
  const reason = new Error('enough');
  const causes: unknown[] = [];
  const counts: number[] = [];
  for (const client of clients()) {
    const before = client.chat.completions.create(request, { signal: AbortSignal.abort(reason) });
    await expect(before).rejects.toBeInstanceOf(APIUserAbortError);
    // Not every version of the SDK gives the reason.
    causes.push(await before.catch((error: unknown) => (error as Error).cause));
    const controller = new AbortController();
    const during = client.chat.completions.create(request, { signal: controller.signal });
    setImmediate(() => {
      controller.abort(reason);
    });
    await expect(during).rejects.toBeInstanceOf(APIUserAbortError);
    const stopper = new AbortController();
    const stream = await client.chat.completions.create(
      { ...request, stream: true },
      { signal: stopper.signal },
    );
    let chunks = 0;
    for await (const _ of stream) {
      chunks += 1;
      stopper.abort(reason);
    }
    counts.push(chunks);
    expect(stream.controller.signal.aborted).toBe(true);
  }
  expect(causes[1]).toBe(causes[0]);
  // Nor ends every version before it has given what it already has.
  expect(counts[1]).toBeLessThanOrEqual(counts[0] ?? 0);
});

test('leaves no listener on a signal that outlives the calls', async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...args);
  };
  await azure.chat.completions.create(request as never, { signal });
  const stream = await azure.sdk.chat.completions.create({ ...request, stream: true }, { signal });
  let chunks = 0;
  for await (const _ of stream) chunks += 1;
  expect(chunks).toBeGreaterThan(1);
  expect(listeners).toBe(0);
});

test('streams give the same chunks, by create and by stream()', async () => {
  const texts = await Promise.all(
    clients().map(async (client) => {
      let text = '';
      for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
        text += chunk.choices[0]?.delta.content ?? '';
      }
      const final = await client.chat.completions.stream(request).finalContent();
      return [text, final];
    }),
  );
  expect(texts[1]).toEqual(texts[0]);
});

test('a changed SDK client goes the way of the SDK', async () => {
  const logged: string[] = [];
  const note = (message: string) => logged.push(message);
  const logger = { error: note, warn: note, info: note, debug: note };
  const chatty = azure.sdk.withOptions({ logLevel: 'debug', logger, defaultHeaders: { 'x-own': '1' } });
  expect(await ending(chatty.chat.completions.create(request))).toMatchObject({ object: 'chat.completion' });
  expect(logged.join('\n')).toMatch(/sending request[\s\S]*succeeded with status 200[\s\S]*response parsed/);
});

test.each([
  ['OpenAI.prototype.makeRequest', OpenAI.prototype, 'makeRequest'],
  ['OpenAI.prototype.responsePromise', OpenAI.prototype, 'responsePromise'],
  ['APIPromise.prototype.parse', APIPromise.prototype, 'parse'],
  ['Chat.Completions.prototype.create', OpenAI.Chat.Completions.prototype, 'create'],
])('code that somebody puts in the place of %s is called', async (_, prototype, name) => {
  const members = prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  const own = members[name];
  let times = 0;
  members[name] = function (...args) {
    times += 1;
    return own?.apply(this, args);
  };
  const counts: number[] = [];
  try {
    for (const client of clients()) {
      times = 0;
      expect(await client.chat.completions.create(request)).toMatchObject({ object: 'chat.completion' });
      counts.push(times);
    }
  } finally {
    if (own !== undefined) members[name] = own;
    else Reflect.deleteProperty(members, name);
  }
  // As often as with the bare SDK: `responsePromise` twice on some versions, and on others never.
  expect(counts[1]).toBe(counts[0]);
});

interface Parts<T> {
  readonly constructor: new (
    sdk: OpenAI,
    response: unknown,
    parse: (...args: unknown[]) => unknown,
  ) => Promise<T>;
  readonly responsePromise: Promise<{ response: Response; options: { method: string } }>;
  parseResponse: (...args: unknown[]) => Promise<unknown>;
}

test('a wrapper can make another promise of the same call', async () => {
  for (const client of clients()) {
    const promise = client.chat.completions.create(request);
    const { constructor, responsePromise, parseResponse } = promise as unknown as Parts<{ own: unknown }>;
    const other = new constructor(client, responsePromise, async (...args) => ({
      own: await parseResponse(...args),
    }));
    expect(other).toBeInstanceOf(APIPromise);
    expect(await other).toMatchObject({ own: { object: 'chat.completion' } });
    const { options, response } = await responsePromise;
    expect(options.method).toBe('post');
    expect(response.status).toBe(200);
  }
});

test('a wrapper can put its own in the place of `parseResponse`', async () => {
  for (const client of clients()) {
    const promise = client.embeddings.create({ model: 'embed', input: 'x' });
    const parts = promise as unknown as Parts<unknown>;
    const own = parts.parseResponse;
    parts.parseResponse = async (...args) => ({ own: await own(...args) });
    expect(await promise).toMatchObject({ own: { object: 'list' } });
  }
});

test('a wrapper can put its own in the place of the `iterator` of a stream', async () => {
  const counts: number[] = [];
  for (const client of clients()) {
    const stream = await client.chat.completions.create({ ...request, stream: true });
    const parts = stream as unknown as { iterator: () => AsyncIterator<unknown> };
    const own = parts.iterator.bind(stream);
    let taken = 0;
    parts.iterator = () => {
      const iterator = own();
      return {
        next: () => {
          taken += 1;
          return iterator.next();
        },
      };
    };
    let chunks = 0;
    for await (const _ of stream) chunks += 1;
    expect(taken).toBe(chunks + 1);
    counts.push(chunks);
  }
  expect(counts[0]).toBeGreaterThan(1);
  expect(counts[1]).toBe(counts[0]);
});
