import { toFile } from 'openai';
import { expect, test } from 'vitest';
import { useClockedMock } from '../batches/clocked.fake.ts';

const fixture = useClockedMock();

async function create(): Promise<string> {
  const made = await fixture.client.evals.create({
    name: 'arithmetic',
    data_source_config: { type: 'custom', item_schema: { type: 'object' } },
    testing_criteria: [
      {
        type: 'string_check',
        name: 'right',
        input: '{{sample.output_text}}',
        reference: '{{item.answer}}',
        operation: 'ilike',
      },
    ],
  });
  return made.id;
}

test('runs a deployment over its items and judges each answer', async () => {
  const id = await create();
  const run = await fixture.client.evals.runs.create(id, {
    name: 'first',
    data_source: {
      type: 'completions',
      model: 'gpt-4.1',
      source: {
        type: 'file_content',
        content: [
          { item: { question: 'What is 2 + 2?', answer: '4' } },
          { item: { question: 'Say no', answer: 'yes' } },
        ],
      },
      input_messages: { type: 'template', template: [{ role: 'user', content: '{{item.question}}' }] },
    },
  });
  expect(run).toMatchObject({ status: 'queued', result_counts: { total: 0 } });
  await fixture.clock.advance(5000);
  expect(await fixture.client.evals.runs.retrieve(run.id, { eval_id: id })).toMatchObject({
    status: 'completed',
    result_counts: { total: 2, passed: 1, failed: 1, errored: 0 },
    per_testing_criteria_results: [{ testing_criteria: 'right', passed: 1, failed: 1 }],
  });
  const items = await fixture.client.evals.runs.outputItems.list(run.id, { eval_id: id, order: 'asc' });
  expect(items.data.map((item) => item.status)).toEqual(['pass', 'fail']);
  const [first] = items.data;
  const one = await fixture.client.evals.runs.outputItems.retrieve(first?.id ?? '', {
    eval_id: id,
    run_id: run.id,
  });
  expect(one).toEqual(first);
});

test('is read, changed, listed and deleted, with its runs', async () => {
  const id = await create();
  expect(await fixture.client.evals.update(id, { name: 'sums' })).toMatchObject({ id, name: 'sums' });
  expect((await fixture.client.evals.list()).data).toHaveLength(1);
  const run = await fixture.client.evals.runs.create(id, {
    data_source: { type: 'jsonl', source: { type: 'file_content', content: [] } },
  });
  expect((await fixture.client.evals.runs.cancel(run.id, { eval_id: id })).status).toBe('canceled');
  await fixture.client.evals.runs.delete(run.id, { eval_id: id });
  await fixture.client.evals.delete(id);
  await expect(fixture.client.evals.retrieve(id)).rejects.toMatchObject({ status: 404 });
  await expect(fixture.client.evals.runs.list(id)).rejects.toMatchObject({ status: 404 });
});

const source = (...content: readonly object[]) => ({
  type: 'jsonl' as const,
  source: { type: 'file_content' as const, content: content as { item: Record<string, unknown> }[] },
});
const judgedItem = (output_text: string) => ({ item: { answer: 'yes' }, sample: { output_text } });

test('a run waits for half a second, takes a tenth for each item, and has no results before', async () => {
  const id = await create();
  const { id: run } = await fixture.client.evals.runs.create(id, {
    data_source: source(judgedItem('yes'), judgedItem('no')),
  });
  const seen: unknown[] = [];
  for (const ms of [0, 499, 1, 199, 1]) {
    await fixture.clock.advance(ms);
    const { status, result_counts: counts } = await fixture.client.evals.runs.retrieve(run, { eval_id: id });
    const { data } = await fixture.client.evals.runs.outputItems.list(run, { eval_id: id });
    seen.push([status, counts.total, data.length]);
  }
  expect(seen).toEqual([
    ['queued', 0, 0],
    ['queued', 0, 0],
    ['in_progress', 0, 0],
    ['in_progress', 0, 0],
    ['completed', 2, 2],
  ]);
});

test('an item has its results, and a run that is cancelled has none', async () => {
  const id = await create();
  const made = await fixture.client.evals.runs.create(id, {
    name: 'mine',
    metadata: { a: 'b' },
    data_source: source(judgedItem('yes'), judgedItem('no')),
  });
  expect(made).toMatchObject({ name: 'mine', metadata: { a: 'b' }, model: '', eval_id: id });
  await fixture.clock.advance(1_000);
  const { data } = await fixture.client.evals.runs.outputItems.list(made.id, { eval_id: id, order: 'asc' });
  expect(data).toMatchObject([
    {
      status: 'pass',
      run_id: made.id,
      eval_id: id,
      datasource_item_id: 0,
      datasource_item: { answer: 'yes' },
      results: [{ name: 'right', passed: true, score: 1 }],
      sample: { input: [], output: [{ role: 'assistant', content: 'yes' }] },
    },
    { status: 'fail', datasource_item_id: 1, results: [{ name: 'right', passed: false, score: 0 }] },
  ]);
  expect(await fixture.client.evals.runs.cancel(made.id, { eval_id: id })).toMatchObject({
    status: 'canceled',
    result_counts: { total: 0, passed: 0, failed: 0 },
    per_testing_criteria_results: [],
  });
  expect((await fixture.client.evals.runs.outputItems.list(made.id, { eval_id: id })).data).toEqual([]);
  await expect(
    fixture.client.evals.runs.outputItems.retrieve('outputitem_x', { eval_id: id, run_id: made.id }),
  ).rejects.toMatchObject({ status: 404 });
});

test.each<[string, object, string]>([
  ['has nothing to say without messages', {}, ''],
  ['has nothing to say to messages that are none', { input_messages: { template: ['Hi'] } }, ''],
  [
    'answers a text in parts, with what the item has in its places',
    {
      input_messages: {
        template: [
          {
            role: 'user',
            content: { type: 'input_text', text: 'What is {{ item.a }} + {{item.b}}{{item.c}}?' },
          },
        ],
      },
    },
    '2 + 2 = 4',
  ],
])('a deployment that is run %s', async (_, more, answer) => {
  const id = await create();
  const run = { ...source({ item: { a: 2, b: '2' } }), type: 'completions', model: 'gpt-4.1', ...more };
  const { id: run_id } = await fixture.client.evals.runs.create(id, { data_source: run as never });
  await fixture.clock.advance(1_000);
  const { data } = await fixture.client.evals.runs.outputItems.list(run_id, { eval_id: id });
  expect(data[0]?.sample.output).toEqual([{ role: 'assistant', content: answer }]);
});

test('the items of a run may be the lines of a file, and lines that are no items are none', async () => {
  const id = await create();
  const lines = [judgedItem('yes'), 1, judgedItem('no')]
    .map((item) => JSON.stringify(item))
    .join('\n\n{"half\n');
  const file = await fixture.client.files.create({
    file: await toFile(Buffer.from(`${lines}\n`), 'items.jsonl'),
    purpose: 'evals',
  });
  const { id: run } = await fixture.client.evals.runs.create(id, {
    data_source: { type: 'jsonl', source: { type: 'file_id', id: file.id } },
  });
  await fixture.clock.advance(1_000);
  expect((await fixture.client.evals.runs.retrieve(run, { eval_id: id })).result_counts).toMatchObject({
    total: 2,
    passed: 1,
  });
});

test('what is not named in a change of an evaluation stays as it was', async () => {
  const id = await create();
  await fixture.client.evals.update(id, { metadata: { a: 'b' } });
  expect(await fixture.client.evals.update(id, { name: 'sums' })).toMatchObject({
    name: 'sums',
    metadata: { a: 'b' },
  });
  expect(await fixture.client.evals.update(id, { metadata: {} })).toMatchObject({
    name: 'sums',
    metadata: {},
  });
});

test.each<[string, object, string]>([
  ['evals', { testing_criteria: [] }, "Missing required parameter: 'data_source_config'."],
  ['evals', { data_source_config: {} }, "Missing required parameter: 'testing_criteria'."],
  ['evals', { data_source_config: [], testing_criteria: [] }, "Invalid type for 'data_source_config'"],
  ['evals', { data_source_config: {}, testing_criteria: {} }, "Invalid type for 'testing_criteria'"],
  ['evals/ID/runs', {}, "Missing required parameter: 'data_source'."],
  ['evals/ID/runs', { data_source: 'x' }, "Invalid type for 'data_source'"],
])('%s with %j is refused', async (path, body, words) => {
  const id = await create();
  await expect(fixture.client.post(`/${path.replace('ID', id)}`, { body })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining(words) as string,
  });
});
