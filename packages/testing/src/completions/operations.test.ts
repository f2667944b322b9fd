import OpenAI, { AzureOpenAI } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

let azure: MockAzure;
let client: OpenAI;

beforeAll(async () => {
  azure = await startMockAzure({ anyDeployment: 'gpt-35-turbo-instruct' });
  client = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey, maxRetries: 0 });
});

afterAll(async () => azure.close());

const model = 'instruct';

test('completes each prompt, on both surfaces', async () => {
  const dated = new AzureOpenAI({ endpoint: azure.endpoint, apiKey: azure.apiKey, apiVersion: '2024-10-21' });
  for (const each of [client, dated]) {
    const answer = await each.completions.create({ model, prompt: ['Say one', 'Say two'], n: 2 });
    expect(answer.choices.map(({ index, text }) => [index, text])).toEqual([
      [0, 'one'],
      [1, 'one'],
      [2, 'two'],
      [3, 'two'],
    ]);
    expect(answer.usage).toEqual({ completion_tokens: 4, prompt_tokens: 4, total_tokens: 8 });
  }
});

test('stops after 16 tokens unless told otherwise, and at a stop sequence', async () => {
  const long = await client.completions.create({ model, prompt: 'Write a story about dragons' });
  expect([long.choices[0]?.finish_reason, long.usage?.completion_tokens]).toEqual(['length', 16]);
  const cut = await client.completions.create({
    model,
    prompt: 'Count from 1 to 9',
    stop: ', 3',
    max_tokens: 50,
  });
  expect(cut.choices[0]).toMatchObject({ text: '1, 2', finish_reason: 'stop' });
});

test('repeats the prompt and gives log probabilities when asked', async () => {
  const answer = await client.completions.create({ model, prompt: 'Say one two', echo: true, logprobs: 2 });
  expect(answer.choices[0]).toMatchObject({
    text: 'Say one twoone two',
    logprobs: { tokens: ['one', ' two'], text_offset: [0, 3] },
  });
});

test('streams the same text, with the usage at the end', async () => {
  let text = '';
  let total = 0;
  const options = {
    model,
    prompt: 'Count from 1 to 5',
    max_tokens: 50,
    stream_options: { include_usage: true },
  };
  for await (const chunk of await client.completions.create({ ...options, stream: true })) {
    text += chunk.choices[0]?.text ?? '';
    total = chunk.usage?.total_tokens ?? total;
  }
  expect(text).toBe('1, 2, 3, 4, 5');
  expect(total).toBeGreaterThan(10);
});

test('refuses a prompt that is none, that is too long or that is blocked', async () => {
  await expect(client.completions.create({ model, prompt: {} as never })).rejects.toThrow(
    "Invalid type for 'prompt'",
  );
  await expect(client.completions.create({ model, prompt: 'word '.repeat(5000) })).rejects.toThrow(
    'maximum context length is 4097 tokens',
  );
  await expect(client.completions.create({ model, prompt: 'mock-filter:prompt:hate' })).rejects.toMatchObject(
    {
      status: 400,
      code: 'content_filter',
    },
  );
});

test('takes `best_of: 0`, which the spec allows, as one answer', async () => {
  const { choices } = await client.completions.create({ model, prompt: 'Once', best_of: 0 });
  expect(choices).toHaveLength(1);
});
