import { startMockAzure, type MockAzure } from '@aoai/testing';
import OpenAI, { AzureOpenAI } from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

let azure: MockAzure;
let surfaces: { readonly name: string; readonly client: OpenAI }[] = [];

const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'Returns the weather of a city',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
};

beforeAll(async () => {
  azure = await startMockAzure();
  const { endpoint, apiKey } = azure;
  surfaces = [
    {
      name: 'dated',
      client: new AzureOpenAI({ endpoint, apiKey, apiVersion: '2025-04-01-preview', maxRetries: 0 }),
    },
    { name: 'v1', client: new OpenAI({ baseURL: `${endpoint}/openai/v1/`, apiKey, maxRetries: 0 }) },
    {
      name: 'dated with a token',
      client: new AzureOpenAI({
        endpoint,
        apiVersion: '2025-04-01-preview',
        azureADTokenProvider: async () =>
          (await azure.credential().getToken('https://cognitiveservices.azure.com/.default')).token,
        maxRetries: 0,
      }),
    },
  ];
});

afterAll(async () => {
  await azure.close();
});

const each = ['dated', 'v1', 'dated with a token'];

function clientOf(name: string): OpenAI {
  const found = surfaces.find((surface) => surface.name === name);
  if (found === undefined) throw new Error(name);
  return found.client;
}

describe.each(each)('the openai SDK on %s', (name) => {
  test('completes a chat, whole and streamed, with the same text', async () => {
    const client = clientOf(name);
    const body = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'What is Azure?' }] };
    const whole = await client.chat.completions.create(body);
    expect(whole.model).toBe('gpt-4o-2024-11-20');
    expect(whole._request_id).toMatch(/^[0-9a-f-]{36}$/);
    let text = '';
    let usage;
    const stream = await client.chat.completions.create({
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(usage?.total_tokens).toBe(whole.usage?.total_tokens);
  });

  test('runs tools to an answer', async () => {
    const runner = clientOf(name).chat.completions.runTools({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'What is the weather in Lisbon?' }],
      tools: [
        {
          type: 'function',
          function: {
            ...weather.function,
            parse: JSON.parse,
            function: ({ city }: { city: string }) => `It is 21 degrees and sunny in ${city}.`,
          },
        },
      ],
    });
    expect(await runner.finalContent()).toContain('21');
  });

  test('streams tool calls', async () => {
    const stream = clientOf(name).chat.completions.stream({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'What is the weather in Lisbon and in Porto?' }],
      tools: [weather],
    });
    const completion = await stream.finalChatCompletion();
    const [choice] = completion.choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    const calls = choice?.message.tool_calls?.map(
      (call) => call.type === 'function' && call.function.arguments,
    );
    expect(calls).toEqual(['{"city":"Lisbon"}', '{"city":"Porto"}']);
  });

  test('parses a structured output', async () => {
    const Invoice = z.object({ number: z.string(), total: z.number() });
    const completion = await clientOf(name).chat.completions.parse({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'Extract: number: A-17\ntotal: 12.50' }],
      response_format: zodResponseFormat(Invoice, 'invoice'),
    });
    expect(completion.choices[0]?.message.parsed).toEqual({ number: 'A-17', total: 12.5 });
  });

  test('creates a response, whole and streamed', async () => {
    const client = clientOf(name);
    const whole = await client.responses.create({ model: 'gpt-5-mini', input: 'What is Azure?' });
    expect(whole.output_text).not.toBe('');
    const types = [];
    const stream = await client.responses.create({
      model: 'gpt-5-mini',
      input: 'What is Azure?',
      stream: true,
    });
    for await (const event of stream) types.push(event.type);
    expect(types[0]).toBe('response.created');
    expect(types.at(-1)).toBe('response.completed');
  });

  test('embeds', async () => {
    const { data } = await clientOf(name).embeddings.create({
      model: 'text-embedding-3-small',
      input: ['one', 'two'],
    });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([1536, 1536]);
  });

  test('stores, lists, updates and deletes completions', async () => {
    const client = clientOf(name);
    const { id } = await client.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'Remember this' }],
      store: true,
      metadata: { on: name },
    });
    const listed = await client.chat.completions.list({ metadata: { on: name } });
    expect(listed.data.map((completion) => completion.id)).toEqual([id]);
    const updated = await client.chat.completions.update(id, { metadata: { on: 'x' } });
    expect((updated as { metadata?: unknown }).metadata).toEqual({ on: 'x' });
    expect((await client.chat.completions.messages.list(id)).data[0]?.content).toBe('Remember this');
    expect((await client.chat.completions.delete(id)).deleted).toBe(true);
    await expect(client.chat.completions.retrieve(id)).rejects.toThrow(OpenAI.NotFoundError);
  });

  test('throws the classes that the service makes it throw', async () => {
    const client = clientOf(name);
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    const create = async (model: string, more: object = {}): Promise<unknown> =>
      client.chat.completions.create({ model, messages, ...more });
    await expect(create('nope')).rejects.toMatchObject({ status: 404, code: 'DeploymentNotFound' });
    await expect(create('text-embedding-3-small')).rejects.toMatchObject({
      status: 400,
      code: 'OperationNotSupported',
    });
    await expect(create('gpt-5-mini', { temperature: 0.1 })).rejects.toMatchObject({
      code: 'unsupported_value',
      param: 'temperature',
    });
    await expect(create('gpt-5-mini', { max_tokens: 10 })).rejects.toMatchObject({
      code: 'unsupported_parameter',
      param: 'max_tokens',
    });
    await expect(
      client.chat.completions.create({
        model: 'gpt-4o',
        messages: [{ role: 'user', content: 'mock-filter:prompt:violence' }],
      }),
    ).rejects.toMatchObject({
      status: 400,
      code: 'content_filter',
      param: 'prompt',
      requestID: expect.any(String) as string,
    });
  });
});

test('the openai SDK on v1 with a token and no api-version', async () => {
  const client = new OpenAI({
    baseURL: `${azure.endpoint}/openai/v1/`,
    apiKey: async () => (await azure.credential().getToken('https://ai.azure.com/.default')).token,
  });
  const answer = await client.chat.completions.create({
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'Hi' }],
  });
  expect(answer.choices[0]?.finish_reason).toBe('stop');
});

test('the openai SDK reads a wrong key', async () => {
  const client = new OpenAI({
    baseURL: `${azure.endpoint}/openai/v1/`,
    apiKey: 'wrong',
    defaultHeaders: { 'api-key': 'wrong' },
  });
  await expect(client.chat.completions.list()).rejects.toMatchObject({
    status: 401,
    code: '401',
    requestID: null,
  });
});
