import type { OpenAI } from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../clock.ts';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';
import { begin, connect, line, readLines, upload } from './batching.fake.ts';

let azure: MockAzure;
let client: OpenAI;
let clock: ManualClock;

beforeEach(async () => {
  clock = manualClock();
  azure = await startMockAzure({ clock });
  client = connect(azure);
});

afterEach(async () => azure.close());

const lines = (count: number, change: object = {}) =>
  Array.from({ length: count }, (_, index) => line(`line-${index}`, `Say ${index}`, change));

async function start(requests: readonly (object | string)[], options: object = {}): Promise<string> {
  return begin(client, await upload(client, requests, clock), options);
}

test('each time is that of its state, in whole seconds since 1970', async () => {
  const startedAtS = clock.now() / 1_000;
  // It is created half a second later, when its input has been processed.
  const id = await start(lines(3));
  const after = (seconds: number) => startedAtS + seconds;
  const dayS = 86_400;
  const times = {
    created_at: after(0),
    in_progress_at: null,
    finalizing_at: null,
    completed_at: null,
    expires_at: after(dayS),
    expired_at: null,
    failed_at: null,
    cancelling_at: null,
    cancelled_at: null,
  };
  expect(await client.batches.retrieve(id)).toMatchObject({ ...times, status: 'validating' });
  await clock.advance(1_000);
  const running = { ...times, in_progress_at: after(1) };
  expect(await client.batches.retrieve(id)).toMatchObject({ ...running, status: 'in_progress' });
  await clock.advance(1_006);
  const ending = { ...running, finalizing_at: after(2) };
  expect(await client.batches.retrieve(id)).toMatchObject({ ...ending, status: 'finalizing' });
  await clock.advance(1_000);
  const done = { ...ending, completed_at: after(3) };
  expect(await client.batches.retrieve(id)).toMatchObject({ ...done, status: 'completed' });
  await clock.advance(dayS * 1_000);
  expect(await client.batches.retrieve(id)).toMatchObject({ ...done, status: 'completed' });
});

test('a batch that fails, is cancelled or expires has the time of that, and none of what it did not reach', async () => {
  const atS = clock.now() / 1_000;
  const [failed, slow] = [await start(['{']), await start(lines(2), { metadata: { 'mock-batch': 'slow' } })];
  const cancelled = await start(lines(2));
  await client.batches.cancel(cancelled);
  await clock.advance(86_400_000);
  const none = { finalizing_at: null, completed_at: null };
  expect(await client.batches.retrieve(failed)).toMatchObject({
    ...none,
    status: 'failed',
    failed_at: atS + 1,
    in_progress_at: null,
    expired_at: null,
  });
  expect(await client.batches.retrieve(slow)).toMatchObject({
    ...none,
    status: 'expired',
    expired_at: atS + 86_401,
    in_progress_at: atS + 2,
    cancelled_at: null,
  });
  expect(await client.batches.retrieve(cancelled)).toMatchObject({
    ...none,
    status: 'cancelled',
    cancelling_at: atS + 1,
    cancelled_at: atS + 2,
    expired_at: null,
  });
});

test('a batch may be cancelled while it is validated, and again, but not when it has ended', async () => {
  const id = await start(lines(4));
  expect((await client.batches.cancel(id)).status).toBe('cancelling');
  await clock.advance(500);
  const again = await client.batches.cancel(id);
  expect([again.status, again.cancelling_at]).toEqual(['cancelling', again.created_at]);
  await clock.advance(500);
  expect((await client.batches.cancel(id)).status).toBe('cancelled');
  expect((await readLines(client, (await client.batches.retrieve(id)).error_file_id)).length).toBe(4);
  const finished = await start(lines(1));
  await clock.advance(2_002);
  for (const status of ['finalizing', 'completed']) {
    await expect(client.batches.cancel(finished)).rejects.toMatchObject({
      status: 400,
      code: 'unexpectedEntityState',
      message: expect.stringContaining(`Cannot cancel a batch with status '${status}'.`) as string,
    });
    await clock.advance(1_000);
  }
});

test('each line is answered once, however many look at the batch at the same time', async () => {
  const id = await start(lines(20));
  await clock.advance(60_000);
  const looks = await Promise.all(Array.from({ length: 5 }, async () => client.batches.retrieve(id)));
  expect(new Set(looks.map(({ output_file_id: file }) => file)).size).toBe(1);
  expect(looks.map(({ request_counts: counts }) => counts)).toEqual(
    looks.map(() => ({ total: 20, completed: 20, failed: 0 })),
  );
  const answers = await readLines(client, looks[0]?.output_file_id);
  expect(answers.map(({ custom_id: name }) => name).sort()).toEqual(
    Array.from({ length: 20 }, (_, index) => `line-${index}`).sort(),
  );
  expect(new Set(answers.map(({ response }) => response?.request_id)).size).toBe(20);
});

test('answers come in another order than their lines', async () => {
  const id = await start(lines(4));
  await clock.advance(60_000);
  const answers = await readLines(client, (await client.batches.retrieve(id)).output_file_id);
  expect(answers.map(({ custom_id: name }) => name)).not.toEqual(['line-0', 'line-1', 'line-2', 'line-3']);
});

test.each(['stream', 'background'])('a line that asks for %s has one answer all the same', async (name) => {
  const body = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Say one' }], [name]: true };
  const id = await start(lines(1, { body }));
  await clock.advance(60_000);
  const [answer] = await readLines(client, (await client.batches.retrieve(id)).output_file_id);
  expect(answer?.response?.body.choices[0]?.message.content).toBe('one');
});

test('input that is deleted before it is checked fails the batch, and later it does not matter', async () => {
  const [early, late] = [await upload(client, lines(2), clock), await upload(client, lines(2), clock)];
  const [failing, running] = [await begin(client, early), await begin(client, late)];
  await client.files.delete(early);
  await clock.advance(1_000);
  const failed = await client.batches.retrieve(failing);
  expect(failed).toMatchObject({
    status: 'failed',
    errors: { data: [{ code: 'input_modified', line: null }] },
  });
  expect((await client.batches.retrieve(running)).status).toBe('in_progress');
  await client.files.delete(late);
  await clock.advance(60_000);
  expect((await client.batches.retrieve(running)).request_counts).toEqual({
    total: 2,
    completed: 2,
    failed: 0,
  });
});

test('results are kept as long as was asked for, both of them', async () => {
  const seconds = 14 * 86_400;
  const id = await start(lines(1), { output_expires_after: { anchor: 'created_at', seconds } });
  await clock.advance(60_000);
  const { output_file_id: output, error_file_id: errors } = await client.batches.retrieve(id);
  expect(output).not.toBe(errors);
  await clock.advance(seconds * 1_000 - 1);
  expect(await readLines(client, output)).toHaveLength(1);
  await clock.advance(1);
  for (const file of [output, errors])
    await expect(readLines(client, file)).rejects.toMatchObject({ status: 404 });
});

test('a hundred problems are told, and no more', async () => {
  const id = await start(Array.from({ length: 101 }, () => '{'));
  await clock.advance(1_000);
  const { errors, request_counts: counts } = await client.batches.retrieve(id);
  expect(errors?.data?.map(({ line: number }) => number)).toEqual(
    Array.from({ length: 100 }, (_, index) => index + 1),
  );
  expect(counts).toEqual({ total: 0, completed: 0, failed: 0 });
});

test.each([
  [100_000, 'invalid_json_line'],
  [100_001, 'too_many_tasks'],
])('a batch has at most 100,000 requests: of %i the first problem is %s', async (count, code) => {
  const id = await start(['1\n'.repeat(count)]);
  await clock.advance(1_000);
  const { errors } = await client.batches.retrieve(id);
  expect(errors?.data?.[0]?.code).toBe(code);
  expect(errors?.data).toHaveLength(code === 'too_many_tasks' ? 1 : 100);
});

test.each(['fine-tune', 'assistants'] as const)('a file with the purpose %s is no input', async (purpose) => {
  const content = `${JSON.stringify(lines(1)[0])}\n`;
  const { id } = await client.files.create({ file: new File([content], 'in.jsonl'), purpose });
  await clock.advance(60_000);
  await expect(begin(client, id)).rejects.toMatchObject({ status: 400, code: 'invalidPayload' });
});

test.each(['input_file_id', 'endpoint', 'completion_window'])(
  'a batch without %s is refused',
  async (name) => {
    const id = await upload(client, lines(1), clock);
    await expect(begin(client, id, { [name]: undefined })).rejects.toMatchObject({
      status: 400,
      param: name,
    });
  },
);
