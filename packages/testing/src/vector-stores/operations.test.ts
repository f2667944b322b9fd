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
