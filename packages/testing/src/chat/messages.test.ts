import { expect, test } from 'vitest';
import { refused } from '../service/refused.fake.ts';
import { readMessages } from './messages.ts';

const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } };
const picture = { type: 'image_url', image_url: { url: 'https://a/b.png' } };
const sound = { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } };

test.each<[string, object, object]>([
  ['a text', { role: 'user', content: 'Hi' }, { role: 'user', text: 'Hi' }],
  ['an empty text', { role: 'user', content: '' }, { role: 'user', text: '' }],
  ['a system message', { role: 'system', content: 'Be brief.' }, { role: 'system', text: 'Be brief.' }],
  ['a developer message', { role: 'developer', content: 'Be brief.' }, { role: 'system', text: 'Be brief.' }],
  ['a name', { role: 'user', content: 'Hi', name: 'Grüße' }, { role: 'user', text: 'Hi' }],
  ['a name that is null', { role: 'user', content: 'Hi', name: null }, { role: 'user', text: 'Hi' }],
  [
    'parts',
    {
      role: 'user',
      content: [{ type: 'text', text: 'one' }, picture, { type: 'text', text: 'two' }, sound],
    },
    { role: 'user', text: 'one\ntwo', media: 2 },
  ],
  ['no parts', { role: 'user', content: [] }, { role: 'user', text: '' }],
  [
    'a file',
    { role: 'user', content: [{ type: 'file', file: { file_id: 'x' } }] },
    { role: 'user', text: '', media: 1 },
  ],
  [
    'a part that refused',
    { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
    { role: 'assistant', text: 'No.' },
  ],
  [
    'an answer that refused',
    { role: 'assistant', content: null, refusal: 'No.' },
    { role: 'assistant', text: 'No.' },
  ],
  ['an answer that was spoken', { role: 'assistant', audio: { id: 'x' } }, { role: 'assistant', text: '' }],
  [
    'an answer whose calls are null',
    { role: 'assistant', content: 'Hi', tool_calls: null, function_call: null },
    { role: 'assistant', text: 'Hi' },
  ],
  [
    'a call of a function, as before tools',
    { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
    {
      role: 'assistant',
      text: '',
      toolCalls: [{ id: 'function:f', name: 'f', arguments: '{}' }],
    },
  ],
  [
    'the result of a function',
    { role: 'function', name: 'f', content: 'x' },
    { role: 'tool', text: 'x', toolCallId: 'function:f' },
  ],
  [
    'the result of a function that returned nothing',
    { role: 'function', name: 'f', content: null },
    { role: 'tool', text: '', toolCallId: 'function:f' },
  ],
])('reads %s', (_, message, read) => {
  expect(readMessages({ messages: [message] })).toEqual([read]);
});

test('reads calls of tools of both kinds, and their results', () => {
  const custom = { id: 'b', type: 'custom', custom: { name: 'run', input: 'print(1)' } };
  const bare = { id: 'c', type: 'function', function: { name: 'g' } };
  const messages = [
    { role: 'assistant', content: null, tool_calls: [call, custom, bare] },
    // In any order.
    { role: 'tool', tool_call_id: 'b', content: '1' },
    { role: 'tool', tool_call_id: 'c', content: '' },
    { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'y' }] },
    { role: 'user', content: 'So?' },
  ];
  expect(readMessages({ messages })).toEqual([
    {
      role: 'assistant',
      text: '',
      toolCalls: [
        { id: 'a', name: 'f', arguments: '{"x":1}' },
        { id: 'b', name: 'run', arguments: 'print(1)' },
        { id: 'c', name: 'g', arguments: '' },
      ],
    },
    { role: 'tool', text: '1', toolCallId: 'b' },
    { role: 'tool', text: '', toolCallId: 'c' },
    { role: 'tool', text: 'y', toolCallId: 'a' },
    { role: 'user', text: 'So?' },
  ]);
});

test.each<[object | string, string, string]>([
  ['Hi', 'messages[0]', "Invalid type for 'messages[0]': expected an object, but got a string instead."],
  [{ content: 'Hi' }, 'messages[0].role', "Missing required parameter: 'messages[0].role'."],
  [
    { role: 7, content: 'Hi' },
    'messages[0].role',
    "Invalid type for 'messages[0].role': expected one of 'system', 'assistant', 'user', 'function', 'tool', or 'developer', but got an integer instead.",
  ],
  [
    { role: 'bot', content: 'Hi' },
    'messages[0].role',
    "Invalid value: 'bot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
  ],
  [{ role: 'function', content: 'x' }, 'messages[0].name', "Missing required parameter: 'messages[0].name'."],
  ...['a b', ' a', 'a ', '<a', 'a/b', ''].map((name): [object, string, string] => [
    { role: 'user', content: 'Hi', name },
    'messages[0].name',
    String.raw`Invalid 'messages[0].name': string does not match pattern. Expected a string that matches the pattern '^[^\s<|\\/>]+$'.`,
  ]),
  [
    { role: 'user', content: 'Hi', name: 7 },
    'messages[0].name',
    "Invalid type for 'messages[0].name': expected a string, but got an integer instead.",
  ],
  [{ role: 'user' }, 'messages.[0].content', "Invalid value for 'content': expected a string, got null."],
  [
    { role: 'assistant', content: null, refusal: null },
    'messages.[0].content',
    "Invalid value for 'content': expected a string, got null.",
  ],
  [
    { role: 'user', content: null, refusal: 'No.' },
    'messages.[0].content',
    "Invalid value for 'content': expected a string, got null.",
  ],
  [
    { role: 'user', content: 7 },
    'messages[0].content',
    "Invalid type for 'messages[0].content': expected one of a string or array of objects, but got an integer instead.",
  ],
  [
    { role: 'tool', content: 'x' },
    'messages[0].tool_call_id',
    "Missing required parameter: 'messages[0].tool_call_id'.",
  ],
  [
    { role: 'tool', content: 'x', tool_call_id: null },
    'messages[0].tool_call_id',
    "Missing required parameter: 'messages[0].tool_call_id'.",
  ],
  [
    { role: 'tool', content: 'x', tool_call_id: 7 },
    'messages[0].tool_call_id',
    "Invalid type for 'messages[0].tool_call_id': expected a string, but got an integer instead.",
  ],
])('refuses the message %j', (message, param, text) => {
  expect(refused(() => readMessages({ messages: [message] }))).toMatchObject({ message: text, param });
});

test.each([undefined, null])('refuses messages that are %s', (messages) => {
  expect(refused(() => readMessages({ messages }))?.message).toBe("Missing required parameter: 'messages'.");
});

test.each<[unknown, string, string]>([
  ['text', '', 'expected an object, but got a string instead'],
  [{}, '.type', 'Missing required parameter'],
  [{ type: 7 }, '.type', 'expected one of'],
  [{ type: 'video' }, '.type', "Invalid value: 'video'"],
  [{ type: 'text' }, '.text', 'Missing required parameter'],
  [{ type: 'text', text: 7 }, '.text', 'expected a string, but got an integer'],
  [{ type: 'refusal' }, '.refusal', 'Missing required parameter'],
  [{ type: 'file' }, '.file', 'Missing required parameter'],
  [{ type: 'file', file: null }, '.file', 'Missing required parameter'],
  [{ type: 'image_url' }, '.image_url', 'Missing required parameter'],
  [{ type: 'image_url', image_url: 'https://a/b.png' }, '.image_url', 'expected an object'],
  [{ type: 'image_url', image_url: {} }, '.image_url.url', 'Missing required parameter'],
  [{ type: 'image_url', image_url: { url: 7 } }, '.image_url.url', 'expected a string'],
  [{ type: 'image_url', image_url: { url: 'b.png' } }, '.image_url.url', 'Expected a valid URL'],
  [{ type: 'image_url', image_url: { url: 'see https://a' } }, '.image_url.url', 'Expected a valid URL'],
  [
    { type: 'image_url', image_url: { url: 'https://a', detail: 'huge' } },
    '.image_url.detail',
    "Invalid value: 'huge'",
  ],
  [
    { type: 'input_audio', input_audio: { format: 'wav' } },
    '.input_audio.data',
    'Missing required parameter',
  ],
  [{ type: 'input_audio', input_audio: { data: '' } }, '.input_audio.format', 'Missing required parameter'],
  [
    { type: 'input_audio', input_audio: { data: '', format: 'ogg' } },
    '.input_audio.format',
    "Invalid value: 'ogg'. Supported values are: 'wav' and 'mp3'.",
  ],
])('refuses the part %j', (part, place, text) => {
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }, part] }];
  const error = refused(() => readMessages({ messages }));
  expect(error?.param).toBe(`messages[0].content[1]${place}`);
  expect(error?.message).toContain(text);
});

test.each(['http://a/b.png', 'https://a/b.png', 'HTTPS://a/b.png', 'data:image/png;base64,iVBORw0KGgo='])(
  'takes the picture %s',
  (url) => {
    for (const detail of [undefined, null, 'original']) {
      const content = [{ type: 'image_url', image_url: { url, detail } }];
      expect(readMessages({ messages: [{ role: 'user', content }] })).toMatchObject([{ media: 1 }]);
    }
  },
);

test.each<[unknown, string, string]>([
  [[], '', 'empty array'],
  ['text', '', 'expected an array of objects'],
  [[call, 'text'], '[1]', 'expected an object'],
  [[{ ...call, id: undefined }], '[0].id', 'Missing required parameter'],
  [[{ ...call, id: 7 }], '[0].id', 'expected a string'],
  [[{ ...call, type: undefined }], '[0].type', 'Missing required parameter'],
  [[{ ...call, type: 'code' }], '[0].type', "Supported values are: 'function' and 'custom'."],
  [[{ ...call, function: undefined }], '[0].function', 'Missing required parameter'],
  [[{ ...call, function: 'f' }], '[0].function', 'expected an object'],
  [[{ ...call, function: {} }], '[0].function.name', 'Missing required parameter'],
  [[{ ...call, function: { name: 7 } }], '[0].function.name', 'expected a string'],
  [[{ ...call, type: 'custom' }], '[0].custom', 'Missing required parameter'],
])('refuses the calls %j', (tool_calls, place, text) => {
  const error = refused(() => readMessages({ messages: [{ role: 'assistant', content: null, tool_calls }] }));
  expect(error?.param).toBe(`messages[0].tool_calls${place}`);
  expect(error?.message).toContain(text);
});

const asks = (...ids: string[]) => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({ ...call, id })),
});
const answers = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'x' });
const user = { role: 'user', content: 'Hi' };
const first =
  "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
const missed = (ids: string) =>
  `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${ids}`;
const unknown = (id: string) =>
  `Invalid parameter: 'tool_call_id' of '${id}' not found in 'tool_calls' of previous message.`;

test.each<[string, object[], string, string]>([
  ['no call is before its result', [answers('a')], 'messages.[0].role', first],
  [
    'another message is between a call and its result',
    [asks('a'), answers('a'), user, answers('a')],
    'messages.[3].role',
    first,
  ],
  ['a call has no result', [user, asks('a'), user], 'messages.[2].role', missed('a')],
  ['calls at the end have no results', [user, asks('a', 'b')], 'messages.[2].role', missed('a, b')],
  [
    'one of several calls has no result',
    [asks('a', 'b', 'c'), answers('b'), asks('d')],
    'messages.[2].role',
    missed('a, c'),
  ],
  ['a result is of another call', [asks('a'), answers('b')], 'messages.[1].tool_call_id', unknown('b')],
  [
    'a result is of an earlier call',
    [asks('a'), answers('a'), asks('b'), answers('a')],
    'messages.[3].tool_call_id',
    unknown('a'),
  ],
  [
    'the id of a result is long',
    [asks('a'), answers('x'.repeat(201))],
    'messages.[1].tool_call_id',
    unknown(`${'x'.repeat(200)}...`),
  ],
  [
    'the id of a result is nearly too long',
    [asks('a'), answers('x'.repeat(200))],
    'messages.[1].tool_call_id',
    unknown('x'.repeat(200)),
  ],
])('calls and results do not match when %s', (_, messages, param, message) => {
  expect(refused(() => readMessages({ messages }))).toEqual({
    message,
    type: 'invalid_request_error',
    param,
    code: null,
  });
});

test('calls of functions, as before tools, need no results, and results no calls', () => {
  const asked = { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } };
  const result = { role: 'function', name: 'f', content: 'x' };
  for (const messages of [[asked, user], [asked], [user, result], [asked, result, user]])
    expect(readMessages({ messages })).toHaveLength(messages.length);
});
