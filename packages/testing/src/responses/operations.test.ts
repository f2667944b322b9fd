import OpenAI, { AzureOpenAI, toFile } from 'openai';
import { describe, expect, test } from 'vitest';
import { useClockedMock } from '../batches/clocked.fake.ts';
import { errorInStream } from '../script/body-faults.ts';
import { cutMidStream } from '../script/connection-faults.ts';
import { startMockAzure } from '../start-mock-azure.ts';

const fixture = useClockedMock();

const model = 'gpt-4.1';
const weather = {
  type: 'function' as const,
  name: 'get_weather',
  description: 'Get the weather in a city',
  strict: true,
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};

describe('create', () => {
  test('answers in the shape of the service, and names the deployment as the model', async () => {
    const response = await fixture.client.responses.create({
      model,
      input: 'Hello world',
      metadata: { run: '7' },
    });
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'gpt-4.1',
      output_text: 'Hello, world! How can I help you today?',
      metadata: { run: '7' },
      error: null,
      content_filters: [{ blocked: false, source_type: 'prompt' }, { source_type: 'completion' }],
    });
    expect(response.id).toMatch(/^resp_\w{50}$/);
    expect(response.usage?.total_tokens).toBe(
      (response.usage?.input_tokens ?? 0) + (response.usage?.output_tokens ?? 0),
    );
  });

  test('speaks a dated api-version as well, from the one that brought it on', async () => {
    const options = { endpoint: fixture.azure.endpoint, apiKey: fixture.azure.apiKey, maxRetries: 0 };
    const preview = new AzureOpenAI({ ...options, apiVersion: '2025-04-01-preview' });
    const old = new AzureOpenAI({ ...options, apiVersion: '2024-10-21' });
    expect((await preview.responses.create({ model, input: 'Hello world' })).status).toBe('completed');
    await expect(old.responses.create({ model, input: 'Hello world' })).rejects.toMatchObject({
      status: 404,
    });
  });

  test('calls a tool, and answers from its output in the next turn', async () => {
    const first = await fixture.client.responses.create({
      model,
      input: 'What is the weather in Oslo?',
      tools: [weather],
    });
    const [call] = first.output;
    if (call?.type !== 'function_call') throw new Error('no call');
    expect(JSON.parse(call.arguments)).toEqual({ city: 'Oslo' });
    const second = await fixture.client.responses.create({
      model,
      previous_response_id: first.id,
      tools: [weather],
      input: [{ type: 'function_call_output', call_id: call.call_id, output: '{"temperature":-3}' }],
    });
    expect(second.output_text).toBe('Temperature -3.');
    expect(second.previous_response_id).toBe(first.id);
  });

  test('searches the files of a vector store and cites them', async () => {
    const text = 'The canteen opens at noon.\n\nEmployees get 25 vacation days a year.';
    const file = await fixture.client.files.create({
      file: await toFile(Buffer.from(text), 'handbook.md'),
      purpose: 'assistants',
    });
    const { id } = await fixture.client.vectorStores.create({ file_ids: [file.id] });
    await fixture.clock.advance(1000);
    const tools = [{ type: 'file_search' as const, vector_store_ids: [id] }];
    const input = 'How many vacation days do I get?';
    const response = await fixture.client.responses.create({
      model,
      input,
      tools,
      include: ['file_search_call.results'],
    });
    expect(response.output_text).toBe('Employees get 25 vacation days a year.');
    expect(response.output).toMatchObject([
      { type: 'file_search_call', queries: [input], results: [{ filename: 'handbook.md' }] },
      {
        content: [
          { annotations: [{ type: 'file_citation', index: 38, file_id: file.id, filename: 'handbook.md' }] },
        ],
      },
    ]);
    const hello = await fixture.client.responses.create({ model, input: 'Hello world', tools });
    expect(hello.output).toHaveLength(1);
    const missing = [{ type: 'file_search' as const, vector_store_ids: ['vs_nope'] }];
    await expect(fixture.client.responses.create({ model, input, tools: missing })).rejects.toMatchObject({
      status: 404,
    });
  });

  test('fills a schema', async () => {
    const parsed = await fixture.client.responses.parse({
      model,
      input: 'Alice and Bob are going to a science fair on Friday.',
      text: {
        format: {
          type: 'json_schema',
          name: 'event',
          strict: true,
          schema: {
            type: 'object',
            properties: {
              date: { type: 'string' },
              participants: { type: 'array', items: { type: 'string' } },
            },
            required: ['date', 'participants'],
            additionalProperties: false,
          },
        },
      },
    });
    expect(JSON.parse(parsed.output_text)).toEqual({ date: 'Friday', participants: ['Alice', 'Bob'] });
  });

  test('stops at the token limit and says why', async () => {
    const input = 'Write a story about dragons';
    const response = await fixture.client.responses.create({ model, input, max_output_tokens: 16 });
    expect(response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    });
    expect(response.usage?.output_tokens).toBe(16);
  });

  test('thinks where the model does, and shows a summary when asked', async () => {
    const response = await fixture.client.responses.create({
      model: 'gpt-5-mini',
      input: 'Hello world',
      reasoning: { effort: 'low', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    });
    const [thought] = response.output;
    expect(thought).toMatchObject({ type: 'reasoning', summary: [{ type: 'summary_text' }] });
    expect(thought).toHaveProperty('encrypted_content');
    expect(response.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(0);
  });

  test.each<[object, number, string]>([
    [
      { input: 'x', previous_response_id: 'resp_nope' },
      400,
      "Previous response with id 'resp_nope' not found.",
    ],
    [{}, 400, "One of 'input' or 'previous_response_id'"],
    [{ input: 7 }, 400, "Invalid type for 'input'"],
    [{ input: [{ type: 'nope' }] }, 400, "Invalid value: 'nope'"],
    [{ input: [{ role: 'user' }] }, 400, "Missing required parameter: 'input[0].content'"],
    [
      { input: [{ type: 'function_call_output', call_id: 'call_1', output: '' }] },
      400,
      'No tool call found for function call output with call_id call_1.',
    ],
    [{ input: 'x', max_output_tokens: 3 }, 400, 'Expected a value >= 16'],
    [{ input: 'x', tools: [{ type: 'function' }] }, 400, "Missing required parameter: 'tools[0].name'"],
    [{ input: 'x', text: { format: { type: 'json_object' } } }, 400, "must contain the word 'json'"],
    [{ input: 'x', include: ['everything'] }, 400, "Invalid value: 'everything'"],
    [
      { input: 'x', temperature: 0.1, model: 'gpt-5-mini' },
      400,
      "Unsupported parameter: 'temperature' is not supported with this model.",
    ],
    [
      { input: 'x', reasoning: { effort: 'low' } },
      400,
      "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
    ],
    [
      { input: 'x', reasoning: { effort: 'xhigh' }, model: 'gpt-5-mini' },
      400,
      "Unsupported value: 'xhigh' is not supported with the 'gpt-5-mini' model. Supported values are: 'minimal', 'low', 'medium', and 'high'.",
    ],
    [{ input: 'x', nope: 1, other: 2 }, 400, "Unknown parameter: 'nope'."],
    [
      { messages: [] },
      400,
      "Unsupported parameter: 'messages'. In the Responses API, this parameter has moved to 'input'.",
    ],
    [{ input: 'x', model: 'nope' }, 404, 'The API deployment for this resource does not exist.'],
    [{ input: 'x', conversation: 'conv_nope' }, 404, "Conversation with id 'conv_nope' not found."],
    [{ input: 'word '.repeat(1_050_000) }, 400, 'exceeds the context window'],
  ])('refuses %o', async (body, status, message) => {
    const failing = fixture.client.responses.create({ model, ...body } as never) as Promise<unknown>;
    await expect(failing).rejects.toMatchObject({ status });
    await expect(failing).rejects.toThrow(message);
  });

  test('answers a blocked prompt in the words of the Responses API', async () => {
    await expect(
      fixture.client.responses.create({ model, input: 'mock-filter:prompt:violence:high' }),
    ).rejects.toMatchObject({
      status: 400,
      code: 'content_filter',
      param: 'prompt',
      error: { content_filters: [{ blocked: true, source_type: 'prompt' }] },
    });
  });

  test('ends an answer that a filter cut as incomplete', async () => {
    const response = await fixture.client.responses.create({
      model,
      input: 'Say mock-filter:completion:hate',
    });
    expect(response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'content_filter' },
    });
  });
});

describe('stream', () => {
  test('sends every event in order, and [DONE] at the end', async () => {
    const response = await fetch(`${fixture.azure.endpoint}/openai/v1/responses`, {
      method: 'POST',
      headers: { 'api-key': fixture.azure.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ model, input: 'Say hi', stream: true }),
    });
    const lines = (await response.text()).split('\n\n').filter((line) => line !== '');
    expect(lines.pop()).toBe('data: [DONE]');
    const events = lines.map(
      (line) => JSON.parse(line.slice(6)) as { type: string; sequence_number: number },
    );
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
    expect(events.map((event) => event.type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events[4]).toHaveProperty('obfuscation');
    // There is no text yet that could be judged.
    for (const event of events.slice(0, 2))
      expect(event).toMatchObject({ response: { status: 'in_progress', content_filters: null } });
    expect(events.at(-1)).toMatchObject({ response: { status: 'completed', content_filters: [{}, {}] } });
  });

  test('names its events where the mock is one of 2025', async () => {
    const old = await startMockAzure({ headers: '2025' });
    const { endpoint, apiKey } = old;
    const response = await fetch(`${endpoint}/openai/v1/responses`, {
      method: 'POST',
      headers: { 'api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ model, input: 'Say hi', stream: true }),
    });
    const events = (await response.text()).split('\n\n').slice(0, -2);
    for (const event of events) expect(event).toMatch(/^event: (response\.[\w.]+)\ndata: \{"type":"\1",/);
    const sdk = new OpenAI({ baseURL: `${endpoint}/openai/v1/`, apiKey });
    const final = await sdk.responses.stream({ model, input: 'Say hi' }).finalResponse();
    expect(final.output_text).toBe('Hi!');
    await old.close();
  });

  test.each([
    [0, [1, 2]],
    [3, [0, 1, 2, 3, 4]],
  ])(
    'with an error after %i events goes on counting, about the same response',
    async (afterChunks, numbers) => {
      fixture.azure.fail(model, errorInStream({ afterChunks }));
      const response = await fetch(`${fixture.azure.endpoint}/openai/v1/responses`, {
        method: 'POST',
        headers: { 'api-key': fixture.azure.apiKey, 'content-type': 'application/json' },
        body: JSON.stringify({ model, input: 'Say hi', stream: true }),
      });
      const lines = (await response.text()).split('\n\n').filter((line) => line !== '');
      const events = lines.map(
        (line) => JSON.parse(line.slice(6)) as { sequence_number: number; response?: { id: string } },
      );
      expect(events.map((event) => event.sequence_number)).toEqual(numbers);
      expect(new Set(events.flatMap((event) => event.response?.id ?? [])).size).toBe(1);
    },
  );

  test('is what the SDK puts together again', async () => {
    const stream = fixture.client.responses.stream({
      model,
      input: 'Weather in Oslo and Rome?',
      tools: [weather],
    });
    const deltas: string[] = [];
    stream.on('response.function_call_arguments.delta', (event) => deltas.push(event.delta));
    const final = await stream.finalResponse();
    const written = final.output.map((item) => (item.type === 'function_call' ? item.arguments : ''));
    expect(written).toEqual(['{"city":"Oslo"}', '{"city":"Rome"}']);
    expect(deltas.join('')).toBe(written.join(''));
  });

  test('has no padding when told so', async () => {
    const stream = await fixture.client.responses.create({
      model,
      input: 'Say hi',
      stream: true,
      stream_options: { include_obfuscation: false },
    });
    for await (const event of stream) expect(event).not.toHaveProperty('obfuscation');
  });
});

describe('stored responses', () => {
  test('can be read, listed by input and deleted', async () => {
    const { id } = await fixture.client.responses.create({ model, input: 'Hello world' });
    expect((await fixture.client.responses.retrieve(id)).id).toBe(id);
    const items = await fixture.client.responses.inputItems.list(id);
    expect(items.data).toMatchObject([
      { type: 'message', content: [{ type: 'input_text', text: 'Hello world' }] },
    ]);
    await fixture.client.responses.delete(id);
    await expect(fixture.client.responses.retrieve(id)).rejects.toThrow(
      `Response with id '${id}' not found.`,
    );
  });

  test('are not kept with store: false', async () => {
    const { id } = await fixture.client.responses.create({ model, input: 'Hello world', store: false });
    await expect(fixture.client.responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });

  test('remember what was said before them', async () => {
    const first = await fixture.client.responses.create({ model, input: 'My name is Ada.' });
    const second = await fixture.client.responses.create({
      model,
      input: 'What is my name?',
      previous_response_id: first.id,
    });
    expect(second.output_text).toBe('My name is Ada.');
  });

  test('go through queued and in_progress in the background', async () => {
    const { id, status } = await fixture.client.responses.create({
      model,
      input: 'Hello world',
      background: true,
    });
    expect(status).toBe('queued');
    await fixture.clock.advance(200);
    expect(await fixture.client.responses.retrieve(id)).toMatchObject({
      status: 'in_progress',
      output: [],
      usage: null,
    });
    await fixture.clock.advance(60_000);
    expect((await fixture.client.responses.retrieve(id)).status).toBe('completed');
  });

  describe('that run in the background and are streamed', () => {
    async function begin(): Promise<{
      id: string;
      numbers: number[];
      types: string[];
      ended: Promise<void>;
    }> {
      const events = await fixture.client.responses.create({
        model,
        input: 'Hello world',
        background: true,
        stream: true,
      });
      const numbers: number[] = [];
      const types: string[] = [];
      const created = Promise.withResolvers<string>();
      const ended = (async () => {
        for await (const event of events) {
          numbers.push(event.sequence_number);
          types.push(event.type);
          if (event.type === 'response.created') created.resolve(event.response.id);
        }
      })();
      return { id: await created.promise, numbers, types, ended };
    }

    test('hand out their id at once and the rest as it comes about', async () => {
      const { id, types, numbers, ended } = await begin();
      await expect.poll(() => types).toEqual(['response.created', 'response.queued']);
      expect((await fixture.client.responses.retrieve(id)).status).toBe('queued');
      await fixture.clock.advance(100);
      await expect.poll(() => types.at(-1)).toBe('response.in_progress');
      expect((await fixture.client.responses.retrieve(id)).status).toBe('in_progress');
      await fixture.clock.advance(60_000);
      await ended;
      expect(types.at(-1)).toBe('response.completed');
      expect(numbers).toEqual(numbers.map((_, index) => index));
      expect((await fixture.client.responses.retrieve(id)).status).toBe('completed');
    });

    test('go on after a cut where their reader stopped, without a gap and without a second run', async () => {
      fixture.azure.fail(model, cutMidStream({ afterChunks: 2 }));
      const { id, numbers, ended } = await begin();
      await expect(ended).rejects.toThrow();
      expect(numbers).toEqual([0, 1]);
      const again = await fixture.client.responses.retrieve(id, { stream: true, starting_after: 1 });
      await fixture.clock.advance(60_000);
      let last;
      for await (const event of again) {
        numbers.push(event.sequence_number);
        last = event;
      }
      expect(numbers).toEqual(numbers.map((_, index) => index));
      expect(last).toMatchObject({ type: 'response.completed', response: { id, status: 'completed' } });
      const late = await fixture.client.responses.retrieve(id, {
        stream: true,
        starting_after: numbers.length - 2,
      });
      for await (const event of late) expect(event.type).toBe('response.completed');
      expect(fixture.azure.requests(model)).toHaveLength(1);
    });

    test('end when they are cancelled', async () => {
      const { id, types, ended } = await begin();
      await fixture.clock.advance(100);
      await fixture.client.responses.cancel(id);
      await fixture.clock.advance(60_000);
      await ended;
      expect(types).not.toContain('response.completed');
      expect((await fixture.client.responses.retrieve(id)).status).toBe('cancelled');
    });

    test.each([
      ['they were created without stream', { background: true }, 'not created with stream=true'],
      ['they ran in the foreground', {}, 'not created with background=true'],
    ])('are not streamed again when %s', async (_, options, message) => {
      const { id } = await fixture.client.responses.create({ model, input: 'Hello world', ...options });
      const again = fixture.client.responses.retrieve(id, { stream: true });
      await expect(again).rejects.toMatchObject({ status: 400, param: 'stream' });
      await expect(again).rejects.toThrow(message);
    });

    test('refuse a place that is no number', async () => {
      const { id, ended } = await begin();
      await expect(
        fixture.client.responses.retrieve(id, { stream: true, starting_after: '1.5' as never }),
      ).rejects.toThrow("Invalid type for 'starting_after': expected an integer");
      await fixture.clock.advance(60_000);
      await ended;
    });
  });

  test('can be cancelled while they run in the background, and only there', async () => {
    const { id } = await fixture.client.responses.create({ model, input: 'Hello world', background: true });
    expect((await fixture.client.responses.cancel(id)).status).toBe('cancelled');
    await fixture.clock.advance(60_000);
    expect((await fixture.client.responses.retrieve(id)).status).toBe('cancelled');
    const whole = await fixture.client.responses.create({ model, input: 'Hello world' });
    await expect(fixture.client.responses.cancel(whole.id)).rejects.toThrow(
      'Cannot cancel a synchronous response.',
    );
  });

  test('compact to fewer items that still tell what was said', async () => {
    const compacted = await fixture.client.responses.compact({
      model,
      input: [
        { role: 'assistant', content: 'The project is called Northwind.' },
        { role: 'user', content: 'Noted.' },
      ],
    });
    expect(compacted.output.map((item) => item.type)).toEqual(['message', 'compaction']);
    const next = await fixture.client.responses.create({
      model,
      input: [...(compacted.output as never[]), { role: 'user', content: 'What is the project called?' }],
    });
    expect(next.output_text).toBe('The project is called Northwind.');
  });
});

describe('counting', () => {
  const turn = { model, input: 'My name is Ada.' };
  const call = {
    type: 'function_call' as const,
    call_id: 'c',
    name: 'get_weather',
    arguments: '{"city":"Oslo"}',
  };

  test.each<[string, () => object | Promise<object>]>([
    ['a question', () => ({ input: 'Hello world' })],
    ['instructions', () => ({ input: 'Hello world', instructions: 'Answer in one word, and be friendly.' })],
    ['tools', () => ({ input: 'Hello world', tools: [weather] })],
    [
      'the turns before it',
      async () => ({
        input: 'Go on',
        previous_response_id: (await fixture.client.responses.create(turn)).id,
      }),
    ],
    [
      'a conversation',
      async () => {
        const { id } = await fixture.client.conversations.create();
        await fixture.client.responses.create({ ...turn, conversation: id });
        return { input: 'Go on', conversation: id };
      },
    ],
  ])('%s gives what a response says that it read', async (_, make) => {
    const body = await make();
    const counted = await fixture.client.responses.inputTokens.count({ model, ...body });
    const response = await fixture.client.responses.create({ model, ...body });
    expect(counted).toEqual({ object: 'response.input_tokens', input_tokens: response.usage?.input_tokens });
  });

  test('reads also a call that is not answered yet', async () => {
    const { input_tokens: tokens } = await fixture.client.responses.inputTokens.count({
      model,
      input: [call],
    });
    expect(tokens).toBeGreaterThan(0);
  });

  test('refuses tools that are none', async () => {
    const counting = fixture.client.responses.inputTokens.count({ model, input: 'Hi', tools: 'x' as never });
    await expect(counting).rejects.toThrow("Invalid type for 'tools': expected an array of objects");
  });
});
