import { describe, expect, test } from 'vitest';
import type { Draft } from '../answer/draft.ts';
import { record } from '../audio/recording.ts';
import { countPrompt } from '../chat/usage.ts';
import { asking } from '../responses/asking.fake.ts';
import { keepEphemeralKey } from '../service/ephemeral-keys.ts';
import type { DeploymentConnection, DeploymentRequest } from '../service/operation.ts';
import { converse } from './conversation.ts';

type Json = Readonly<Record<string, unknown>>;
type Surface = DeploymentRequest['surface'];

/** A conversation; `say` sends events and gives what comes back, without the ids of events. */
function open({
  scripted,
  ...more
}: { scripted?: () => Draft | undefined } & Partial<DeploymentRequest> = {}) {
  const request = asking({}, { model: 'gpt-realtime', path: '/openai/v1/realtime', headers: {}, ...more });
  const sent: Json[] = [];
  let hear: (text: string) => void | Promise<void> = () => undefined;
  const connection = {
    request,
    send: (text: string) => sent.push(JSON.parse(text) as Json),
    onMessage: (listener: typeof hear) => (hear = listener),
    scripted: async () => scripted?.(),
  };
  converse(connection as unknown as DeploymentConnection);
  const say = async (...events: (Json | string)[]): Promise<Json[]> => {
    sent.length = 0;
    for (const event of events) await hear(typeof event === 'string' ? event : JSON.stringify(event));
    return sent.map(({ event_id: _, ...event }) => event);
  };
  return { request, sent: [...sent], say };
}

const dated = { surface: 'dated' as Surface };

const saying = (text: string, more: Json = {}) => ({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }], ...more },
});
const textOnly = { type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } };
const respond = (response: Json = {}) => ({ type: 'response.create', response });
const typesOf = (events: readonly Json[]) => events.map(({ type }) => type);
const responseOf = (events: readonly Json[]) =>
  events.find(({ type }) => type === 'response.done')?.['response'] as {
    output: { id: string; content: { text?: string; transcript?: string }[] }[];
    usage: Json;
    conversation_id: string | null;
    metadata: unknown;
  };
const answerOf = (events: readonly Json[]) => {
  const [part] = responseOf(events).output[0]?.content ?? [];
  return part?.text ?? part?.transcript;
};

describe('a session', () => {
  test('is told when it is opened, with an id for each event', () => {
    const { sent } = open();
    expect(sent).toMatchObject([
      {
        type: 'session.created',
        event_id: expect.stringMatching(/^event_\w{21}$/) as string,
        session: { type: 'realtime', output_modalities: ['audio'] },
      },
    ]);
    expect(open(dated).sent[0]?.['session']).toMatchObject({ modalities: ['audio', 'text'] });
  });

  test('is that of the ephemeral key that opened it', () => {
    const request = asking();
    const session = { id: 'sess_mine' };
    keepEphemeralKey(request, 'ek_1', { expiresAtMs: Infinity, session });
    const headers = { 'api-key': 'ek_1' };
    expect(open({ resource: request.resource, headers }).sent[0]).toMatchObject({ session });
  });

  test('is updated, and stays so', async () => {
    const { say } = open();
    const update = { type: 'session.update', session: { type: 'realtime', instructions: 'Be brief.' } };
    expect(await say(update, textOnly)).toMatchObject([
      { type: 'session.updated', session: { instructions: 'Be brief.', output_modalities: ['audio'] } },
      { type: 'session.updated', session: { instructions: 'Be brief.', output_modalities: ['text'] } },
    ]);
    expect(answerOf(await say(saying('Say hi'), respond()))).toBe('Hi!');
  });

  test('needs its type in an update, but not in the preview', async () => {
    const update = { type: 'session.update', session: { instructions: 'Be brief.' } };
    expect(await open().say(update)).toMatchObject([{ type: 'error', error: { param: 'session.type' } }]);
    expect(typesOf(await open(dated).say(update))).toEqual(['session.updated']);
  });
});

describe('an item', () => {
  test('is added after the one before it', async () => {
    const { say } = open();
    const item = (id: unknown) => ({
      status: 'completed',
      type: 'message',
      role: 'user',
      content: [{ type: 'input_text', text: 'Hi' }],
      id,
      object: 'realtime.item',
    });
    const given = expect.stringMatching(/^item_\w{21}$/) as string;
    const events = await say(saying('Hi', { id: 'mine' }), saying('Hi', { id: 7 }), saying('Hi'));
    const last = (events[2]?.['item'] as Json)['id'];
    expect(events).toEqual([
      { type: 'conversation.item.added', previous_item_id: null, item: item('mine') },
      { type: 'conversation.item.done', previous_item_id: null, item: item('mine') },
      { type: 'conversation.item.added', previous_item_id: 'mine', item: item(given) },
      { type: 'conversation.item.done', previous_item_id: 'mine', item: item(given) },
      { type: 'conversation.item.added', previous_item_id: last, item: item(given) },
      { type: 'conversation.item.done', previous_item_id: last, item: item(given) },
    ]);
  });

  test('of the preview is created', async () => {
    expect(typesOf(await open(dated).say(saying('Hi')))).toEqual(['conversation.item.created']);
  });

  test('is found, cut and deleted by its id', async () => {
    const { say } = open();
    await say(saying('one', { id: 'a' }), saying('two', { id: 'b' }), saying('three', { id: 'c' }));
    const on = (what: string, item_id: string, more: Json = {}) => ({
      type: `conversation.item.${what}`,
      item_id,
      ...more,
    });
    const events = await say(
      on('retrieve', 'b'),
      on('truncate', 'b'),
      on('truncate', 'b', { content_index: 1, audio_end_ms: 500 }),
      on('delete', 'b'),
      on('retrieve', 'b'),
      on('retrieve', 'a'),
      on('retrieve', 'c'),
    );
    expect(events).toMatchObject([
      { type: 'conversation.item.retrieved', item: { id: 'b', content: [{ text: 'two' }] } },
      { type: 'conversation.item.truncated', item_id: 'b', content_index: 0, audio_end_ms: 0 },
      { type: 'conversation.item.truncated', item_id: 'b', content_index: 1, audio_end_ms: 500 },
      { type: 'conversation.item.deleted', item_id: 'b' },
      { type: 'error', error: { message: "Item with item_id 'b' not found.", param: 'item_id' } },
      { type: 'conversation.item.retrieved', item: { id: 'a' } },
      { type: 'conversation.item.retrieved', item: { id: 'c' } },
    ]);
  });
});

describe('what is heard', () => {
  const { bytes } = record('Say hi', 'wav');
  const append = (sound: Buffer) => ({
    type: 'input_audio_buffer.append',
    audio: sound.toString('base64'),
  });
  const commit = { type: 'input_audio_buffer.commit' };

  test('is a message of the user, with what was understood', async () => {
    const { say } = open();
    await say(saying('Hello', { id: 'before' }));
    const events = await say(append(bytes.subarray(0, 5_000)), append(bytes.subarray(5_000)), commit);
    const id = events[0]?.['item_id'];
    expect(events).toMatchObject([
      { type: 'input_audio_buffer.committed', previous_item_id: 'before', item_id: id },
      {
        type: 'conversation.item.added',
        previous_item_id: 'before',
        item: {
          id,
          type: 'message',
          role: 'user',
          content: [{ type: 'input_audio', transcript: 'Say hi' }],
        },
      },
      { type: 'conversation.item.done' },
    ]);
    expect(answerOf(await say(respond()))).toBe('Hi!');
  });

  test.each<[string, (Json | string)[], string]>([
    ['nothing', [commit], '0.00'],
    ['less than a tenth of a second', [append(Buffer.alloc(4_798)), commit], '99.96'],
    [
      'what was thrown away',
      [append(bytes), { type: 'input_audio_buffer.clear' }, append(Buffer.alloc(48)), commit],
      '1.00',
    ],
    ['what was taken before', [append(bytes), commit, commit], '0.00'],
  ])('is too little where it is %s', async (_, events, ms) => {
    const { say } = open();
    expect((await say(...events)).at(-1)).toMatchObject({
      type: 'error',
      error: {
        code: 'input_audio_buffer_commit_empty',
        message: `Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has ${ms}ms of audio.`,
        param: null,
      },
    });
  });

  test('is enough from a tenth of a second on', async () => {
    expect(typesOf(await open().say(append(Buffer.alloc(4_800)), commit))).toContain(
      'input_audio_buffer.committed',
    );
  });

  test('is thrown away, like what is said', async () => {
    const events = await open().say(
      { type: 'input_audio_buffer.clear' },
      { type: 'output_audio_buffer.clear' },
    );
    expect(events).toEqual([{ type: 'input_audio_buffer.cleared' }, { type: 'output_audio_buffer.cleared' }]);
  });
});

describe('an answer', () => {
  test('ends with the limits, and is an item of the conversation', async () => {
    const { say } = open();
    await say(textOnly, saying('My name is Ada.', { id: 'mine' }));
    const events = await say(respond());
    expect(events.at(-1)).toEqual({ type: 'rate_limits.updated', rate_limits: [] });
    expect(events.find(({ type }) => type === 'conversation.item.added')).toMatchObject({
      previous_item_id: 'mine',
    });
    const { output, conversation_id: conversation, metadata } = responseOf(events);
    expect([conversation, metadata]).toEqual([expect.stringMatching(/^conv_\w{21}$/), null]);
    const retrieve = { type: 'conversation.item.retrieve', item_id: output[0]?.id };
    expect(typesOf(await say(retrieve))).toEqual(['conversation.item.retrieved']);
    expect(answerOf(await say(saying('What is my name?'), respond()))).toBe('My name is Ada.');
  });

  test('aside is no item of the conversation, and reads what it is given alone', async () => {
    const { say } = open();
    await say(textOnly, saying('My name is Ada.'));
    const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Say hi' }] }];
    const events = await say(respond({ conversation: 'none', input, metadata: { a: 'b' } }));
    const { output, conversation_id: conversation, metadata, usage } = responseOf(events);
    expect([answerOf(events), conversation, metadata]).toEqual(['Hi!', null, { a: 'b' }]);
    expect(usage['input_tokens']).toBe(countPrompt([{ role: 'user', text: 'Say hi' }], ''));
    expect(typesOf(events).filter((type) => String(type).startsWith('conversation.'))).toEqual([]);
    const retrieve = { type: 'conversation.item.retrieve', item_id: output[0]?.id };
    expect(typesOf(await say(retrieve))).toEqual(['error']);
  });

  test('has the settings of its own, once', async () => {
    const { say } = open();
    const [first, second] = [
      await say(saying('Say hi'), respond({ output_modalities: ['text'] })),
      await say({ type: 'response.create' }),
    ];
    expect(typesOf(first)).toContain('response.output_text.done');
    expect(typesOf(second)).toContain('response.output_audio_transcript.done');
  });

  test('is what a script says', async () => {
    const { say } = open({ scripted: () => ({ content: 'From the script.' }) });
    expect(answerOf(await say(saying('Say hi'), respond()))).toBe('From the script.');
  });

  test('that a script fails to give is an error of the server', async () => {
    const { say } = open({
      scripted: () => {
        throw new Error('no');
      },
    });
    expect(await say(respond())).toEqual([
      {
        type: 'error',
        error: {
          type: 'server_error',
          code: null,
          message: 'The server had an error while processing your request. Sorry about that!',
          param: null,
          event_id: null,
        },
      },
    ]);
  });

  test('follows the instructions, and costs them', async () => {
    const { say } = open();
    const session = { type: 'realtime', instructions: 'My name is Ada.' };
    const asked = saying('What is my name?');
    const events = await say({ type: 'session.update', session }, asked, respond());
    expect(answerOf(events)).toBe('My name is Ada.');
    const told = { role: 'system', text: 'My name is Ada.' } as const;
    const prompt = { role: 'user', text: 'What is my name?' } as const;
    expect(responseOf(events).usage['input_tokens']).toBe(countPrompt([told, prompt], ''));
    const without = await open().say(asked, respond());
    expect(responseOf(without).usage['input_tokens']).toBe(countPrompt([prompt], ''));
  });
});

describe('a function', () => {
  const weather = {
    type: 'function',
    name: 'get_weather',
    description: 'Get the weather in a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  };
  const asked = saying('What is the weather in Oslo?');
  const calledBy = (events: readonly Json[]) =>
    events.filter(({ type }) => type === 'response.function_call_arguments.done').map(({ name }) => name);

  test.each<[Json, string[]]>([
    [{ tools: [weather] }, ['get_weather']],
    [{ tools: [weather], tool_choice: 'none' }, []],
    [{ tools: [{ ...weather, type: 'mcp' }] }, []],
    [{ tools: 'all' }, []],
    [{}, []],
  ])('is called by %j', async (response, names) => {
    expect(calledBy(await open().say(asked, respond(response)))).toEqual(names);
  });

  test('is called whatever was said where it is required, and on its description alone', async () => {
    const note = {
      type: 'function',
      name: 'x',
      description: 7,
      parameters: { type: 'object', properties: {} },
    };
    const hello = saying('Hello');
    expect(calledBy(await open().say(hello, respond({ tools: [note] })))).toEqual([]);
    expect(calledBy(await open().say(hello, respond({ tools: [note], tool_choice: 'required' })))).toEqual([
      'x',
    ]);
  });

  test('that was called answers the next turn', async () => {
    const { say } = open();
    const events = await say(asked, respond({ tools: [weather] }));
    const called = events.find(({ type }) => type === 'response.function_call_arguments.done');
    const item = { type: 'function_call_output', call_id: called?.['call_id'], output: '{"temperature":-3}' };
    const answered = await say({ type: 'conversation.item.create', item }, respond({ tools: [weather] }));
    expect(answerOf(answered)).toBe('Temperature -3.');
    const call = { id: String(called?.['call_id']), name: 'get_weather', arguments: '{"city":"Oslo"}' };
    expect(responseOf(answered).usage['input_tokens']).toBe(
      countPrompt(
        [
          { role: 'user', text: 'What is the weather in Oslo?' },
          { role: 'assistant', text: '', toolCalls: [call] },
          { role: 'tool', text: '{"temperature":-3}', toolCallId: call.id },
        ],
        '',
      ),
    );
  });
});

test('messages are read by their role and their texts, and other items are not', async () => {
  const content = [{ text: 'one' }, { transcript: 'two' }, { text: 7 }, 'three', {}];
  const input = [
    { type: 'message', role: 'user', content },
    { type: 'message', role: 'assistant', content },
    { type: 'message', role: 'system', content },
    { type: 'message', role: 'tool', content: 'none' },
    { type: 'mcp_call', content },
  ];
  const { usage } = responseOf(await open().say(respond({ input })));
  const read = { role: 'user', text: 'one\ntwo' } as const;
  expect(usage['input_tokens']).toBe(countPrompt([read, read, read, { role: 'user', text: '' }], ''));
});

const supported =
  "'session.update', 'conversation.item.create', 'conversation.item.retrieve', 'conversation.item.delete', 'conversation.item.truncate', 'input_audio_buffer.append', 'input_audio_buffer.clear', 'input_audio_buffer.commit', 'response.create', 'response.cancel', 'output_audio_buffer.clear'";

test.each<[Json | string, string, string, string | null]>([
  ['no json', 'invalid_json', 'The message is not a JSON object.', null],
  ['[]', 'invalid_json', 'The message is not a JSON object.', null],
  [{ type: 'nope' }, 'invalid_value', `Invalid value: 'nope'. Supported values are: ${supported}.`, 'type'],
  [
    { type: 'toString' },
    'invalid_value',
    `Invalid value: 'toString'. Supported values are: ${supported}.`,
    'type',
  ],
  [
    { type: 'x'.repeat(200) },
    'invalid_value',
    `Invalid value: '${'x'.repeat(100)}'. Supported values are: ${supported}.`,
    'type',
  ],
  [
    { type: 'session.update' },
    'missing_required_parameter',
    "Missing required parameter: 'session'.",
    'session',
  ],
  [
    { type: 'conversation.item.create' },
    'missing_required_parameter',
    "Missing required parameter: 'item'.",
    'item',
  ],
  [
    { type: 'conversation.item.create', item: {} },
    'missing_required_parameter',
    "Missing required parameter: 'item.type'.",
    'item.type',
  ],
  [
    { type: 'conversation.item.retrieve', item_id: 'x'.repeat(200) },
    'item_not_found',
    `Item with item_id '${'x'.repeat(100)}' not found.`,
    'item_id',
  ],
  [
    { type: 'input_audio_buffer.append' },
    'missing_required_parameter',
    "Missing required parameter: 'audio'.",
    'audio',
  ],
  [
    { type: 'response.cancel' },
    'response_cancel_not_active',
    'Cancellation failed: no active response found',
    null,
  ],
])('%j is refused, by the id of the event', async (event, code, message, param) => {
  const { say } = open();
  const error = { type: 'invalid_request_error', code, message, param };
  expect(await say(event)).toEqual([{ type: 'error', error: { ...error, event_id: null } }]);
  if (typeof event === 'string') return;
  expect(await say({ ...event, event_id: 'mine' })).toEqual([
    { type: 'error', error: { ...error, event_id: 'mine' } },
  ]);
});
