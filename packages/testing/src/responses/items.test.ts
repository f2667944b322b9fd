import { describe, expect, test } from 'vitest';
import { asking, refusalOf } from './asking.fake.ts';
import { encryptContent } from './encrypted-content.ts';
import { checkToolTurns, readItems, type Item } from './items.ts';

type Sent = Readonly<Record<string, unknown>>;

const kept: Item = { id: 'msg_kept', type: 'message', role: 'user', content: [] };

function read(input: unknown, body: Sent = {}): Item[] {
  return readItems(input, asking(body), (id) => (id === kept.id ? kept : undefined));
}

const message = (content: unknown, more: Sent = {}) => ({ role: 'user', content, ...more });

describe('input', () => {
  test.each([undefined, null, []])('%j is no item', (input) => {
    expect(read(input)).toEqual([]);
  });

  test.each<[unknown, Sent]>([
    ['Hi', { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }],
    [[message('Hi')], { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }],
    [
      [message('Hi', { type: 'message', role: 'developer' })],
      { role: 'developer', content: [{ type: 'input_text', text: 'Hi' }] },
    ],
    [
      [message('Hi', { role: 'assistant' })],
      { role: 'assistant', content: [{ type: 'output_text', annotations: [], text: 'Hi' }] },
    ],
    [
      [message([{ type: 'refusal', refusal: 'No.' }], { role: 'assistant' })],
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
    ],
  ])('%j is a message', (input, is) => {
    expect(read(input)).toEqual([
      { id: expect.stringMatching(/^msg_\w{50}$/) as string, type: 'message', status: 'completed', ...is },
    ]);
  });

  test.each<[Sent, RegExp]>([
    [{ type: 'function_call_output', call_id: 'c', output: '' }, /^fco_\w{50}$/],
    [{ type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }, /^fc_\w{50}$/],
    [{ type: 'custom_tool_call', call_id: 'c', name: 'f', input: '' }, /^ctc_\w{50}$/],
    [{ type: 'web_search_call', id: '' }, /^ws_\w{50}$/],
    [{ type: 'web_search_call', id: null }, /^ws_\w{50}$/],
    [{ type: 'reasoning', id: '', summary: [] }, /^rs_\w{50}$/],
  ])('%j gets an id of its kind, and is otherwise kept as it is', (sent, id) => {
    expect(read([sent])).toEqual([{ status: 'completed', ...sent, id: expect.stringMatching(id) as string }]);
  });

  test('an item keeps the id and the status that it came with', () => {
    const call = { type: 'function_call', id: 'fc_1', status: 'incomplete', call_id: 'c', name: 'f' };
    expect(read([call, message('Hi', { id: 'msg_1' })])).toMatchObject([call, { id: 'msg_1' }]);
  });

  test('what is referenced by its id is the stored item', () => {
    expect(read([{ type: 'item_reference', id: kept.id }])).toEqual([kept]);
  });

  test('reasoning is looked up by its id only where it came without its content', () => {
    const thought = { type: 'reasoning', id: 'rs_gone', summary: [] };
    const content = encryptContent(asking(), 'A thought.');
    expect(read([{ ...thought, encrypted_content: content }])).toHaveLength(1);
    expect(read([{ type: 'reasoning', summary: [] }])).toHaveLength(1);
    expect(read([{ type: 'function_call', id: 'fc_gone', call_id: 'c', name: 'f' }])).toHaveLength(1);
    expect(refusalOf(() => read([thought]))).toEqual(["Item with id 'rs_gone' not found.", 'input']);
  });
});

const unknownItem = /^Invalid value: 'nope'. Supported values are: 'message', .*, and 'item_reference'\.$/;
const roles = "'assistant', 'system', 'developer'";
const parts =
  "'input_text', 'input_image', 'input_file', 'input_audio', 'output_text', 'refusal', and 'summary_text'";

test.each<[unknown, string | RegExp, string | null]>([
  [
    7,
    "Invalid type for 'input': expected one of a string or array of objects, but got an integer instead.",
    'input',
  ],
  [['Hi'], "Invalid type for 'input[0]': expected an object, but got a string instead.", 'input[0]'],
  [[message('Hi'), {}], "Missing required parameter: 'input[1].type'.", 'input[1].type'],
  [[{ type: 'nope' }], unknownItem, 'input[0]'],
  [[{ type: 'toString' }], /^Invalid value: 'toString'/, 'input[0]'],
  [[{ type: 7 }], /^Invalid value: '7'/, 'input[0]'],
  [[{ type: ['reasoning'] }], /^Invalid value: '\["reasoning"\]'/, 'input[0]'],
  [
    [{ type: 'reasoning', encrypted_content: 'of another' }],
    'The encrypted content of a...ther could not be verified.',
    null,
  ],
  [[{ type: 'item_reference' }], "Missing required parameter: 'input[0].id'.", 'input[0].id'],
  [[{ type: 'item_reference', id: 'x' }], "Item with id 'x' not found.", 'input'],
  [
    [{ type: 'item_reference', id: 'x'.repeat(300) }],
    `Item with id '${'x'.repeat(200)}' not found.`,
    'input',
  ],
  [
    [{ type: 'function_call_output', output: '' }],
    "Missing required parameter: 'input[0].call_id'.",
    'input[0].call_id',
  ],
  [
    [{ type: 'shell_call_output', output: '' }],
    "Missing required parameter: 'input[0].call_id'.",
    'input[0].call_id',
  ],
  [
    [{ type: 'function_call_output', call_id: 'c' }],
    "Missing required parameter: 'input[0].output'.",
    'input[0].output',
  ],
  [[{ type: 'function_call' }], "Missing required parameter: 'input[0].call_id'.", 'input[0].call_id'],
  [
    [{ type: 'function_call', call_id: 'c' }],
    "Missing required parameter: 'input[0].name'.",
    'input[0].name',
  ],
  [
    [{ type: 'custom_tool_call', call_id: 'c' }],
    "Missing required parameter: 'input[0].name'.",
    'input[0].name',
  ],
  [[{ type: 'message' }], "Missing required parameter: 'input[0].role'.", 'input[0].role'],
  [
    [{ role: 'tool', content: 'x' }],
    `Invalid value: 'tool'. Supported values are: ${roles}, and 'user'.`,
    'input[0].role',
  ],
  [
    [{ role: 7, content: 'x' }],
    `Invalid value: '7'. Supported values are: ${roles}, and 'user'.`,
    'input[0].role',
  ],
  [[{ role: 'user' }], "Missing required parameter: 'input[0].content'.", 'input[0].content'],
  [[message(null)], "Missing required parameter: 'input[0].content'.", 'input[0].content'],
  [
    [message({})],
    "Invalid type for 'input[0].content': expected one of a string or array of objects, but got an object instead.",
    'input[0].content',
  ],
  [
    [message(['x'])],
    "Invalid type for 'input[0].content[0]': expected an object, but got a string instead.",
    'input[0].content[0]',
  ],
  [[message([{}])], "Missing required parameter: 'input[0].content[0].type'.", 'input[0].content[0].type'],
  [
    [message([{ type: 'text', text: 'x' }])],
    `Invalid value: 'text'. Supported values are: ${parts}.`,
    'input[0].content[0].type',
  ],
  [
    [message([{ type: 7 }])],
    `Invalid value: '7'. Supported values are: ${parts}.`,
    'input[0].content[0].type',
  ],
  [
    [message([{ type: 'input_text', text: 'x' }], { role: 'assistant' })],
    "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
    'input[0].content[0]',
  ],
  [
    [message([{ type: 'input_text' }])],
    "Missing required parameter: 'input[0].content[0].text'.",
    'input[0].content[0].text',
  ],
  [
    [message([{ type: 'input_text', text: 7 }])],
    "Invalid type for 'input[0].content[0].text': expected a string, but got an integer instead.",
    'input[0].content[0].text',
  ],
  [
    [message([{ type: 'input_image' }])],
    "Missing required parameter: 'input[0].content[0].image_url'.",
    'input[0].content[0].image_url',
  ],
])('%j is refused', (input, words, param) => {
  expect(refusalOf(() => read(input))).toEqual([
    typeof words === 'string' ? words : (expect.stringMatching(words) as string),
    param,
  ]);
});

test('what was not stored is refused with the advice to store it', () => {
  const [words] = refusalOf(() => read([{ type: 'item_reference', id: 'x' }], { store: false })) ?? [];
  expect(words).toBe(
    "Item with id 'x' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.",
  );
});

test.each<[Sent]>([
  [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }],
  [{ type: 'input_audio', input_audio: {} }],
  [{ type: 'input_file', file_data: 'data:,x' }],
])('%j is a part of a message', (part) => {
  expect(read([message([part])])).toMatchObject([{ content: [part] }]);
});

test.each(['input_image', 'input_file'])(
  '%s may name a file that the resource has, and no other one',
  (type) => {
    const [words] = refusalOf(() => read([message([{ type, file_id: 'assistant-x' }])])) ?? [];
    expect(words).toBe(
      'Files [assistant-x] were not found due to ownership verification failure. Ensure the same AOAI resource is used to create and access files.',
    );
  },
);

describe('tool turns', () => {
  const call = (call_id: string, type = 'function_call') => ({ id: `of-${call_id}`, type, call_id });
  const output = (call_id: string, type = 'function_call_output') => call(call_id, type);

  test.each<[string, Item[]]>([
    ['no call at all', [kept]],
    ['a call with its output', [call('a'), output('a')]],
    ['two calls, and then their outputs in another order', [call('a'), call('b'), output('b'), output('a')]],
    ['a call that is answered twice', [call('a'), output('a'), output('a')]],
    ['a custom call', [call('a', 'custom_tool_call'), output('a', 'custom_tool_call_output')]],
    ['a call that the service itself answers', [call('a', 'web_search_call')]],
    ['the output of a call that is not looked for', [output('a', 'shell_call_output')]],
  ])('%s is complete', (_, items) => {
    expect(
      refusalOf(() => {
        checkToolTurns(items);
      }),
    ).toBeUndefined();
  });

  test.each<[string, Item[], string]>([
    ['an output alone', [output('a')], 'No tool call found for function call output with call_id a.'],
    [
      'a custom output alone',
      [output('a', 'custom_tool_call_output')],
      'No tool call found for custom tool call output with call_id a.',
    ],
    [
      'an output before its call',
      [output('a'), call('a')],
      'No tool call found for function call output with call_id a.',
    ],
    [
      'an output with a very long id',
      [output('x'.repeat(300))],
      `No tool call found for function call output with call_id ${'x'.repeat(200)}.`,
    ],
    ['a call alone', [call('a')], 'No tool output found for function call a.'],
    ['a custom call alone', [call('a', 'custom_tool_call')], 'No tool output found for custom tool call a.'],
    [
      'the second of two calls',
      [call('a'), call('b'), output('a')],
      'No tool output found for function call b.',
    ],
  ])('%s is refused', (_, items, words) => {
    expect(
      refusalOf(() => {
        checkToolTurns(items);
      }),
    ).toEqual([words, 'input']);
  });
});
