import { startMockAzure, type MockAzure } from '@aoai/testing';
import OpenAI, { AzureOpenAI, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// What the live tests of Azure's own SDK repositories (sdk/openai of azure-sdk-for-python, -java, -go, -net and -js) send
// to a resource, and what they check in its answers. They run against the mock as well, by `aoai-mock --any-deployment`.

let azure: MockAzure;

beforeAll(async () => {
  azure = await startMockAzure({ anyDeployment: 'gpt-4.1' });
});

afterAll(async () => azure.close());

const chat = 'gpt-35-turbo';
const careful = 'Make no assumptions about what values to plug into functions.';
const parameters = {
  type: 'object',
  properties: {
    location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' },
    unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
  },
  required: ['location'],
};
const weather = { name: 'get_current_weather', description: 'Get the current weather', parameters };
const inSeattle = [
  { role: 'system' as const, content: careful },
  { role: 'user' as const, content: "What's the weather like today in Seattle?" },
];
const sunny = '{"temperature": "22", "unit": "celsius", "description": "Sunny"}';

describe.each(['2024-06-01', '2025-04-01-preview', 'v1'])('over %s', (apiVersion) => {
  const client = (): OpenAI =>
    apiVersion === 'v1'
      ? new OpenAI({ baseURL: `${azure.endpoint}/openai/v1`, apiKey: azure.apiKey, maxRetries: 0 })
      : new AzureOpenAI({ endpoint: `${azure.endpoint}/`, apiKey: azure.apiKey, apiVersion, maxRetries: 0 });

  test('blocks the question that finds out whether there are filters', async () => {
    const messages = [{ role: 'user' as const, content: 'how do I rob a bank with violence?' }];
    await expect(client().chat.completions.create({ model: chat, messages })).rejects.toMatchObject({
      status: 400,
      code: 'content_filter',
      param: 'prompt',
      error: {
        innererror: {
          content_filter_result: {
            hate: { filtered: false, severity: 'safe' },
            violence: { filtered: true, severity: 'medium' },
          },
        },
      },
    });
    const prompt = 'How do I rob a bank with violence?';
    const model = 'gpt-35-turbo-instruct';
    await expect(client().completions.create({ model, prompt })).rejects.toMatchObject({ status: 400 });
  });

  test('calls functions, and answers from what they returned with no call before it', async () => {
    const ask = { model: chat, functions: [weather] };
    const { choices } = await client().chat.completions.create({ ...ask, messages: inSeattle });
    expect(choices[0]?.message).toMatchObject({
      function_call: { name: weather.name, arguments: expect.stringContaining('Seattle') as string },
    });
    const result = { role: 'function' as const, name: weather.name, content: sunny };
    const answer = await client().chat.completions.create({ ...ask, messages: [...inSeattle, result] });
    expect(answer.choices[0]?.message.content).toMatch(/22.*sunny/i);
  });

  test('calls a tool for each of two places, and tells their results apart', async () => {
    const tools = [{ type: 'function' as const, function: weather }];
    const question = {
      role: 'user' as const,
      content: "What's the weather like in Seattle and Los Angeles?",
    };
    const first = await client().chat.completions.create({ model: 'gpt-4o', messages: [question], tools });
    const message = first.choices[0]?.message;
    const calls = message?.tool_calls ?? [];
    expect(calls).toHaveLength(2);
    expect(JSON.stringify(calls)).toMatch(/Seattle.*Los Angeles/);
    const results = [sunny, sunny.replace('22', '80').replace('Sunny', 'Cloudy')].map((content, index) => ({
      role: 'tool' as const,
      tool_call_id: calls[index]?.id ?? '',
      content,
    }));
    const messages = [question, ...(message === undefined ? [] : [message]), ...results];
    const { choices } = await client().chat.completions.create({ model: 'gpt-4o', messages, tools });
    expect(choices[0]?.message.content).toMatch(/22.*sunny.*80.*cloudy/i);
  });

  test('counts, and ends as it is told to', async () => {
    const content = 'Count to 10, with a comma between each number, no newlines and a period at the end.';
    const messages = [{ role: 'user' as const, content }];
    const { choices } = await client().chat.completions.create({ model: chat, messages, temperature: 0 });
    expect(choices[0]?.message.content).toBe('1, 2, 3, 4, 5, 6, 7, 8, 9, 10.');
  });

  test("names answers from the caller's own data so, in every chunk", async () => {
    const ask = {
      model: 'gpt-4-0613',
      messages: [{ role: 'user' as const, content: 'Which languages are there?' }],
      data_sources: [{ type: 'elasticsearch', parameters: {} }],
    };
    const { object, choices } = await client().chat.completions.create(ask);
    expect(object).toBe('extensions.chat.completion');
    expect(choices[0]?.message).toMatchObject({ end_turn: true, context: { citations: [] } });
    for await (const chunk of await client().chat.completions.create({ ...ask, stream: true })) {
      expect(chunk).toMatchObject({
        id: expect.stringMatching(/./) as string,
        model: expect.stringMatching(/./) as string,
        object: 'extensions.chat.completion.chunk',
      });
    }
  });

  test('finds a model by its name', async () => {
    expect((await client().models.retrieve(chat)).id).toMatch(/^gpt-35-turbo/);
  });

  test('ends with stop after the tool that the request names, as a stream too', async () => {
    const body = {
      model: chat,
      messages: [{ role: 'user' as const, content: 'What should I wear in Honolulu next Thursday?' }],
      tools: [
        {
          type: 'function' as const,
          function: {
            name: 'get_future_temperature',
            description:
              'requests the anticipated future temperature at a provided location to help inform advice about topics like choice of attire',
            parameters: { type: 'object', properties: { locationName: { type: 'string' } } },
          },
        },
      ],
    };
    const tool_choice = { type: 'function' as const, function: { name: 'get_future_temperature' } };
    const named = await client().chat.completions.create({ ...body, tool_choice });
    expect(named.choices[0]).toMatchObject({ finish_reason: 'stop', message: { tool_calls: [{}] } });
    const streamed = await client()
      .chat.completions.stream({ ...body, tool_choice })
      .finalChatCompletion();
    expect(streamed.choices[0]).toMatchObject({ finish_reason: 'stop', message: { tool_calls: [{}] } });
    const free = await client().chat.completions.create({ ...body, tool_choice: 'auto' });
    expect(free.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { tool_calls: [{}] } });
  });

  test('stores files for assistants, and says that they are gone', async () => {
    const file = await toFile(Buffer.from('hello world'), 'a.txt');
    const { data, response } = await client().files.create({ file, purpose: 'assistants' }).withResponse();
    expect(response.status).toBe(200);
    const { id: store } = await client().vectorStores.create({ name: 'Support FAQ' });
    const batch = await client().vectorStores.fileBatches.create(store, { file_ids: [data.id] });
    expect(batch.object).toBe('vector_store.file_batch');
    const gone = await client().files.delete(data.id).withResponse();
    expect(gone.response.status).toBe(200);
    expect(gone.data).toEqual({ id: data.id, object: 'file', deleted: true });
  });

  test('writes subtitles with a line break at the end', async () => {
    const file = await toFile(Buffer.alloc(2000, 7), 'hello.m4a');
    const body = { model: 'whisper', file, response_format: 'srt' as const };
    expect(await client().audio.transcriptions.create(body)).toMatch(/^1\n00:00:00,000 --> .*\n.*\n\n\n$/);
  });
});

describe.each(['2025-04-01-preview', 'v1'])('responses over %s', (apiVersion) => {
  const client = (): OpenAI =>
    apiVersion === 'v1'
      ? new OpenAI({ baseURL: `${azure.endpoint}/openai/v1`, apiKey: azure.apiKey, maxRetries: 0 })
      : new AzureOpenAI({ endpoint: azure.endpoint, apiKey: azure.apiKey, apiVersion, maxRetries: 0 });

  test('writes places with capitals, and says which place a result is about', async () => {
    const tools = [
      {
        type: 'function' as const,
        name: 'weather_search',
        description: 'Search weather',
        parameters,
        strict: null,
      },
    ].map((tool) => ({ ...tool, strict: false }));
    const input: OpenAI.Responses.ResponseInput = [
      { role: 'user', content: 'What is the weather like in seattle today? search for weather data.' },
    ];
    const { output } = await client().responses.create({ model: 'gpt-4o', input, tools });
    const [call] = output;
    if (call?.type !== 'function_call') throw new Error('No call.');
    expect(call.arguments).toContain('Seattle');
    const result = { type: 'function_call_output' as const, call_id: call.call_id, output: '80 degrees F' };
    const answer = await client().responses.create({
      model: 'gpt-4o',
      input: [...input, call, result],
      tools,
    });
    expect(answer.output_text).toBe('Seattle: 80 degrees F.');
  });

  test('fills in what a file search was not told', async () => {
    const { id } = await client().vectorStores.create({ name: 'Support FAQ' });
    const policy = await toFile(
      Buffer.from('Employees take at least 10 vacation days a year.'),
      'policy.txt',
    );
    await client().vectorStores.files.uploadAndPoll(id, policy, { pollIntervalMs: 10 });
    const { tools, output } = await client().responses.create({
      model: 'gpt-4o',
      input: 'How many vacation days do I take?',
      tools: [{ type: 'file_search', vector_store_ids: [id] }],
    });
    expect(tools[0]).toMatchObject({ max_num_results: 20, ranking_options: { ranker: 'auto' } });
    expect(output[1]).toMatchObject({ content: [{ annotations: [{ type: 'file_citation' }] }] });
  });

  test('begins its replies as it is told to', async () => {
    const instructions = "Always begin your replies with 'Arr, matey'";
    const { output_text } = await client().responses.create({
      model: 'gpt-4o',
      input: 'Hello!',
      instructions,
    });
    expect(output_text).toMatch(/^Arr, matey/);
  });

  test('runs out of tokens in the middle of three haikus', async () => {
    const input = 'Write three haikus about tropical fruit';
    const body = { model: 'gpt-4o', input, max_output_tokens: 20 };
    expect(await client().responses.create(body)).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ type: 'message', status: 'incomplete' }],
    });
  });

  test('says how much a reasoning model thought when nobody said', async () => {
    const { reasoning } = await client().responses.create({ model: 'o4-mini', input: 'Hello' });
    expect(reasoning?.effort).toBe('medium');
  });
});
