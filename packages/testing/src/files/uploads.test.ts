import { toFile } from 'openai';
import { expect, test } from 'vitest';
import { useClockedMock } from '../batches/clocked.fake.ts';

const fixture = useClockedMock();

const create = async (bytes = 6) =>
  fixture.client.uploads.create({ bytes, filename: 'x.jsonl', mime_type: 'text/jsonl', purpose: 'batch' });
const add = async (id: string, text: string) =>
  fixture.client.uploads.parts.create(id, { data: await toFile(Buffer.from(text), 'part') });

const hourMs = 3_600_000;

test('an upload is open for an hour, and says when it ends', async () => {
  const made = await create();
  expect(made).toMatchObject({ object: 'upload', bytes: 6, status: 'pending', file: null });
  expect(made.expires_at - made.created_at).toBe(3600);
  await fixture.clock.advance(hourMs);
  expect(await add(made.id, 'abc')).toMatchObject({ object: 'upload.part', upload_id: made.id });
  await fixture.clock.advance(1);
  await expect(add(made.id, 'def')).rejects.toMatchObject({
    status: 400,
    code: 'unexpectedEntityState',
    message: `400 The upload ${made.id} is expired; it takes no more changes.`,
  });
});

test('an upload that was left is forgotten two hours after it began, when the next one begins', async () => {
  const { id } = await create();
  await fixture.clock.advance(2 * hourMs);
  await create();
  await expect(add(id, 'abc')).rejects.toMatchObject({ status: 400 });
  await fixture.clock.advance(1);
  await create();
  await expect(add(id, 'abc')).rejects.toMatchObject({ status: 404, code: 'notFound' });
});

test('a hundred uploads are kept, and the oldest makes room', async () => {
  const made = [];
  for (let number = 0; number < 100; number += 1) made.push(await create());
  const [first, second] = made;
  await add(first?.id ?? '', 'a');
  await create();
  await expect(add(first?.id ?? '', 'b')).rejects.toMatchObject({ status: 404 });
  await add(second?.id ?? '', 'b');
});

test('parts are as many bytes as were announced: no more at any time, and no less in the end', async () => {
  const { id } = await create();
  const first = await add(id, 'abc');
  await expect(add(id, 'defg')).rejects.toMatchObject({
    status: 400,
    code: 'invalidPayload',
    message: '400 The upload was announced with 6 bytes, but its parts have 7.',
  });
  await expect(fixture.client.uploads.complete(id, { part_ids: [first.id] })).rejects.toThrow(
    'announced with 6 bytes, but its parts have 3.',
  );
  const second = await add(id, 'def');
  // In the order that is named, not that of arrival.
  const done = await fixture.client.uploads.complete(id, { part_ids: [second.id, first.id] });
  expect(await (await fixture.client.files.content(done.file?.id ?? '')).text()).toBe('defabc');
});

test('a part of another upload belongs to none', async () => {
  const [one, other] = [await create(), await create()];
  const { id } = await add(other.id, 'abcdef');
  await expect(fixture.client.uploads.complete(one.id, { part_ids: [id] })).rejects.toThrow(
    `Part ${id} does not belong to this upload.`,
  );
  expect(await fixture.client.uploads.complete(other.id, { part_ids: [id] })).toMatchObject({
    status: 'completed',
  });
});

test('what was cancelled or completed takes no more', async () => {
  const [one, other] = [await create(), await create(3)];
  expect(await fixture.client.uploads.cancel(one.id)).toMatchObject({ status: 'cancelled', file: null });
  await expect(add(one.id, 'abc')).rejects.toThrow('is cancelled; it takes no more changes.');
  const { id } = await add(other.id, 'abc');
  await fixture.client.uploads.complete(other.id, { part_ids: [id] });
  await expect(fixture.client.uploads.complete(other.id, { part_ids: [id] })).rejects.toThrow(
    'is completed;',
  );
});

test.each([0, 2 ** 30 + 1, 1.5])('an upload has no %d bytes', async (bytes) => {
  await expect(create(bytes)).rejects.toMatchObject({ status: 400, param: 'bytes' });
});

test('an upload may have a gigabyte', async () => {
  expect(await create(2 ** 30)).toMatchObject({ bytes: 1_073_741_824 });
});

test.each(['bytes', 'filename', 'mime_type', 'purpose'])('an upload needs %s', async (name) => {
  const body = {
    bytes: 6,
    filename: 'x.jsonl',
    mime_type: 'text/jsonl',
    purpose: 'batch',
    [name]: undefined,
  };
  await expect(fixture.client.uploads.create(body as never)).rejects.toMatchObject({
    status: 400,
    param: name,
  });
});

test('a file is pending for half a second, and expires to the millisecond', async () => {
  const made = await fixture.client.files.create({
    file: await toFile(Buffer.from('x'), 'x.jsonl'),
    purpose: 'batch',
    expires_after: { anchor: 'created_at', seconds: 2_592_000 },
  });
  expect((made.expires_at ?? 0) - made.created_at).toBe(2_592_000);
  const retrieve = () => fixture.client.files.retrieve(made.id);
  await fixture.clock.advance(499);
  expect(await retrieve()).toMatchObject({ status: 'pending' });
  await fixture.clock.advance(1);
  expect(await retrieve()).toMatchObject({ status: 'processed' });
  await fixture.clock.advance(2_592_000_000 - 501);
  expect(await retrieve()).toMatchObject({ status: 'processed' });
  await fixture.clock.advance(1);
  await expect(retrieve()).rejects.toMatchObject({ status: 404 });
});

test.each([1_209_599, 2_592_001])('a file does not expire after %d seconds', async (seconds) => {
  const file = await toFile(Buffer.from('x'), 'x.jsonl');
  const expires_after = { anchor: 'created_at' as const, seconds };
  await expect(fixture.client.files.create({ file, purpose: 'batch', expires_after })).rejects.toMatchObject({
    status: 400,
    code: 'invalidPayload',
  });
});

test('what an error shows of an id is short', async () => {
  const long = 'x'.repeat(300);
  await expect(add(long, 'abc')).rejects.toThrow(`Upload with id ${'x'.repeat(200)} not found.`);
  const { id } = await create();
  await expect(fixture.client.uploads.complete(id, { part_ids: [long] })).rejects.toThrow(
    `Part ${'x'.repeat(100)} does not belong to this upload.`,
  );
});
