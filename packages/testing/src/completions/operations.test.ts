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

test.each<[number, string, [string, number]]>([
  [1, 'Say one', ['stop', 1]],
  [2, 'Write a story about dragons', ['length', 2]],
  [17, 'Write a story about dragons', ['length', 17]],
])('at most %i tokens are written', async (max_tokens, prompt, expected) => {
  const { choices, usage } = await client.completions.create({ model, prompt, max_tokens });
  expect([choices[0]?.finish_reason, usage?.completion_tokens]).toEqual(expected);
});

test('a prompt is repeated before each of its own choices, and not unless that is asked for', async () => {
  const prompt = ['Say one', 'Say two'];
  const texts = async (echo?: boolean) =>
    (
      await client.completions.create({ model, prompt, n: 2, ...(echo !== undefined && { echo }) })
    ).choices.map(({ text }) => text);
  expect(await texts(true)).toEqual(['Say oneone', 'Say oneone', 'Say twotwo', 'Say twotwo']);
  expect(await texts(false)).toEqual(['one', 'one', 'two', 'two']);
  expect(await texts()).toEqual(['one', 'one', 'two', 'two']);
});

test.each<[unknown, number]>([
  [[1, 2, 3], 1],
  [[[1, 2], [3]], 2],
  [['a', 'b', 'c'], 3],
  [['a', [1]], 2],
  ['a', 1],
  [undefined, 1],
  [null, 1],
])('the prompt %j is that of %i answers', async (prompt, count) => {
  const { choices } = await client.completions.create({ model, prompt: prompt as string });
  expect(choices.map(({ index }) => index)).toEqual(Array.from({ length: count }, (_, index) => index));
});

test.each<[unknown]>([[[]], [7], [[{}]], [['a', 1]], [true]])('the prompt %j is none', async (prompt) => {
  await expect(client.completions.create({ model, prompt: prompt as string })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining(
      "Invalid type for 'prompt': expected one of a string, array of strings, array of integers, or array of arrays",
    ) as string,
  });
});

test('a stream has the results of the filters first, each choice to its end, and the usage where it is asked for', async () => {
  const frames = async (more: object = {}) => {
    const seen: unknown[] = [];
    const body = { model, prompt: ['Say one', 'Say two'], stream: true as const, ...more };
    for await (const { id, object, choices, usage, ...rest } of await client.completions.create(body)) {
      const [choice] = choices;
      expect([id.startsWith('cmpl-'), object]).toEqual([true, 'text_completion']);
      if ('prompt_filter_results' in rest) seen.push('filters');
      if (usage) seen.push(usage);
      if (choice) seen.push([choice.index, choice.text, choice.finish_reason]);
    }
    return seen;
  };
  const usual = ['filters', [0, 'one', null], [0, '', 'stop'], [1, 'two', null], [1, '', 'stop']];
  expect(await frames()).toEqual(usual);
  expect(await frames({ stream_options: { include_usage: false } })).toEqual(usual);
  const usage = { completion_tokens: 2, prompt_tokens: 4, total_tokens: 6 };
  expect(await frames({ stream_options: { include_usage: true } })).toEqual([...usual, usage]);
});

test('a stop may be one of several, and what is no text is none', async () => {
  const cut = async (stop: unknown) =>
    (
      await client.completions.create({
        model,
        prompt: 'Count from 1 to 9',
        max_tokens: 50,
        stop: stop as string,
      })
    ).choices[0]?.text;
  expect(await cut([', 5', ', 3'])).toBe('1, 2');
  expect(await cut([3, ', 4'])).toBe('1, 2, 3');
  expect(await cut(3)).toBe('1, 2, 3, 4, 5, 6, 7, 8, 9');
});

test('a prompt fits together with what may be written after it, to the token', async () => {
  const ask = async (max_tokens: number) =>
    client.completions.create({ model, prompt: 'Say one', max_tokens });
  expect((await ask(4_095)).choices[0]?.text).toBe('one');
  await expect(ask(4_096)).rejects.toThrow(
    'you requested 4098 tokens (2 in your prompt; 4096 for the completion)',
  );
});
