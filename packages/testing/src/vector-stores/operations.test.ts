import { toFile } from 'openai';
import { expect, test } from 'vitest';
import { useClockedMock } from '../batches/clocked.fake.ts';

const fixture = useClockedMock();

async function upload(name: string, text: string): Promise<string> {
  return (
    await fixture.client.files.create({ file: await toFile(Buffer.from(text), name), purpose: 'assistants' })
  ).id;
}

async function storeWith(...texts: string[]): Promise<string> {
  const file_ids = [];
  for (const [index, text] of texts.entries()) file_ids.push(await upload(`file-${index}.md`, text));
  const { id } = await fixture.client.vectorStores.create({ name: 'handbook', file_ids });
  await fixture.clock.advance(1000);
  return id;
}

test('is made, read, changed, listed and deleted', async () => {
  const made = await fixture.client.vectorStores.create({ name: 'one', metadata: { a: 'b' } });
  expect(made).toMatchObject({ object: 'vector_store', status: 'completed', file_counts: { total: 0 } });
  const changed = await fixture.client.vectorStores.update(made.id, { name: 'two' });
  expect(changed).toMatchObject({ name: 'two', metadata: { a: 'b' } });
  const ids = [];
  for await (const store of fixture.client.vectorStores.list({ limit: 1 })) ids.push(store.id);
  expect(ids).toEqual([made.id]);
  expect(await fixture.client.vectorStores.delete(made.id)).toMatchObject({ deleted: true });
  await expect(fixture.client.vectorStores.retrieve(made.id)).rejects.toMatchObject({ status: 404 });
});

test('indexes its files in a moment', async () => {
  const { id } = await fixture.client.vectorStores.create({});
  const file_id = await upload('a.md', 'Text');
  const added = await fixture.client.vectorStores.files.create(id, { file_id, attributes: { year: 2026 } });
  expect(added).toMatchObject({ object: 'vector_store.file', status: 'in_progress', vector_store_id: id });
  expect((await fixture.client.vectorStores.retrieve(id)).status).toBe('in_progress');
  await fixture.clock.advance(1000);
  expect(await fixture.client.vectorStores.files.retrieve(file_id, { vector_store_id: id })).toMatchObject({
    status: 'completed',
    attributes: { year: 2026 },
  });
  expect((await fixture.client.vectorStores.files.list(id, { filter: 'completed' })).data).toHaveLength(1);
  const { data } = await fixture.client.vectorStores.files.content(file_id, { vector_store_id: id });
  expect(data).toEqual([{ type: 'text', text: 'Text' }]);
});

test('takes files in batches', async () => {
  const { id } = await fixture.client.vectorStores.create({});
  const file_ids = [await upload('a.md', 'A'), await upload('b.md', 'B')];
  const batch = await fixture.client.vectorStores.fileBatches.create(id, { file_ids });
  expect(batch).toMatchObject({ status: 'in_progress', file_counts: { in_progress: 2, total: 2 } });
  await fixture.clock.advance(1000);
  const done = await fixture.client.vectorStores.fileBatches.retrieve(batch.id, { vector_store_id: id });
  expect(done).toMatchObject({ status: 'completed', file_counts: { completed: 2 } });
  const listed = await fixture.client.vectorStores.fileBatches.listFiles(batch.id, { vector_store_id: id });
  expect(listed.data).toHaveLength(2);
});

test('finds the piece of text that lies nearest', async () => {
  const long = 'The canteen opens at noon and closes at two. '.repeat(40);
  const id = await storeWith(`${long}\n\nEmployees get 25 vacation days a year.`, 'Printers need toner.');
  const found = await fixture.client.vectorStores.search(id, {
    query: 'How many vacation days?',
    max_num_results: 1,
  });
  expect(found.data).toMatchObject([
    { filename: 'file-0.md', content: [{ type: 'text', text: 'Employees get 25 vacation days a year.' }] },
  ]);
});

test('filters a search by attributes', async () => {
  const { id } = await fixture.client.vectorStores.create({});
  for (const year of [2025, 2026]) {
    const file_id = await upload(`${year}.md`, 'The budget was approved.');
    await fixture.client.vectorStores.files.create(id, { file_id, attributes: { year } });
  }
  await fixture.clock.advance(1000);
  const filters = { type: 'and' as const, filters: [{ type: 'gte' as const, key: 'year', value: 2026 }] };
  const found = await fixture.client.vectorStores.search(id, { query: 'budget', filters });
  expect(found.data.map((each) => each.filename)).toEqual(['2026.md']);
});

test('says what is not there', async () => {
  const store = await storeWith('x');
  const calls = [
    () => fixture.client.vectorStores.search('vs_nope', { query: 'x' }),
    () => fixture.client.vectorStores.files.list('vs_nope'),
    () => fixture.client.vectorStores.files.create(store, { file_id: 'file-nope' }),
    () => fixture.client.vectorStores.fileBatches.retrieve('vsfb_nope', { vector_store_id: store }),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject({ status: 404 });
});

test('a store says how large it is and when it ends, and has ended then', async () => {
  const day = 86_400;
  const expires_after = { anchor: 'last_active_at', days: 2 } as const;
  const made = await fixture.client.vectorStores.create({
    expires_after,
    file_ids: [await upload('a.md', '12345')],
  });
  expect(made).toMatchObject({
    name: null,
    metadata: {},
    usage_bytes: 5,
    status: 'in_progress',
    expires_after,
    expires_at: made.created_at + 2 * day,
    last_active_at: made.created_at,
    file_counts: { in_progress: 1, completed: 0, failed: 0, cancelled: 0, total: 1 },
  });
  await fixture.clock.advance(2 * day * 1_000 - 1);
  expect((await fixture.client.vectorStores.retrieve(made.id)).status).toBe('completed');
  await fixture.clock.advance(1);
  expect((await fixture.client.vectorStores.retrieve(made.id)).status).toBe('expired');
  const kept = await fixture.client.vectorStores.update(made.id, { expires_after: null });
  expect(kept).toMatchObject({ status: 'completed', expires_at: null });
  expect(kept).not.toHaveProperty('expires_after');
});

test('what is not named in a change stays as it was', async () => {
  const { id } = await fixture.client.vectorStores.create({ name: 'one', metadata: { a: 'b' } });
  expect(await fixture.client.vectorStores.update(id, { metadata: { c: 'd' } })).toMatchObject({
    name: 'one',
    metadata: { c: 'd' },
  });
  expect(await fixture.client.vectorStores.update(id, { name: null })).toMatchObject({
    name: null,
    metadata: { c: 'd' },
  });
});

test('a file is indexed after half a second, with the pieces that were asked for', async () => {
  const { id } = await fixture.client.vectorStores.create({});
  const usual = { type: 'static', static: { max_chunk_size_tokens: 800, chunk_overlap_tokens: 400 } };
  const own = { type: 'static' as const, static: { max_chunk_size_tokens: 100, chunk_overlap_tokens: 50 } };
  const [one, two] = [await upload('a.md', 'A'), await upload('b.md', 'BB')];
  const added = await fixture.client.vectorStores.files.create(id, {
    file_id: one,
    chunking_strategy: { type: 'auto' },
  });
  expect(added).toMatchObject({ usage_bytes: 1, chunking_strategy: usual, attributes: {}, last_error: null });
  expect(
    await fixture.client.vectorStores.files.create(id, { file_id: two, chunking_strategy: own }),
  ).toMatchObject({
    usage_bytes: 2,
    chunking_strategy: own,
  });
  const states = async (filter: 'in_progress' | 'completed') =>
    (await fixture.client.vectorStores.files.list(id, { filter })).data.length;
  await fixture.clock.advance(499);
  expect([await states('in_progress'), await states('completed')]).toEqual([2, 0]);
  await fixture.clock.advance(1);
  expect([await states('in_progress'), await states('completed')]).toEqual([0, 2]);
  const changed = await fixture.client.vectorStores.files.update(one, {
    vector_store_id: id,
    attributes: { a: 1 },
  });
  expect(changed).toMatchObject({ attributes: { a: 1 }, usage_bytes: 1 });
});

test('a batch holds its own files only, and may be cancelled', async () => {
  const { id } = await fixture.client.vectorStores.create({ file_ids: [await upload('c.md', 'C')] });
  const files = [
    { file_id: await upload('a.md', 'A'), attributes: { own: true } },
    { file_id: await upload('b.md', 'B') },
  ];
  const batch = await fixture.client.vectorStores.fileBatches.create(id, {
    files,
    attributes: { own: false },
  });
  expect(batch).toMatchObject({ vector_store_id: id, file_counts: { in_progress: 2, total: 2 } });
  const listed = await fixture.client.vectorStores.fileBatches.listFiles(batch.id, {
    vector_store_id: id,
    order: 'asc',
  });
  expect(listed.data.map(({ attributes }) => attributes)).toEqual([{ own: true }, { own: false }]);
  const cancelled = await fixture.client.vectorStores.fileBatches.cancel(batch.id, { vector_store_id: id });
  expect(cancelled).toMatchObject({ status: 'cancelled', created_at: batch.created_at });
  await fixture.clock.advance(1_000);
  expect(
    (await fixture.client.vectorStores.fileBatches.retrieve(batch.id, { vector_store_id: id })).status,
  ).toBe('cancelled');
});

test.each<[string, string, object, string]>([
  ['a store with files that are no list', 'vector_stores', { file_ids: 'x' }, "Invalid type for 'file_ids'"],
  ['a store with a name that is no text', 'vector_stores', { name: 1 }, "Invalid type for 'name'"],
  ['a file without an id', 'vector_stores/ID/files', {}, "Missing required parameter: 'file_id'"],
  ['a file whose id is no text', 'vector_stores/ID/files', { file_id: 1 }, "Invalid type for 'file_id'"],
  ['a batch without files', 'vector_stores/ID/file_batches', {}, "Missing required parameter: 'file_ids'"],
  [
    'a batch of no files',
    'vector_stores/ID/file_batches',
    { file_ids: [] },
    "Invalid 'file_ids': empty array",
  ],
  [
    'a batch of no files of its own',
    'vector_stores/ID/file_batches',
    { files: [] },
    "Invalid 'files': empty array",
  ],
  [
    'a batch with a file that is none',
    'vector_stores/ID/file_batches',
    { files: [null] },
    "Invalid type for 'files[0]'",
  ],
  ['a search for nothing', 'vector_stores/ID/search', {}, "Missing required parameter: 'query'"],
  ['a search for a number', 'vector_stores/ID/search', { query: 1 }, "Invalid type for 'query'"],
])('%s is refused', async (_, path, body, words) => {
  const { id } = await fixture.client.vectorStores.create({});
  await expect(fixture.client.post(`/${path.replace('ID', id)}`, { body })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining(words) as string,
  });
});
