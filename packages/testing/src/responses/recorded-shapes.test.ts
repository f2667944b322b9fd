import OpenAI from 'openai';
import type { Response, ResponseCreateParamsNonStreaming, Tool } from 'openai/resources/responses/responses';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

let azure: MockAzure;
let client: OpenAI;
const model = 'gpt-4.1-mini';

async function start(headers: '2025' | '2026' = '2026'): Promise<void> {
  azure = await startMockAzure({ headers });
  client = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey, maxRetries: 0 });
}

beforeEach(async () => start());
afterEach(async () => azure.close());

async function ask(body: Partial<ResponseCreateParamsNonStreaming>): Promise<Response> {
  return client.responses.create({ model, input: 'Say hi', ...body });
}

describe('a response', () => {
  test('has the members of a recording of spring 2026, in its order', async () => {
    // azure-tool-search.1.json of @ai-sdk/azure, gpt-5.4 in March 2026.
    const members = Object.keys(await ask({})).filter((name) => name !== 'output_text');
    expect(members.join(' ')).toBe(
      'id object created_at status background completed_at content_filters error frequency_penalty incomplete_details instructions max_output_tokens max_tool_calls model output parallel_tool_calls presence_penalty previous_response_id prompt_cache_key prompt_cache_retention reasoning safety_identifier service_tier store temperature text tool_choice tools top_logprobs top_p truncation usage user metadata',
    );
    expect(await ask({})).toMatchObject({
      frequency_penalty: 0,
      presence_penalty: 0,
      prompt_cache_retention: null,
      text: { format: { type: 'text' }, verbosity: 'medium' },
    });
    const asked = { prompt_cache_retention: '24h', text: { verbosity: 'low' } } as const;
    expect(await ask(asked)).toMatchObject({
      prompt_cache_retention: '24h',
      text: { format: { type: 'text' }, verbosity: 'low' },
    });
  });

  test('lacks in 2025 what came later', async () => {
    await azure.close();
    await start('2025');
    const members = Object.keys(await ask({}));
    for (const later of ['completed_at', 'frequency_penalty', 'presence_penalty', 'prompt_cache_retention'])
      expect(members).not.toContain(later);
    expect((await ask({})).text).toEqual({ format: { type: 'text' }, verbosity: 'medium' });
  });

  test('says the tier that served it at its end', async () => {
    const tiers = [];
    for await (const event of await client.responses.create({ model, input: 'Hi', stream: true }))
      if ('response' in event) tiers.push(event.response.service_tier);
    expect(tiers).toEqual(['auto', 'auto', 'default']);
    expect((await ask({ service_tier: 'priority' })).service_tier).toBe('priority');
  });
});

describe('a function', () => {
  const properties = {
    city: { type: 'string' },
    days: { type: 'integer' },
    place: { type: 'object', properties: { lat: { type: 'number' } } },
  };
  const forecast = {
    type: 'function',
    name: 'forecast',
    parameters: { type: 'object', properties, required: ['city'] },
  };
  const asked = (strict?: boolean | null): Tool =>
    ({ ...forecast, ...(strict !== undefined && { strict }) }) as Tool;

  test.each([undefined, null])(
    'is made strict where `strict` is %s, and its call fills every property',
    async (strict) => {
      const response = await ask({
        input: 'Forecast for Oslo?',
        tools: [asked(strict)],
        tool_choice: { type: 'function', name: 'forecast' },
      });
      expect(response.tools).toEqual([
        {
          type: 'function',
          description: null,
          name: 'forecast',
          parameters: {
            type: 'object',
            properties: {
              ...properties,
              place: { ...properties.place, required: ['lat'], additionalProperties: false },
            },
            required: ['city', 'days', 'place'],
            additionalProperties: false,
          },
          strict: true,
        },
      ]);
      const [call] = response.output;
      expect(call?.type === 'function_call' && Object.keys(JSON.parse(call.arguments) as object)).toEqual([
        'city',
        'days',
        'place',
      ]);
    },
  );

  test('stays as it is with `strict: false`', async () => {
    expect((await ask({ tools: [asked(false)] })).tools[0]).toMatchObject({
      strict: false,
      parameters: { required: ['city'] },
    });
  });
});

test.each<[object, object]>([
  [
    { type: 'web_search_preview' },
    {
      type: 'web_search_preview',
      search_context_size: 'medium',
      user_location: { type: 'approximate', city: null, country: 'US', region: null, timezone: null },
    },
  ],
  [
    { type: 'image_generation', quality: 'low' },
    {
      type: 'image_generation',
      background: 'auto',
      model: 'gpt-image-1',
      moderation: 'auto',
      n: 1,
      output_compression: 100,
      output_format: 'png',
      quality: 'low',
      size: 'auto',
    },
  ],
  [
    { type: 'code_interpreter', container: { type: 'auto' } },
    { type: 'code_interpreter', container: { type: 'auto' } },
  ],
])('repeats %j with its defaults', async (tool, echo) => {
  const [repeated] = (await ask({ tools: [tool as Tool] })).tools;
  expect(JSON.stringify(repeated)).toBe(JSON.stringify(echo));
});

const interpreter: Tool = { type: 'code_interpreter', container: { type: 'auto' } };

describe('a forced hosted tool', () => {
  test('searches the web: a call, and an answer that cites', async () => {
    const response = await ask({
      input: 'What is new in Oslo?',
      tools: [{ type: 'web_search' }],
      tool_choice: 'required',
      include: ['web_search_call.action.sources'],
    });
    expect(response.output).toMatchObject([
      {
        type: 'web_search_call',
        status: 'completed',
        action: { type: 'search', query: 'What is new in Oslo?', sources: [{ type: 'url' }] },
      },
      {
        type: 'message',
        content: [{ annotations: [{ type: 'url_citation', url: 'https://example.com/' }] }],
      },
    ]);
    const [, message] = response.output;
    const [part] = message?.type === 'message' ? message.content : [];
    const [citation] = part?.type === 'output_text' ? part.annotations : [];
    const place = citation?.type === 'url_citation' ? [citation.start_index, citation.end_index] : [];
    expect(response.output_text.slice(...place)).toBe('([example.com](https://example.com/))');
  });

  test('paints a picture of the size and quality that the tool says', async () => {
    const response = await ask({
      input: 'A red fox',
      tools: [{ type: 'image_generation', size: '1536x1024', quality: 'low' }],
      tool_choice: { type: 'image_generation' },
    });
    const [call, message] = response.output;
    expect(call).toMatchObject({
      type: 'image_generation_call',
      status: 'completed',
      size: '1536x1024',
      quality: 'low',
      background: 'opaque',
      output_format: 'png',
      revised_prompt: 'A red fox',
    });
    const picture = Buffer.from(call?.type === 'image_generation_call' ? (call.result ?? '') : '', 'base64');
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([1536, 1024]);
    expect(message?.type).toBe('message');
  });

  test('runs a program in a container that can be looked at', async () => {
    const response = await ask({
      input: 'Run it',
      tools: [interpreter],
      tool_choice: { type: 'code_interpreter' },
      include: ['code_interpreter_call.outputs'],
    });
    const [call] = response.output;
    if (call?.type !== 'code_interpreter_call') throw new Error(`It was a ${call?.type ?? 'nothing'}.`);
    expect(call.code).toBe(`print(${JSON.stringify(response.output_text)})`);
    expect(call.outputs).toEqual([{ type: 'logs', logs: `${response.output_text}\n` }]);
    expect((await client.containers.retrieve(call.container_id)).id).toBe(call.container_id);
    const named = await client.containers.create({ name: 'mine' });
    const again = await ask({
      tools: [{ type: 'code_interpreter', container: named.id }],
      tool_choice: { type: 'code_interpreter' },
    });
    expect(again.output[0]).toMatchObject({ container_id: named.id, outputs: null });
  });

  test.each<[Tool, string[]]>([
    [
      { type: 'web_search_preview' },
      ['response.web_search_call.in_progress', 'response.web_search_call.searching'],
    ],
    [
      { type: 'image_generation' },
      [
        'response.image_generation_call.in_progress',
        'response.image_generation_call.generating',
        'response.image_generation_call.partial_image',
      ],
    ],
    [
      interpreter,
      [
        'response.code_interpreter_call.in_progress',
        'response.code_interpreter_call_code.delta',
        'response.code_interpreter_call_code.done',
        'response.code_interpreter_call.interpreting',
        'response.code_interpreter_call.completed',
      ],
    ],
  ])('streams %j with the steps of a recording', async (tool, steps) => {
    const stream = await client.responses.create({
      model,
      input: 'Go',
      tools: [tool],
      tool_choice: 'required',
      stream: true,
    });
    const events = [];
    for await (const event of stream) events.push(event);
    const types = events.map(({ type }) => type as string);
    const own = types.slice(
      types.indexOf('response.output_item.added') + 1,
      types.indexOf('response.output_item.done'),
    );
    expect([...new Set(own)]).toEqual(steps);
    const added = events.find(({ type }) => type === 'response.output_item.added');
    expect(added).toMatchObject({ output_index: 0, item: { status: 'in_progress' } });
    expect(events.at(-1)?.type).toBe('response.completed');
  });

  test('that is not offered is refused', async () => {
    const call = ask({ tools: [interpreter], tool_choice: { type: 'image_generation' } });
    await expect(call).rejects.toMatchObject({ status: 400, param: 'tool_choice' });
  });

  test('leaves JSON whole, and what is scripted as it is', async () => {
    const schema = {
      type: 'object',
      properties: { n: { type: 'integer' } },
      required: ['n'],
      additionalProperties: false,
    };
    const structured = await ask({
      tools: [{ type: 'web_search' }],
      tool_choice: 'required',
      text: { format: { type: 'json_schema', name: 'n', schema } },
    });
    expect(JSON.parse(structured.output_text)).toHaveProperty('n');
    azure.reply(model, 'Scripted.');
    const scripted = await ask({ tools: [{ type: 'web_search' }], tool_choice: 'required' });
    expect(scripted.output.map(({ type }) => type)).toEqual(['message']);
  });
});
