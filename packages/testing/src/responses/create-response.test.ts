import { describe, expect, test } from 'vitest';
import type { Draft } from '../answer/draft.ts';
import { conversations } from '../conversations/conversation-store.ts';
import { asking, refusalOf, saidBy } from './asking.fake.ts';
import { createResponse, type TurnMemory } from './create-response.ts';
import type { Item } from './items.ts';
import { responseStore, type StoredResponse } from './response-store.ts';

type Json = Readonly<Record<string, unknown>>;
type Asked = NonNullable<Parameters<typeof asking>[1]>;

const respond = (body: Json, more: Asked = {}) =>
  saidBy(createResponse(asking({ input: 'Hi', ...body }, more)));

const scripted = (draft: Draft, body: Json = {}, more: Asked = {}) =>
  respond(body, { scripted: draft, ...more });

const outputOf = (response: Json) => response['output'] as readonly Item[];
const typesOf = (response: Json) => outputOf(response).map(({ type }) => type);
const textOf = (response: Json) => (outputOf(response).at(-1)?.['content'] as { text: string }[])[0]?.text;

describe('the response', () => {
  test('repeats what was asked, and names the deployment', () => {
    expect(respond({}, { model: 'gpt-4.1' })).toMatchObject({
      object: 'response',
      created_at: Date.UTC(2026, 10, 30) / 1000,
      completed_at: Date.UTC(2026, 10, 30) / 1000,
      status: 'completed',
      background: false,
      error: null,
      incomplete_details: null,
      instructions: null,
      max_output_tokens: null,
      max_tool_calls: null,
      model: 'gpt',
      parallel_tool_calls: true,
      previous_response_id: null,
      prompt_cache_key: null,
      prompt_cache_retention: null,
      reasoning: { effort: null, summary: null },
      safety_identifier: null,
      service_tier: 'default',
      store: true,
      temperature: 1,
      text: { format: { type: 'text' }, verbosity: 'medium' },
      tool_choice: 'auto',
      tools: [],
      top_logprobs: 0,
      top_p: 1,
      truncation: 'disabled',
      user: null,
      metadata: {},
    });
    const asked = {
      instructions: 'Be brief.',
      max_output_tokens: 50,
      max_tool_calls: 2,
      parallel_tool_calls: false,
      prompt_cache_key: 'key',
      prompt_cache_retention: '24h',
      safety_identifier: 'me',
      service_tier: 'flex',
      store: false,
      temperature: 0,
      text: { format: { type: 'text' }, verbosity: 'low' },
      tool_choice: 'none',
      top_logprobs: 2,
      top_p: 0.5,
      truncation: 'auto',
      user: 'me',
      metadata: { run: '7' },
    };
    expect(respond(asked)).toMatchObject(asked);
  });

  test.each<[string, Json, Json]>([
    ['gpt-4.1', {}, { effort: null, summary: null }],
    ['gpt-5-mini', {}, { effort: 'medium', summary: null }],
    ['gpt-5-mini', { effort: 'low', summary: 'auto' }, { effort: 'low', summary: 'auto' }],
  ])('of %s with %j says how it reasons', (model, reasoning, said) => {
    expect(respond({ reasoning }, { model })['reasoning']).toEqual(said);
  });

  test('is kept unless it is told not to be, and belongs to its conversation', () => {
    const request = asking({ input: 'Hi' });
    const conversation = { id: 'conv_1', createdAt: 0, metadata: {}, items: [] as Item[] };
    conversations.put(request, conversation);
    const kept = () => request.resource.state(responseStore).responses.size;
    createResponse({ ...request, body: { input: 'Hi', store: false } });
    expect(kept()).toBe(0);
    const body = { input: 'Hi', conversation: 'conv_1' };
    const said = saidBy(createResponse({ ...request, body }));
    expect(kept()).toBe(1);
    expect(said['conversation']).toEqual({ id: 'conv_1' });
    expect(respond({ conversation: null })).not.toHaveProperty('conversation');
    expect(conversation.items.map(({ role }) => role)).toEqual(['user', 'assistant']);
  });

  test('costs what it says', () => {
    const answer = createResponse(asking({ input: 'Hello world' }));
    const usage = saidBy(answer)['usage'] as Record<string, number>;
    expect(usage['input_tokens']).toBeGreaterThan(5);
    expect(usage['output_tokens']).toBeGreaterThan(5);
    expect(usage['total_tokens']).toBe((usage['input_tokens'] ?? 0) + (usage['output_tokens'] ?? 0));
    expect(answer.usedTokens).toEqual({
      tokens: usage['total_tokens'],
      outputTokens: usage['output_tokens'],
      cachedTokens: 0,
    });
  });

  test('costs less where the model has read the same before', () => {
    const request = asking({ input: 'one two three four '.repeat(300) });
    const cachedOf = () =>
      (saidBy(createResponse(request))['usage'] as { input_tokens_details: { cached_tokens: number } })
        .input_tokens_details.cached_tokens;
    expect([cachedOf(), cachedOf()]).toEqual([0, 1152]);
    expect(createResponse(request).usedTokens).toMatchObject({ cachedTokens: 1152 });
  });

  test('says what a script says that it cost', () => {
    const usage = { promptTokens: 700, completionTokens: 90, cachedTokens: 300, reasoningTokens: 20 };
    expect(scripted({ content: 'Blue.', usage })['usage']).toEqual({
      input_tokens: 700,
      input_tokens_details: { cached_tokens: 300 },
      output_tokens: 90,
      output_tokens_details: { reasoning_tokens: 20 },
      total_tokens: 790,
    });
  });

  test('in the background takes a while: it begins soon, and each token has its time', () => {
    const request = asking({ input: 'Say hi', background: true });
    expect(saidBy(createResponse(request))).toMatchObject({
      status: 'queued',
      background: true,
      usage: null,
    });
    const [kept] = request.resource.state(responseStore).responses.values();
    const now = request.clock.now();
    expect(kept?.background).toEqual({ startsAtMs: now + 100, endsAtMs: now + 420, isStreamed: false });
    const streamed = asking({ input: 'Say hi', background: true, stream: true });
    expect(createResponse(streamed).kind).toBe('stream');
    const [again] = streamed.resource.state(responseStore).responses.values();
    expect(again?.background?.isStreamed).toBe(true);
  });

  test.each<[unknown, boolean]>([
    [undefined, true],
    [null, true],
    [{}, true],
    [{ include_obfuscation: true }, true],
    [{ include_obfuscation: false }, false],
  ])('as a stream with %j is padded: %s', (stream_options, isPadded) => {
    const answer = createResponse(asking({ input: 'Say hi', stream: true, stream_options }));
    const frames = answer.kind === 'stream' ? [...(answer.frames as Iterable<string>)] : [];
    expect(frames.at(-1)).toBe('data: [DONE]\n\n');
    expect(frames.some((frame) => frame.includes('"obfuscation"'))).toBe(isPadded);
    expect(answer.usedTokens?.tokens).toBeGreaterThan(0);
  });
});

test('a script says in which pieces a stream brings its text', () => {
  const scripted: Draft = { content: 'one two', chunks: ['on', 'e two'] };
  const answer = createResponse(asking({ input: 'Hi', stream: true }, { scripted }));
  const frames = answer.kind === 'stream' ? [...(answer.frames as Iterable<string>)] : [];
  expect(frames.flatMap((frame) => /"delta":"([^"]*)"/.exec(frame)?.[1] ?? [])).toEqual(['on', 'e two']);
});

describe('reasoning', () => {
  const reasoned = (response: Json) =>
    (response['usage'] as { output_tokens_details: { reasoning_tokens: number } }).output_tokens_details
      .reasoning_tokens;

  test.each<[string, Json, string[]]>([
    ['gpt-4.1', {}, ['message']],
    ['gpt-5-mini', {}, ['reasoning', 'message']],
    ['gpt-5-mini', { effort: 'minimal' }, ['message']],
    ['gpt-5-mini', { effort: 'minimal', summary: 'auto' }, ['reasoning', 'message']],
    ['gpt-5-mini', { effort: 'minimal', summary: null }, ['message']],
  ])('of %s with %j', (model, reasoning, types) => {
    const response = respond({ reasoning }, { model });
    expect(typesOf(response)).toEqual(types);
    expect(reasoned(response) > 0).toBe(types.length > 1 && reasoning['effort'] !== 'minimal');
  });

  test('is an item of a model that reasons only, whatever a script says', () => {
    const draft: Draft = { content: 'Hi', usage: { reasoningTokens: 5 } };
    expect(typesOf(scripted(draft))).toEqual(['message']);
    expect(typesOf(scripted(draft, {}, { model: 'gpt-5-mini' }))).toEqual(['reasoning', 'message']);
  });

  test('is told and encrypted where that is asked for', () => {
    const thought = (body: Json) => outputOf(respond(body, { model: 'gpt-5-mini' }))[0];
    expect(thought({})).toMatchObject({ summary: [] });
    expect(thought({})).not.toHaveProperty('encrypted_content');
    const body = { reasoning: { summary: 'auto' }, include: ['reasoning.encrypted_content'] };
    expect(thought(body)).toMatchObject({
      summary: [{ type: 'summary_text' }],
      encrypted_content: expect.stringMatching(/^gAAAA/) as string,
    });
  });

  test('leaves at least half of the tokens to the answer', () => {
    const body = {
      input: 'Write a story about dragons',
      max_output_tokens: 17,
      reasoning: { effort: 'high' },
    };
    const response = respond(body, { model: 'gpt-5-mini' });
    expect(reasoned(response)).toBe(8);
    expect(response).toMatchObject({
      status: 'incomplete',
      completed_at: null,
      incomplete_details: { reason: 'max_output_tokens' },
      usage: { output_tokens: 17 },
    });
  });
});

describe('the answer', () => {
  test('has log probabilities where they are included, with as many alternatives as asked for', () => {
    const include = ['message.output_text.logprobs'];
    const alternatives = (body: Json) => {
      const [part] = outputOf(respond(body))[0]?.['content'] as { logprobs: { top_logprobs: [] }[] }[];
      return part?.logprobs[0]?.top_logprobs.length;
    };
    expect([alternatives({}), alternatives({ top_logprobs: 3 })]).toEqual([undefined, undefined]);
    expect([alternatives({ include }), alternatives({ include, top_logprobs: 3 })]).toEqual([0, 3]);
  });

  const find = {
    type: 'function',
    name: 'get_weather',
    description: 'Get the weather in a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  };

  test('calls several functions at once only where it may', () => {
    const body = { input: 'Weather in Oslo and Rome?', tools: [find] };
    expect(typesOf(respond(body))).toEqual(['function_call', 'function_call']);
    expect(typesOf(respond({ ...body, parallel_tool_calls: false }))).toEqual(['function_call']);
    expect(typesOf(respond({ ...body, tool_choice: 'none' }))).toEqual(['message']);
  });

  test('calls a custom tool with free text', () => {
    const tools = [{ type: 'custom', name: 'note', description: 'Writes a note' }];
    const [call] = outputOf(respond({ input: 'Hi', tools, tool_choice: 'required' }));
    expect(call).toMatchObject({
      type: 'custom_tool_call',
      name: 'note',
      input: expect.any(String) as string,
    });
  });

  test('follows the call of a hosted tool, and calls no function beside it', () => {
    const body = { input: 'Weather in Oslo?', tools: [find, { type: 'web_search' }] };
    const response = respond({ ...body, tool_choice: { type: 'web_search' } });
    expect(typesOf(response)).toEqual(['web_search_call', 'message']);
    expect(typesOf(respond(body))).toEqual(['function_call']);
    expect(textOf(response)).toMatch(/ \(\[example\.com\]\(https:\/\/example\.com\/\)\)$/);
  });

  test('answers the last question of the user', () => {
    const input = [
      { role: 'user', content: 'Say one' },
      { role: 'assistant', content: 'one' },
      { role: 'user', content: 'A red fox' },
      { role: 'assistant', content: 'Which one?' },
    ];
    const tools = [{ type: 'image_generation' }];
    const [picture] = outputOf(respond({ input, tools, tool_choice: 'required' }));
    expect(picture?.['revised_prompt']).toBe('A red fox');
  });

  test('is JSON where that is asked for', () => {
    const text = { format: { type: 'json_object' } };
    const response = respond({ input: 'A JSON object with a colour', text });
    expect(JSON.parse(textOf(response) ?? '')).toBeTypeOf('object');
    expect(response['text']).toMatchObject(text);
  });
});

describe('filters', () => {
  const found = (response: Json) =>
    (response['content_filters'] as Json[]).map(
      ({ source_type: source, blocked, content_filter_offsets: at }) => [
        source,
        blocked,
        (at as { end_offset: number }).end_offset,
      ],
    );

  test('judge the prompt and the answer, each as a whole', () => {
    expect(found(scripted({ content: 'Blue.' }))).toEqual([
      ['prompt', false, 2],
      ['completion', false, 5],
    ]);
  });

  const hateful = { hate: { filtered: true, severity: 'high' } } as const;

  test.each<[string, Draft, Asked, unknown[]]>([
    [
      'at half of it',
      { content: 'one two three', contentFilter: hateful },
      {},
      ['incomplete', 'one two', { reason: 'content_filter' }],
    ],
    [
      'at the first word of a list',
      { content: 'one two three' },
      { filterPolicy: { blocklists: { names: ['three'] } } },
      ['incomplete', 'one two ', { reason: 'content_filter' }],
    ],
    [
      'not at all where a script plays a verdict that comes too late',
      { content: 'one two three', contentFilter: hateful, finishReason: 'stop' },
      {},
      ['completed', 'one two three', null],
    ],
  ])('cut an answer %s', (_, draft, more, [status, text, details]) => {
    const response = scripted(draft, {}, more);
    expect(response).toMatchObject({ status, incomplete_details: details });
    expect(textOf(response)).toBe(text);
    expect(found(response)[1]).toEqual(['completion', true, 13]);
  });

  test.each([false, true])('block a prompt, also of a turn that is only prepared: %s', (isWarmUp) => {
    const recall = () => undefined;
    const memory: TurnMemory = { isWarmUp, recall, remember: () => undefined };
    const request = asking({ input: 'mock-filter:prompt:violence:high' });
    expect(refusalOf(() => createResponse(request, memory))).toEqual([
      expect.stringContaining('The response was filtered due to the prompt'),
      'prompt',
    ]);
    expect(request.resource.state(responseStore).responses.size).toBe(0);
  });
});

describe('a turn that is only prepared', () => {
  function prepare(body: Json, more: Asked = {}) {
    let made: StoredResponse | undefined;
    const remember = (stored: StoredResponse) => (made = stored);
    const request = asking({ input: 'Hello world', ...body }, more);
    const said = saidBy(createResponse(request, { isWarmUp: true, recall: () => undefined, remember }));
    return { said, made: made };
  }

  test('has no output, and costs what was read', () => {
    const { said, made } = prepare({ text: { format: { type: 'json_object' } }, input: 'JSON' });
    expect(said).toMatchObject({
      status: 'completed',
      incomplete_details: null,
      output: [],
      text: { format: { type: 'json_object' } },
      usage: { output_tokens: 0, output_tokens_details: { reasoning_tokens: 0 } },
    });
    const usage = said['usage'] as Record<string, number>;
    expect([usage['input_tokens'], made?.final.id]).toEqual([usage['total_tokens'], said['id']]);
    expect(usage['total_tokens']).toBeGreaterThan(0);
  });

  test('is refused with what its model does not know', () => {
    expect(refusalOf(() => prepare({ reasoning: { effort: 'low' } }))).toEqual([
      "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
      'reasoning.effort',
    ]);
  });
});
