import { defineConfig } from '@aoai/config';
import { rateLimited, respondWith, serverError, startMockAzure } from '@aoai/testing';
import type { MockAzure } from '@aoai/testing';
import fc from 'fast-check';
import { toFile } from 'openai';
import type OpenAI from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PoolExhaustedError, StreamTruncatedError } from '../src/errors.ts';
import type { Client } from '../src/client/client.ts';
import { createClient } from '../src/client/create-client.ts';
import type { ClientOptions } from '../src/client/client-options.ts';
import type { ClientEvent } from '../src/events/events.ts';

const places = ['sweden', 'france', 'poland'] as const;
type Place = (typeof places)[number];
type Name = Place | 'chat' | 'bulk';

const config = defineConfig({
  resources: {
    sweden: { endpoint: 'https://sweden.openai.azure.com' },
    france: { endpoint: 'https://france.openai.azure.com' },
    poland: { endpoint: 'https://poland.openai.azure.com' },
  },
  deployments: {
    sweden: { resource: 'sweden', deployment: 'gpt', model: 'gpt-5-mini', sku: 'GlobalStandard' },
    france: { resource: 'france', deployment: 'gpt', model: 'gpt-5-mini', sku: 'GlobalStandard' },
    poland: { resource: 'poland', deployment: 'gpt', model: 'gpt-5-mini', sku: 'GlobalStandard' },
    bulk: { resource: 'poland', deployment: 'bulk', model: 'gpt-5-mini', sku: 'GlobalBatch' },
  },
  pools: { chat: [['sweden'], ['france'], ['poland']] },
});

let mock: MockAzure<Name>;
let clients: Client<Name>[];
let events: ClientEvent[];

beforeEach(async () => {
  [clients, events] = [[], []];
  mock = await startMockAzure({ config, timeScale: 1_000 });
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await mock.close();
});

/** A client of a process that has just started. */
function fresh(options: ClientOptions = {}): Client<Name> {
  const client = createClient(mock.config, {
    credential: mock.credential(),
    onEvent: (event) => events.push(event),
    retry: { initialDelayMs: 1, budgetReserve: 1_000 },
    ...options,
  });
  clients.push(client);
  return client;
}

/** Resources in the order in which they were asked since the last time. */
function asked(): string[] {
  return events.splice(0).flatMap((event) => (event.type === 'attempt-started' ? [event.resource] : []));
}

interface Kind {
  readonly what: string;
  /** Makes the thing in one resource. */
  readonly make: (at: Client<Name>, place: Place) => Promise<unknown>;
  /** Uses it without saying where it is. */
  readonly use: (azure: Client<Name>, thing: never) => Promise<unknown>;
}

function kind<Thing>(
  what: string,
  make: (at: Client<Name>, place: Place) => Promise<Thing>,
  use: (azure: Client<Name>, thing: Thing) => Promise<unknown>,
): Kind {
  return { what, make, use: use };
}

const upload = async (at: Client<Name>, purpose: 'assistants' | 'batch') => {
  const line = JSON.stringify({
    custom_id: '0',
    method: 'POST',
    url: '/chat/completions',
    body: { model: 'bulk', messages: [{ role: 'user', content: 'Hello' }] },
  });
  const name = purpose === 'batch' ? 'a.jsonl' : 'a.txt';
  return (await at.files.create({ file: await toFile(Buffer.from(line), name), purpose })).id;
};

const answered = async (at: Client<Name>, model: Place) =>
  (await at.responses.create({ model, input: 'Name a colour.' })).id;

const thought = async (at: Client<Name>, model: Place) => {
  const { output } = await at.responses.create({
    model,
    input: 'Name a colour.',
    store: false,
    reasoning: { effort: 'low' },
    include: ['reasoning.encrypted_content'],
  });
  return output as OpenAI.Responses.ResponseInputItem[];
};

const question = { role: 'user' as const, content: 'And in one word?' };

const kinds: readonly Kind[] = [
  kind('a response before this one', answered, (azure, id) =>
    azure.responses.create({ model: 'chat', input: 'And?', previous_response_id: id }),
  ),
  kind('a response to read', answered, (azure, id) => azure.responses.retrieve(id)),
  kind('the input of a response', answered, (azure, id) => azure.responses.inputItems.list(id)),
  kind('a response to compact', answered, (azure, id) =>
    azure.responses.compact({ model: 'chat', previous_response_id: id }),
  ),
  kind(
    'an item by its id',
    async (at, model) =>
      (await at.responses.create({ model, input: 'Name a colour.' })).output.at(-1)?.id ?? '',
    (azure, id) =>
      azure.responses.create({ model: 'chat', input: [{ type: 'item_reference', id }, question] }),
  ),
  kind('encrypted reasoning', thought, (azure, output) =>
    azure.responses.create({ model: 'chat', input: [...output, question], store: false }),
  ),
  kind(
    'a conversation',
    async (at) => (await at.conversations.create({})).id,
    (azure, id) => azure.responses.create({ model: 'chat', input: 'Hello', conversation: id }),
  ),
  kind(
    'the items of a conversation',
    async (at) => (await at.conversations.create({})).id,
    (azure, id) => azure.conversations.items.list(id),
  ),
  kind(
    'a file in a message',
    (at) => upload(at, 'assistants'),
    (azure, id) =>
      azure.responses.create({
        model: 'chat',
        input: [{ role: 'user', content: [{ type: 'input_file', file_id: id }] }],
      }),
  ),
  kind(
    'a file',
    (at) => upload(at, 'assistants'),
    (azure, id) => azure.files.retrieve(id),
  ),
  kind(
    'the content of a file',
    (at) => upload(at, 'assistants'),
    async (azure, id) => (await azure.files.content(id)).text(),
  ),
  kind(
    'a vector store',
    async (at) => (await at.vectorStores.create({ name: 'books' })).id,
    (azure, id) => azure.vectorStores.retrieve(id),
  ),
  kind(
    'a vector store to search in',
    async (at) => (await at.vectorStores.create({ name: 'books' })).id,
    (azure, id) =>
      azure.responses.create({
        model: 'chat',
        input: 'What do the books say?',
        tools: [{ type: 'file_search', vector_store_ids: [id] }],
      }),
  ),
  kind(
    'a file for a new vector store',
    (at) => upload(at, 'assistants'),
    (azure, id) => azure.vectorStores.create({ file_ids: [id] }),
  ),
  kind(
    'a container',
    async (at) => (await at.containers.create({ name: 'box' })).id,
    (azure, id) => azure.containers.retrieve(id),
  ),
];

test.each(kinds)('$what is found by another process, in whatever resource it is', async ({ make, use }) => {
  for (const place of places) {
    const thing = (await make(fresh().with({ resource: place }), place)) as never;
    const azure = fresh();
    asked();
    await use(azure, thing);
    expect(asked()).toEqual(places.slice(0, places.indexOf(place) + 1));
    await use(azure, thing);
    expect(asked()).toEqual([place]);
  }
  expect(mock.verdict()).toEqual([]);
});

test('a batch of a file is made where the file is, in another process', async () => {
  const id = await upload(fresh().with({ resource: 'poland' }), 'batch');
  const azure = fresh();
  await azure.files.waitForProcessing(id, { pollInterval: 1 });
  asked();
  const { id: batch } = await azure.batches.create({
    input_file_id: id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
  expect(asked()).toEqual(['poland']);
  expect((await fresh().batches.retrieve(batch)).id).toBe(batch);
});

test('where no resource has it, the first answer of the service reaches the caller, and each is asked once', async () => {
  const azure = fresh({ retry: false });
  const call = azure.responses.create({ model: 'chat', input: 'And?', previous_response_id: 'resp_nobody' });
  await expect(call).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' });
  expect(asked()).toEqual([...places]);
  await expect(azure.files.retrieve('assistant-nobody')).rejects.toMatchObject({ status: 404 });
  expect(asked()).toEqual([...places]);
});

test('a resource that says so inside a stream is passed by as well, and the caller sees only the other one', async () => {
  const id = await answered(fresh(), 'france');
  const error = { type: 'invalid_request_error', code: 'previous_response_not_found', message: 'Not found.' };
  const body = `data: ${JSON.stringify({ type: 'error', sequence_number: 0, error })}\n\n`;
  mock.reply('sweden', respondWith({ status: 200, headers: { 'content-type': 'text/event-stream' }, body }));
  const types: string[] = [];
  const ask = { model: 'chat', input: 'And?', previous_response_id: id, stream: true } as const;
  for await (const { type } of await fresh().responses.create(ask)) types.push(type);
  expect(asked().slice(-2)).toEqual(['sweden', 'france']);
  expect([types[0], types.at(-1)]).toEqual(['response.created', 'response.completed']);
});

test('under `azure.fetch` a thing of another process is found too', async () => {
  const id = await answered(fresh(), 'poland');
  const azure = fresh();
  asked();
  for (const url of [`/responses/${id}`, `/responses/${id}/input_items`]) {
    const response = await azure.fetch(`https://any.openai.azure.com/openai/v1${url}`);
    expect(response.status).toBe(200);
    await response.text();
  }
  expect(asked()).toEqual(['sweden', 'france', 'poland', 'poland']);
});

test('the first answer is the one that the caller gets, whatever the others say', async () => {
  for (const [index, place] of places.entries()) mock.reply(place, refusal(`Item ${index} not found.`));
  const call = fresh().responses.create({
    model: 'chat',
    input: 'And?',
    previous_response_id: 'resp_nobody',
  });
  await expect(call).rejects.toThrow('Item 0 not found.');
});

test('a thing that is nowhere is nowhere, also when a resource was throttled before it said so', async () => {
  mock.fail('sweden', rateLimited({ retryAfterMs: 30 }));
  const call = fresh().responses.create({
    model: 'chat',
    input: 'And?',
    previous_response_id: 'resp_nobody',
  });
  await expect(call).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' });
  expect(asked().sort()).toEqual(['france', 'poland', 'sweden', 'sweden']);
});

test('a resource that the policy forbids is not asked, and not waited for', async () => {
  const { poland, ...deployments } = mock.config.deployments;
  if (poland === undefined) throw new RangeError('There is a deployment in Poland.');
  const strict = {
    ...mock.config,
    deployments: { ...deployments, poland: { ...poland, model: 'gpt-4.1' } },
    policy: { models: { deny: ['gpt-4.1'] } },
  };
  const azure = createClient(strict, {
    credential: mock.credential(),
    onEvent: (event) => events.push(event),
  });
  clients.push(azure);
  const call = azure.responses.create({ model: 'chat', input: 'And?', previous_response_id: 'resp_nobody' });
  await expect(call).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' });
  expect(asked()).toEqual(['sweden', 'france']);
});

test('an id that the caller made up for an item binds nothing', async () => {
  const azure = fresh();
  const mine = { id: 'msg_mine', type: 'message', role: 'assistant', content: 'Blue.' } as never;
  await azure.responses.create({ model: 'poland', input: [mine, question] });
  asked();
  await azure.responses.create({ model: 'chat', input: [mine, question] });
  expect(asked()).toEqual(['sweden']);
});

test('asking on is told in events, costs no retry and counts against nobody', async () => {
  const id = await answered(fresh(), 'france');
  const azure = fresh({ retry: false });
  events.length = 0;
  await azure.responses.create({ model: 'chat', input: 'And?', previous_response_id: id });
  expect(events.filter(({ type }) => type === 'attempt-failed' || type === 'failover')).toMatchObject([
    { type: 'attempt-failed', resource: 'sweden', outcome: 'not-here', status: 400 },
    { type: 'failover', from: 'sweden', to: 'france' },
  ]);
  expect(azure.status().targets['sweden']).toMatchObject({
    circuit: 'closed',
    failures: 0,
    parkedUntilMs: 0,
  });
});

test('a refusal of the request itself is asked of nobody else', async () => {
  mock.reply('sweden', refusal("Tool choice 'file_search' not found in 'tools' parameter."));
  const call = fresh().responses.create({
    model: 'chat',
    input: 'And?',
    previous_response_id: 'resp_nobody',
  });
  await expect(call).rejects.toMatchObject({ status: 400 });
  expect(asked()).toEqual(['sweden']);
});

function refusal(message: string, status = 400) {
  const error = { message, type: 'invalid_request_error', param: null, code: null };
  return respondWith({ status, body: JSON.stringify({ error }) });
}

test('a throttled resource may be the one: after all others have said no it is waited for', async () => {
  const id = await answered(fresh(), 'sweden');
  mock.fail('sweden', rateLimited({ retryAfterMs: 50 }));
  await fresh().responses.create({ model: 'chat', input: 'And?', previous_response_id: id });
  // A machine under load may be through with the wait before it is through with the others.
  const order = asked().slice(1);
  expect([order.at(0), order.at(1), order.at(-1)]).toEqual(['sweden', 'france', 'sweden']);
  expect(mock.verdict()).toEqual([]);
});

test('while a resource that may be the one cannot be asked, no other says that the thing is not there', async () => {
  const id = await answered(fresh(), 'sweden');
  mock.fail('sweden', rateLimited({ retryAfterMs: 60_000 }));
  const call = fresh({ deadlineMs: 5_000 }).responses.create({
    model: 'chat',
    input: 'And?',
    previous_response_id: id,
  });
  await expect(call).rejects.toMatchObject({ status: 429 });
});

test('encrypted reasoning waits for its resource, also when another one is free', async () => {
  const azure = fresh();
  const output = await thought(azure, 'france');
  mock.fail('france', rateLimited({ retryAfterMs: 200 }));
  asked();
  const { status } = await azure.responses.create({
    model: 'chat',
    input: [...output, question],
    store: false,
  });
  expect(status).toBe('completed');
  expect(asked()).toEqual(['france', 'france']);
  expect(mock.verdict()).toEqual([]);
});

test('encrypted reasoning of a stream stays as well, also of one that is left early', async () => {
  const azure = fresh();
  const items: OpenAI.Responses.ResponseInputItem[] = [];
  const stream = await azure.responses.create({
    model: 'poland',
    input: 'Name a colour.',
    store: false,
    stream: true,
    reasoning: { effort: 'low' },
    include: ['reasoning.encrypted_content'],
  });
  for await (const event of stream) {
    if (event.type !== 'response.output_item.done') continue;
    items.push(event.item as OpenAI.Responses.ResponseInputItem);
    break;
  }
  expect(items).toMatchObject([{ type: 'reasoning' }]);
  asked();
  await azure.responses.create({ model: 'chat', input: [...items, question], store: false });
  expect(asked()).toEqual(['poland']);
});

test('an item of a stream is known as soon as it has come, whatever becomes of the stream', async () => {
  const item = { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: 'gAAAAABtheRest' };
  const response = { id: 'resp_cut', object: 'response', status: 'in_progress', output: [] };
  const body = [
    { type: 'response.created', sequence_number: 0, response },
    { type: 'response.output_item.done', sequence_number: 1, output_index: 0, item },
  ]
    .map((event) => `data: ${JSON.stringify(event)}\n\n`)
    .join('');
  mock.reply('poland', respondWith({ status: 200, headers: { 'content-type': 'text/event-stream' }, body }));
  const azure = fresh();
  const ask = { model: 'poland', input: 'Name a colour.', store: false, stream: true } as const;
  const cut = (async () => {
    for await (const event of await azure.responses.create(ask)) expect(event.type).toMatch(/^response\./);
  })();
  await expect(cut).rejects.toThrow(StreamTruncatedError);
  asked();
  const next = azure.responses.create({ model: 'chat', input: [item as never, question], store: false });
  // It is made up, so that its maker refuses it too.
  await expect(next).rejects.toMatchObject({ code: 'invalid_encrypted_content' });
  expect(asked()).toEqual(['poland']);
});

test('a list of one resource does not become that of another one when the first is out', async () => {
  mock.fail('*', serverError());
  await fresh().files.list();
  expect(asked()).toEqual(['sweden', 'sweden']);
});

test('a compaction is read by the resource that made it', async () => {
  const azure = fresh();
  const compacted = await azure.responses.compact({
    model: 'france',
    input: [{ role: 'user', content: 'Name a colour.' }],
  });
  asked();
  const input = [...compacted.output, question] as OpenAI.Responses.ResponseInputItem[];
  await azure.responses.create({ model: 'chat', input, store: false });
  expect(asked()).toEqual(['france']);
});

test('stored items that are echoed stay where they were made; of an answer that is not stored, they go anywhere', async () => {
  const azure = fresh();
  for (const store of [true, false]) {
    for (const stream of [true, false]) {
      const ask = { model: 'poland', input: 'Name a colour.', store } as const;
      const output: unknown[] = stream ? [] : (await azure.responses.create(ask)).output;
      if (stream) {
        for await (const event of await azure.responses.create({ ...ask, stream })) {
          if (event.type === 'response.output_item.done') output.push(event.item);
        }
      }
      const items = output as OpenAI.Responses.ResponseInputItem[];
      const echoed = items.filter(({ type }) => type === 'message');
      asked();
      await azure.responses.create({ model: 'chat', input: [...echoed, question] });
      expect(asked()).toEqual([store ? 'poland' : 'sweden']);
    }
  }
});

test('a conversation that moves to a name elsewhere is left to the service to judge', async () => {
  const azure = fresh();
  const output = await thought(azure, 'france');
  const call = azure.responses.create({ model: 'sweden', input: [...output, question], store: false });
  await expect(call).rejects.toMatchObject({ status: 400, code: 'invalid_encrypted_content' });
  const id = await answered(azure, 'france');
  const bound = azure.responses.create({ model: 'sweden', input: 'And?', previous_response_id: id });
  await expect(bound).rejects.toThrow(PoolExhaustedError);
  await expect(bound).rejects.toThrow(`"sweden" does not hold "${id}"`);
});

test('a hedge that does not hold the thing leaves the call to the one that does', async () => {
  const id = await answered(fresh(), 'sweden');
  const refused = Promise.withResolvers<undefined>();
  mock.reply('sweden', async () => {
    await refused.promise;
    return 'Blue.';
  });
  const azure = fresh({ hedge: { afterMs: 1, maxShare: 1 } });
  azure.observe(({ type }) => {
    if (type === 'attempt-failed') refused.resolve(undefined);
  });
  asked();
  const { status } = await azure.responses.create({ model: 'chat', input: 'And?', previous_response_id: id });
  expect(status).toBe('completed');
  expect(asked()).toEqual(['sweden', 'france']);
});

test('any thing is found from any place, and stays there, for any order of uses', async () => {
  const use = fc.record({
    kind: fc.nat(kinds.length - 1),
    place: fc.constantFrom(...places),
    isNew: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(use, { minLength: 1, maxLength: 5 }), async (uses) => {
      let azure = fresh();
      for (const { kind: number, place, isNew } of uses) {
        const { make, use: run } = kinds[number] ?? kinds[0] ?? raise();
        if (isNew) azure = fresh();
        const thing = (await make(fresh().with({ resource: place }), place)) as never;
        asked();
        await run(azure, thing);
        expect(asked().at(-1)).toBe(place);
        await run(azure, thing);
        expect(asked()).toEqual([place]);
      }
    }),
    { numRuns: 12 },
  );
  expect(mock.verdict()).toEqual([]);
});

function raise(): never {
  throw new RangeError('There are kinds.');
}

test('asking again and again for what is gone makes no resource suspicious', async () => {
  const azure = fresh({ retry: false });
  const id = await upload(azure, 'assistants');
  await azure.files.delete(id);
  for (let times = 0; times < 20; times += 1) {
    await expect(azure.files.retrieve(id)).rejects.toMatchObject({ status: 404 });
    await expect(azure.files.retrieve('assistant-never')).rejects.toMatchObject({ status: 404 });
  }
  const begun = events.length;
  await azure.files.list();
  await azure.responses.create({ model: 'sweden', input: 'Hello' });
  const later = events.slice(begun).filter(({ type }) => type === 'attempt-started');
  expect(later).toMatchObject([{ resource: 'sweden' }, { resource: 'sweden' }]);
  expect(events.filter(({ type }) => type === 'circuit-opened' || type === 'target-parked')).toEqual([]);
  expect(azure.status().targets['sweden']).toMatchObject({ circuit: 'closed', failures: 0 });
});
