import { AzureOpenAI, toFile, type OpenAI } from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock, realClock, type ManualClock } from '../clock.ts';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';
import { begin, connect, line, readLines, upload as uploadTo } from './batching.fake.ts';

let azure: MockAzure;
let client: OpenAI;
let clock: ManualClock;

beforeEach(async () => {
  clock = manualClock();
  azure = await startMockAzure({ clock });
  client = connect(azure);
});

afterEach(async () => azure.close());

const upload = async (lines: readonly (object | string)[], to: OpenAI = client) => uploadTo(to, lines, clock);

/** The SDK calls the status deprecated; Azure has it, with a state of its own. */
async function fileStatus(id: string, of: OpenAI = client): Promise<string> {
  return ((await of.files.retrieve(id)) as { readonly status: string }).status;
}

const start = async (lines: readonly (object | string)[], options: object = {}) =>
  begin(client, await upload(lines), options);

const read = async (id: string | null | undefined) => readLines(client, id);

test('goes through its states and answers every line, failed ones in a file of their own', async () => {
  const lines = [
    line('a', 'Say one'),
    line('b', 'Say two'),
    line('c', 'Say three', { body: { model: 'gpt-4.1' } }),
  ];
  const id = await start(lines, { metadata: { run: '7' } });
  expect(await client.batches.retrieve(id)).toMatchObject({ status: 'validating', metadata: { run: '7' } });
  await clock.advance(1500);
  expect((await client.batches.retrieve(id)).status).toBe('in_progress');
  await clock.advance(700);
  expect((await client.batches.retrieve(id)).status).toBe('finalizing');
  await clock.advance(1500);
  const batch = await client.batches.retrieve(id);
  expect(batch).toMatchObject({
    status: 'completed',
    request_counts: { total: 3, completed: 2, failed: 1 },
    errors: null,
  });
  const answers = await read(batch.output_file_id);
  const said = answers.map((each) => [each.custom_id, each.response?.body.choices[0]?.message.content]);
  expect(said.sort()).toEqual([
    ['a', 'one'],
    ['b', 'two'],
  ]);
  const [failed] = await read(batch.error_file_id);
  expect(failed).toMatchObject({
    custom_id: 'c',
    response: { status_code: 400, body: { error: { message: "Missing required parameter: 'messages'." } } },
  });
});

test('has an error file even where nothing failed', async () => {
  const id = await start([line('a', 'Say one')]);
  await clock.advance(60_000);
  expect(await read((await client.batches.retrieve(id)).error_file_id)).toEqual([]);
});

test.each<[string, (object | string)[], string, number | null]>([
  ['text that is no JSON', ['{"custom_id":'], 'invalid_json_line', 1],
  ['a byte order mark', [`\uFEFF${JSON.stringify(line('a', 'x'))}`], 'invalid_json_line', 1],
  ['an id used twice', [line('a', 'x'), line('a', 'y')], 'duplicate_custom_id', 2],
  ['another endpoint', [line('a', 'x', { url: '/embeddings' })], 'url_mismatch', 1],
  ['an unknown deployment', [line('a', 'x', { body: { model: 'nope' } })], 'model_not_found', 1],
  ['two deployments', [line('a', 'x'), line('b', 'y', { body: { model: 'gpt-4o' } })], 'model_mismatch', 2],
  ['no method', [line('a', 'x', { method: undefined })], 'invalid_request', 1],
  ['a line behind blank ones', [line('a', 'x'), '', '\r', '{'], 'invalid_json_line', 4],
  ['nothing', [''], 'empty_file', null],
])('fails on %s', async (_, lines, code, at) => {
  const id = await start(lines);
  await clock.advance(5000);
  const batch = await client.batches.retrieve(id);
  expect(batch).toMatchObject({ status: 'failed', output_file_id: null });
  expect(batch.errors?.data?.[0]).toMatchObject({ code, line: at });
});

test('stops where it is cancelled, and keeps what it has', async () => {
  const lines = Array.from({ length: 1000 }, (_, index) => line(`line-${index}`, 'Say one'));
  const id = await start(lines);
  await clock.advance(1000 + 1500);
  expect((await client.batches.cancel(id)).status).toBe('cancelling');
  await clock.advance(2000);
  const batch = await client.batches.retrieve(id);
  expect(batch).toMatchObject({ status: 'cancelled', request_counts: { total: 1000, completed: 500 } });
  expect(await read(batch.output_file_id)).toHaveLength(500);
  expect((await read(batch.error_file_id))[0]?.error?.code).toBe('batch_cancelled');
  await clock.advance(100_000);
  expect((await client.batches.retrieve(id)).status).toBe('cancelled');
});

test('expires after a day with what is done by then', async () => {
  const lines = Array.from({ length: 10 }, (_, index) => line(`line-${index}`, 'Say one'));
  const id = await start(lines, { metadata: { 'mock-batch': 'slow' } });
  await clock.advance(12 * 3600 * 1000);
  expect((await client.batches.retrieve(id)).status).toBe('in_progress');
  await clock.advance(13 * 3600 * 1000);
  const batch = await client.batches.retrieve(id);
  expect(batch).toMatchObject({ status: 'expired', request_counts: { completed: 4 } });
  expect((await read(batch.error_file_id)).map((each) => each.error?.code)).toEqual(
    Array.from({ length: 6 }, () => 'batch_expired'),
  );
});

test('answers lines by script as well', async () => {
  azure.reply('gpt-4.1', 'From the script');
  const id = await start([line('a', 'Say one')]);
  await clock.advance(60_000);
  const [answer] = await read((await client.batches.retrieve(id)).output_file_id);
  expect(answer?.response?.body.choices[0]?.message.content).toBe('From the script');
});

test.each<[string, (id: string) => Promise<unknown>, number]>([
  [
    'an unknown file',
    async () =>
      client.batches.create({ input_file_id: 'file-x', endpoint: '/v1/responses', completion_window: '24h' }),
    404,
  ],
  [
    'an unknown endpoint',
    async (id) =>
      client.batches.create({ input_file_id: id, endpoint: '/v1/nope' as never, completion_window: '24h' }),
    400,
  ],
  [
    'an unknown window',
    async (id) =>
      client.batches.create({
        input_file_id: id,
        endpoint: '/v1/responses',
        completion_window: '1h' as never,
      }),
    400,
  ],
  ['an unknown batch', async () => client.batches.retrieve('batch_x'), 404],
])('refuses %s', async (_, call, status) => {
  await expect(call(await upload([line('a', 'x')]))).rejects.toMatchObject({ status });
});

test('waits for a file that is still pending, on v1 and on dated versions', async () => {
  const body = { endpoint: '/v1/responses', completion_window: '24h' } as const;
  const { endpoint, apiKey } = azure;
  const dated = new AzureOpenAI({ endpoint, apiKey, apiVersion: '2024-10-21', maxRetries: 0 });
  for (const sdk of [client, dated]) {
    const file = await toFile(Buffer.from(JSON.stringify(line('a', 'x'))), 'in.jsonl');
    const { id } = await sdk.files.create({ file, purpose: 'batch' });
    expect(await fileStatus(id)).toBe('pending');
    const early = sdk.batches.create({ input_file_id: id, ...body });
    await expect(early).rejects.toMatchObject({ status: 400, code: 'unexpectedEntityState' });
    await expect(early).rejects.toThrow(
      `The file ${id} is in 'pending' state. Only files with status 'Processed' are accepted`,
    );
    await clock.advance(499);
    await expect(sdk.batches.create({ input_file_id: id, ...body })).rejects.toMatchObject({ status: 400 });
    await clock.advance(1);
    expect((await sdk.batches.create({ input_file_id: id, ...body })).status).toBe('validating');
  }
});

test.each([
  ['openai/v1/batches', 200],
  ['openai/batches?api-version=2024-10-21', 200],
  ['openai/batches?api-version=2025-03-01-preview', 201],
])('a batch that is created by %s is answered %i', async (path, status) => {
  const input_file_id = await upload([line('a', 'x')]);
  const body = { input_file_id, endpoint: '/responses', completion_window: '24h' };
  const response = await fetch(`${azure.endpoint}/${path}`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, metadata: null, output_expires_after: null }),
  });
  expect([response.status, await response.json()]).toMatchObject([status, { metadata: null }]);
});

test.each([
  ['metadata that is no object', { metadata: 'a' }],
  ['an expiry without an end', { output_expires_after: { anchor: 'created_at' } }],
  ['a parameter that does not exist', { nothing: 1 }],
])('refuses %s, and creates nothing', async (_, options) => {
  const id = await upload([line('a', 'x')]);
  await expect(begin(client, id, options)).rejects.toMatchObject({ status: 400 });
  expect((await client.batches.list()).data).toEqual([]);
});

test('an id of any length is refused in few words', async () => {
  const asked = client.batches.retrieve('x'.repeat(1_000));
  await expect(asked).rejects.toMatchObject({ status: 404, code: 'notFound' });
  await expect(asked).rejects.toThrow(`Batch with id ${'x'.repeat(200)} not found.`);
});

test('says 201 where the preview does, and lists by pages', async () => {
  const dated = new AzureOpenAI({
    endpoint: azure.endpoint,
    apiKey: azure.apiKey,
    apiVersion: '2025-04-01-preview',
  });
  const input_file_id = await upload([line('a', 'x')], dated);
  const made: string[] = [];
  for (let index = 0; index < 3; index++) {
    const { data, response } = await dated.batches
      .create({ input_file_id, endpoint: '/v1/chat/completions', completion_window: '24h' })
      .withResponse();
    expect(response.status).toBe(201);
    made.push(data.id);
  }
  const pages: string[][] = [];
  for await (const { data } of (await dated.batches.list({ limit: 2 })).iterPages())
    pages.push(data.map(({ id }) => id));
  const [last, middle, first] = made.toReversed();
  expect(pages).toEqual([[last, middle], [first]]);
});

test('what is told of a batch is of one moment, however much time passes between two looks at the clock', async () => {
  let nowMs = 0;
  const restless = await startMockAzure({ clock: { ...manualClock(), now: () => (nowMs += 250) } });
  const to = connect(restless);
  const file = await toFile(Buffer.from(JSON.stringify(line('a', 'Say one'))), 'in.jsonl');
  const { id: input_file_id } = await to.files.create({ file, purpose: 'batch' });
  while ((await fileStatus(input_file_id, to)) === 'pending');
  const start = async () =>
    to.batches.create({ input_file_id, endpoint: '/v1/chat/completions', completion_window: '24h' });
  let batch = await start();
  expect(batch).toMatchObject({ status: 'validating', in_progress_at: null, output_file_id: null });
  while (batch.status !== 'completed') {
    batch = await to.batches.retrieve(batch.id);
    const isDone = batch.status === 'completed';
    expect([batch.output_file_id, batch.completed_at].map((value) => Boolean(value))).toEqual([
      isDone,
      isDone,
    ]);
    expect(batch.request_counts?.completed).toBe(['finalizing', 'completed'].includes(batch.status) ? 1 : 0);
  }
  const cancelled = await to.batches.cancel((await start()).id);
  expect(cancelled).toMatchObject({ status: 'cancelling', cancelled_at: null, output_file_id: null });
  await restless.close();
});

test('answers 10,000 lines in seconds, a hundred times as fast as the clock', async () => {
  const fast = await startMockAzure({ clock: realClock({ timeScale: 100 }) });
  const to = connect(fast);
  const startedAt = performance.now();
  const input_file_id = await upload(
    Array.from({ length: 10_000 }, (_, index) => line(`line-${index}`, `Say ${index}`)),
    to,
  );
  while ((await fileStatus(input_file_id, to)) === 'pending');
  const { id } = await to.batches.create({
    input_file_id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
  let batch = await to.batches.retrieve(id);
  while (batch.status !== 'completed') batch = await to.batches.retrieve(id);
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  expect(batch.request_counts).toEqual({ total: 10_000, completed: 10_000, failed: 0 });
  await fast.close();
});
