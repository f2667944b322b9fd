import { AzureKeyCredential, SearchClient, SearchIndexClient } from '@azure/search-documents';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';
import { silence } from './audio-output.ts';

let azure: MockAzure;

beforeAll(async () => {
  azure = await startMockAzure();
});

afterAll(async () => {
  await azure.close();
});

interface Choice {
  readonly finish_reason: string;
  readonly logprobs: {
    readonly content: readonly { readonly token: string; readonly top_logprobs: unknown[] }[];
  } | null;
  readonly message: {
    readonly content: string | null;
    readonly tool_calls?: readonly {
      readonly function: { readonly name: string; readonly arguments: string };
    }[];
    readonly [name: string]: unknown;
  };
}

interface Answer {
  readonly choices: readonly Choice[];
  readonly usage: Record<string, number> & {
    readonly completion_tokens_details: Record<string, number>;
    readonly prompt_tokens_details: Record<string, number>;
  };
  readonly error: { readonly message: string; readonly param: string | null; readonly code: string | null };
  readonly [name: string]: unknown;
}

async function ask(content: unknown, more: Record<string, unknown> = {}): Promise<Answer> {
  const messages = Array.isArray(content) ? content : [{ role: 'user', content }];
  const response = await fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', messages, ...more }),
  });
  return (await response.json()) as Answer;
}

const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const mail = {
  type: 'function',
  function: {
    name: 'send_mail',
    parameters: { type: 'object', properties: { to: { type: 'string' } }, required: ['to'] },
  },
};

const allowed = (mode: string) => ({
  type: 'allowed_tools',
  allowed_tools: { mode, tools: [{ type: 'function', function: { name: 'get_weather' } }] },
});

test('the keys of an answer are in alphabetical order, as on the wire', async () => {
  const answer = await ask('Hi');
  expect(Object.keys(answer)).toEqual([
    'choices',
    'created',
    'id',
    'model',
    'object',
    'prompt_filter_results',
    'routing',
    'service_tier',
    'system_fingerprint',
    'usage',
  ]);
  expect(Object.keys(answer.choices[0] ?? {})).toEqual([
    'content_filter_results',
    'finish_reason',
    'index',
    'logprobs',
    'message',
  ]);
  expect(Object.keys(answer.choices[0]?.message ?? {})).toEqual([
    'annotations',
    'content',
    'refusal',
    'role',
  ]);
  expect(Object.keys(answer.usage)).toEqual([
    'completion_tokens',
    'completion_tokens_details',
    'latency_checkpoint',
    'prompt_tokens',
    'prompt_tokens_details',
    'total_tokens',
  ]);
});

test('an older era has neither the newer keys nor the newer headers', async () => {
  const old = await startMockAzure({ headers: '2024' });
  const response = await fetch(`${old.endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': old.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }),
  });
  const answer = (await response.json()) as Answer;
  expect(answer).not.toHaveProperty('routing');
  expect(answer).not.toHaveProperty('service_tier');
  expect(answer.choices[0]?.message).not.toHaveProperty('annotations');
  expect(Object.keys(answer.usage)).toEqual(['completion_tokens', 'prompt_tokens', 'total_tokens']);
  expect(response.headers.get('x-ms-served-model')).toBeNull();
  expect(response.headers.get('azureml-model-session')).toBe('turbo-0301-b90147a4');
  await old.close();
});

test('max_tokens cuts the answer with finish_reason length', async () => {
  const whole = await ask('Say exactly: one two three four five six');
  const cut = await ask('Say exactly: one two three four five six', { max_tokens: 3 });
  expect(cut.choices[0]?.finish_reason).toBe('length');
  expect(cut.usage['completion_tokens']).toBe(3);
  expect(whole.choices[0]?.message.content?.startsWith(cut.choices[0]?.message.content ?? '?')).toBe(true);
});

test('max_completion_tokens limits thinking and answer together', async () => {
  const { usage } = await ask('Say exactly: one two three four five six', {
    model: 'gpt-5-mini',
    max_completion_tokens: 8,
  });
  expect(usage['completion_tokens']).toBeLessThanOrEqual(8);
  expect(usage.completion_tokens_details['reasoning_tokens']).toBe(4);
});

test('reasoning tokens follow the effort', async () => {
  const tokens = async (effort: string): Promise<number | undefined> =>
    (await ask('Hi', { model: 'gpt-5-mini', reasoning_effort: effort })).usage.completion_tokens_details[
      'reasoning_tokens'
    ];
  expect(await tokens('minimal')).toBe(0);
  expect(await tokens('high')).toBeGreaterThan((await tokens('low')) ?? 0);
  expect((await ask('Hi', { model: 'gpt-5-mini', reasoning_effort: 'xhigh' })).error.message).toBe(
    "Unsupported value: 'reasoning_effort' does not support 'xhigh' with this model. Supported values are: 'minimal', 'low', 'medium', and 'high'.",
  );
  expect((await ask('Hi', { reasoning_effort: 'low' })).error.message).toBe(
    'Unrecognized request argument supplied: reasoning_effort',
  );
});

test('flex processing is refused where the model has none', async () => {
  const refused = await ask('Hi', { service_tier: 'flex' });
  expect(refused.error).toMatchObject({ type: 'invalid_request_error', param: 'service_tier' });
  expect((await ask('Hi', { model: 'gpt-5-mini', service_tier: 'flex' }))['service_tier']).toBe('flex');
});

test.each([
  ['ten', 'one '],
  [['six', 'three'], 'one two '],
])('stop %j ends the answer before it', async (stop, expected) => {
  azure.reply('gpt-4o', 'one ten two three six'.replace('ten ', Array.isArray(stop) ? '' : 'ten '));
  const { choices } = await ask('Hi', { stop });
  expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: expected } });
});

test('n gives that many choices', async () => {
  const { choices, usage } = await ask('Say exactly: word', { n: 3 });
  expect(choices.map((choice) => (choice as unknown as { index: number }).index)).toEqual([0, 1, 2]);
  expect(usage['completion_tokens']).toBe(
    3 * ((await ask('Say exactly: word')).usage['completion_tokens'] ?? 0),
  );
});

test('log probabilities cover every token, with as many alternatives as asked', async () => {
  const { choices } = await ask('Say exactly: one two', { logprobs: true, top_logprobs: 2 });
  const content = choices[0]?.logprobs?.content ?? [];
  expect(content.map(({ token }) => token).join('')).toBe(choices[0]?.message.content);
  expect(content.every(({ top_logprobs }) => top_logprobs.length === 2)).toBe(true);
});

describe('tools', () => {
  test('an offered tool that fits is called', async () => {
    const { choices } = await ask('What is the weather in Lisbon?', { tools: [mail, weather] });
    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: null,
        tool_calls: [{ type: 'function', function: { name: 'get_weather', arguments: '{"city":"Lisbon"}' } }],
      },
    });
  });

  test.each([
    ['none', undefined],
    ['required', 1],
    [{ type: 'function', function: { name: 'send_mail' } }, 1],
  ])('tool_choice %j is obeyed', async (tool_choice, calls) => {
    const { choices } = await ask('Hello', { tools: [mail, weather], tool_choice });
    expect(choices[0]?.message.tool_calls?.length).toBe(calls);
    if (typeof tool_choice === 'object')
      expect(choices[0]?.message.tool_calls?.[0]?.function.name).toBe('send_mail');
  });

  test.each([
    ['tool_calls', { tool_choice: 'required' }],
    ['stop', { tool_choice: { type: 'function', function: { name: 'get_weather' } } }],
    ['tool_calls', { tool_choice: null, function_call: null }],
    ['function_call', { tools: undefined, functions: [weather.function], function_call: 'auto' }],
    ['stop', { tools: undefined, functions: [weather.function], function_call: { name: 'get_weather' } }],
    ['tool_calls', { tool_choice: allowed('required') }],
  ])('ends with %s after %j', async (finish_reason, body) => {
    const { choices } = await ask('What is the weather in Lisbon?', { tools: [weather], ...body });
    expect(choices[0]).toMatchObject({ finish_reason });
  });

  test('parallel_tool_calls: false allows one', async () => {
    const question = 'What is the weather in Lisbon and in Porto?';
    expect((await ask(question, { tools: [weather] })).choices[0]?.message.tool_calls).toHaveLength(2);
    const one = await ask(question, { tools: [weather], parallel_tool_calls: false });
    expect(one.choices[0]?.message.tool_calls).toHaveLength(1);
  });

  test('functions of the old kind are answered in their own words', async () => {
    const { choices } = await ask('What is the weather in Lisbon?', { functions: [weather.function] });
    expect(choices[0]).toMatchObject({
      finish_reason: 'function_call',
      message: { content: null, function_call: { name: 'get_weather', arguments: '{"city":"Lisbon"}' } },
    });
  });

  test('a custom tool gets text', async () => {
    const { choices } = await ask('Run this: print(1)', {
      model: 'gpt-5-mini',
      tools: [{ type: 'custom', custom: { name: 'run_code', description: 'Runs Python code' } }],
      tool_choice: 'required',
    });
    expect(choices[0]?.message.tool_calls).toEqual([
      {
        custom: { input: expect.any(String) as string, name: 'run_code' },
        id: expect.stringMatching(/^call_/) as string,
        type: 'custom',
      },
    ]);
  });

  test.each([
    [
      [{ role: 'tool', tool_call_id: 'a', content: 'x' }],
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    ],
    [
      [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'user', content: 'So?' },
      ],
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: call_1",
    ],
  ])('calls and results must match %#', async (messages, message) => {
    expect((await ask(messages)).error.message).toBe(message);
  });

  test('tool_choice without tools is refused', async () => {
    expect((await ask('Hi', { tool_choice: 'auto' })).error.message).toBe(
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
    );
  });
});

describe('structured outputs', () => {
  test('JSON mode wants the word in the messages', async () => {
    const refused = await ask('Hi', { response_format: { type: 'json_object' } });
    expect(refused.error.message).toBe(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
    );
    const answer = await ask('Hi, as JSON', { response_format: { type: 'json_object' } });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toBeTypeOf('object');
  });

  test.each([
    [
      { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
      "Invalid schema for response_format 'x': In context=(), 'additionalProperties' is required to be supplied and to be false.",
    ],
    [
      {
        type: 'object',
        properties: {
          a: { type: 'array', items: { type: 'object', properties: { b: {} }, additionalProperties: false } },
        },
        required: ['a'],
        additionalProperties: false,
      },
      "Invalid schema for response_format 'x': In context=('properties', 'a', 'items'), 'required' is required to be supplied and to be an array including every key in properties. Missing 'b'.",
    ],
    [
      { type: 'array', items: {} },
      `Invalid schema for response_format 'x': schema must be a JSON Schema of 'type: "object"', got 'type: "array"'.`,
    ],
  ])('strict mode refuses a loose schema %#', async (schema, message) => {
    const format = { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } };
    expect((await ask('Hi', { response_format: format })).error.message).toBe(message);
  });
});

test('pictures and sound are accepted', async () => {
  const { choices } = await ask([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is in this picture?' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } },
        { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
      ],
    },
  ]);
  expect(choices[0]?.message.content).not.toBe('');
});

test('a spoken answer has sound and a transcript in place of text, for an hour', async () => {
  azure.reply('gpt-4o', 'Good day');
  const answer = await ask('Hi', {
    modalities: ['text', 'audio'],
    audio: { voice: 'alloy', format: 'wav' },
  });
  expect(answer.choices[0]?.message).toEqual({
    annotations: [],
    audio: {
      data: silence(2),
      expires_at: Number(answer['created']) + 3600,
      id: expect.stringMatching(/^audio_[\dA-Za-z]{24}$/) as string,
      transcript: 'Good day',
    },
    content: null,
    refusal: null,
    role: 'assistant',
  });
});

test('a long prompt that was sent before comes from the cache, in steps of 128 tokens', async () => {
  const long = 'The handbook says a lot about travel. '.repeat(300);
  expect((await ask(long)).usage.prompt_tokens_details['cached_tokens']).toBe(0);
  const cached = (await ask(`${long} And then?`)).usage.prompt_tokens_details['cached_tokens'] ?? 0;
  expect(cached).toBeGreaterThan(1024);
  expect(cached % 128).toBe(0);
});

test.each<[unknown, number]>([
  ['let a = 1; let b = 2;', 12],
  ['let a = 1; let b = 2; let c;', 12],
  ['let a = 1; let c = 3;', 7],
  ['const', 0],
  ['', 0],
  [[{ type: 'text', text: 'let a = 1;' }], 0],
  [null, 0],
])('of the predicted output %j %i tokens were right', async (content, tokens) => {
  azure.reply('gpt-4o', 'let a = 1; let b = 2;');
  const { usage } = await ask('Hi', { prediction: { type: 'content', content } });
  expect(usage.completion_tokens_details['accepted_prediction_tokens']).toBe(tokens);
});

test('each answer of several thinks for itself', async () => {
  azure.reply('gpt-5-mini', 'one two');
  const { usage } = await ask('Hi', { model: 'gpt-5-mini', max_completion_tokens: 20, n: 3 });
  expect(usage.completion_tokens_details['reasoning_tokens']).toBe(3 * 10);
  expect(usage['completion_tokens']).toBe(3 * (10 + 2));
});

test.each<[unknown, string]>([
  [7, "Invalid type for 'stop': expected an array of strings, but got an integer instead."],
  [['a', 7], "Invalid type for 'stop[1]': expected a string, but got an integer instead."],
  [
    ['a', 'b', 'c', 'd', 'e'],
    "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length 5 instead.",
  ],
])('refuses to stop at %j', async (stop, message) => {
  expect((await ask('Hi', { stop })).error.message).toBe(message);
});

describe('On Your Data', () => {
  test('searches the index and cites what it finds', async () => {
    const asked: unknown[] = [];
    const index = createServer((incoming, outgoing) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => {
        asked.push([incoming.url, incoming.headers['api-key'], JSON.parse(text)]);
        const content = 'Employees get 30 days of vacation each year.';
        outgoing.end(
          JSON.stringify({
            value: [{ '@search.score': 1, content, title: 'Vacation', filepath: 'vacation.md' }],
          }),
        );
      });
    });
    await new Promise<void>((resolve) => index.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(index.address() as AddressInfo).port}`;
    const parameters = { endpoint, index_name: 'handbook', authentication: { type: 'api_key', key: 'k' } };
    const { choices } = await ask('How many days of vacation do employees get?', {
      data_sources: [{ type: 'azure_search', parameters }],
    });
    expect(choices[0]?.message.content).toContain('30 days');
    expect(choices[0]?.message.content).toContain('[doc1]');
    expect(choices[0]?.message['context']).toEqual({
      citations: [
        {
          content: 'Employees get 30 days of vacation each year.',
          title: 'Vacation',
          url: null,
          filepath: 'vacation.md',
          chunk_id: '0',
        },
      ],
      intent: '["How many days of vacation do employees get?"]',
    });
    expect(asked).toEqual([
      [
        '/indexes/handbook/docs/search?api-version=2024-07-01',
        'k',
        { search: 'How many days of vacation do employees get?', top: 5 },
      ],
    ]);
    index.close();
  });

  test("signs in to the mock's own search service as the resource", async () => {
    const credential = new AzureKeyCredential(azure.search.adminKey);
    const insecure = { allowInsecureConnection: true };
    const indexes = new SearchIndexClient(azure.search.insecureEndpoint, credential, insecure);
    await indexes.createIndex({
      name: 'rules',
      fields: [
        { name: 'id', type: 'Edm.String', key: true },
        { name: 'content', type: 'Edm.String', searchable: true },
      ],
    });
    const documents = new SearchClient<{ id: string; content: string }>(
      azure.search.insecureEndpoint,
      'rules',
      credential,
      insecure,
    );
    await documents.uploadDocuments([{ id: '1', content: 'Travel is booked by the travel desk.' }]);
    const parameters = {
      endpoint: azure.search.endpoint,
      index_name: 'rules',
      authentication: { type: 'system_assigned_managed_identity' },
      include_contexts: ['citations', 'intent', 'all_retrieved_documents'],
    };
    const { choices } = await ask('Who books travel?', {
      data_sources: [{ type: 'azure_search', parameters }],
    });
    expect(choices[0]?.message.content).toContain('travel desk');
    expect(choices[0]?.message['context']).toMatchObject({
      all_retrieved_documents: [{ content: 'Travel is booked by the travel desk.', data_source_index: 0 }],
    });
  });

  test('a blocked prompt has the verdicts in `inner_error`', async () => {
    const { error } = await ask('mock-filter:prompt:hate', {
      data_sources: [{ type: 'azure_search', parameters: {} }],
    });
    expect(error).toMatchObject({
      code: 'content_filter',
      inner_error: { code: 'ResponsibleAIPolicyViolation' },
    });
    expect(error.message).toContain('documentation: \r\nhttps://go.microsoft.com/fwlink/?linkid=2198766.');
  });

  const elsewhere = { endpoint: 'https://contoso.search.windows.net', index_name: 'x' };

  test('an index that is not on this machine is not asked', async () => {
    const { choices } = await ask('Say exactly: one two', {
      data_sources: [{ type: 'azure_search', parameters: elsewhere }],
    });
    expect(choices[0]?.message.content).toBe(
      'The requested information is not available in the retrieved data. Please try another query or topic.',
    );
  });

  test('an answer may go beyond the documents where the caller says so, and by calling a tool', async () => {
    const parameters = { ...elsewhere, in_scope: false };
    const free = await ask('Say exactly: one two', { data_sources: [{ type: 'azure_search', parameters }] });
    expect(free.choices[0]?.message.content).toBe('one two');
    const calling = await ask('What is the weather in Lisbon?', {
      data_sources: [{ type: 'azure_search', parameters: elsewhere }],
      tools: [weather],
    });
    expect(calling.choices[0]?.message).toMatchObject({ content: null, tool_calls: [{ type: 'function' }] });
  });

  test('an answer and its message say that they come from documents', async () => {
    const answer = await ask('Hi', { data_sources: [{ type: 'azure_search', parameters: elsewhere }] });
    expect(answer['object']).toBe('extensions.chat.completion');
    expect(answer.choices[0]?.message).toMatchObject({
      context: { citations: [], intent: '["Hi"]' },
      end_turn: true,
    });
  });
});
