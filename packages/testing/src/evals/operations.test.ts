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
