import { AzureOpenAI, toFile } from 'openai';
import { expect, test } from 'vitest';
import { useClockedMock } from '../batches/clocked.fake.ts';

const fixture = useClockedMock();

async function upload(lines: readonly string[]): Promise<string> {
  const file = await toFile(Buffer.from(lines.join('\n')), 'train.jsonl');
  return (await fixture.client.files.create({ file, purpose: 'fine-tune' })).id;
}

const examples = Array.from({ length: 10 }, () => '{"messages":[]}');

test('goes from queued to succeeded and names the new model', async () => {
  const training_file = await upload(examples);
  const { id, status } = await fixture.client.fineTuning.jobs.create({
    model: 'gpt-4.1-mini',
    training_file,
    suffix: 'mine',
  });
  expect(status).toBe('queued');
  await fixture.clock.advance(10_000);
  expect((await fixture.client.fineTuning.jobs.retrieve(id)).status).toBe('running');
  await fixture.clock.advance(60_000);
  const job = await fixture.client.fineTuning.jobs.retrieve(id);
  expect(job).toMatchObject({
    status: 'succeeded',
    fine_tuned_model: expect.stringMatching(/^gpt-4\.1-mini\.ft-\w+-mine$/) as string,
  });
  expect((await fixture.client.fineTuning.jobs.listEvents(id)).data).toHaveLength(3);
  expect((await fixture.client.fineTuning.jobs.checkpoints.list(id)).data).toHaveLength(3);
  await expect(fixture.client.fineTuning.jobs.cancel(id)).rejects.toThrow(
    "Cannot cancel a fine-tuning job with status 'succeeded'.",
  );
});

test('rests while it is paused, and ends when it is cancelled', async () => {
  const { id } = await fixture.client.fineTuning.jobs.create({
    model: 'gpt-4.1-mini',
    training_file: await upload(examples),
  });
  await fixture.clock.advance(10_000);
  await fixture.client.fineTuning.jobs.pause(id);
  await fixture.clock.advance(100_000);
  expect((await fixture.client.fineTuning.jobs.resume(id)).status).toBe('running');
  expect((await fixture.client.fineTuning.jobs.cancel(id)).status).toBe('cancelled');
});

test('is created with 201 and deleted with 204 on a dated version', async () => {
  const training_file = await upload(examples);
  const dated = new AzureOpenAI({
    endpoint: fixture.azure.endpoint,
    apiKey: fixture.azure.apiKey,
    apiVersion: '2025-04-01-preview',
  });
  const { data, response } = await dated.fineTuning.jobs
    .create({ model: 'gpt-4.1-mini', training_file })
    .withResponse();
  expect([response.status, data.status]).toEqual([201, 'pending']);
  const gone = await fetch(
    `${fixture.azure.endpoint}/openai/fine_tuning/jobs/${data.id}?api-version=2025-04-01-preview`,
    {
      method: 'DELETE',
      headers: { 'api-key': fixture.azure.apiKey },
    },
  );
  expect(gone.status).toBe(204);
  await expect(fixture.client.fineTuning.jobs.retrieve(data.id)).rejects.toMatchObject({ status: 404 });
});

test.each<[string, string[], string]>([
  ['too few examples', examples.slice(1), '10 at least are needed'],
  ['a line that is no JSON', [...examples, 'nope'], 'Line 11 of the training file is not a JSON object'],
])('refuses %s', async (_, lines, message) => {
  const training_file = await upload(lines);
  await expect(
    fixture.client.fineTuning.jobs.create({ model: 'gpt-4.1-mini', training_file }),
  ).rejects.toThrow(message);
});
