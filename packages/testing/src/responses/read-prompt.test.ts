import { describe, expect, test } from 'vitest';
import { countPrompt } from '../chat/usage.ts';
import { asking, refusalOf } from './asking.fake.ts';
import type { Item } from './items.ts';
import { readConversation, readPrompt } from './read-prompt.ts';
import type { ResponseObject } from './response-object.ts';
import { keep, type StoredResponse } from './response-store.ts';

const request = asking();
const message = (id: string, text: string): Item => ({
  id,
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
});

function stored(id: string, text: string): StoredResponse {
  const final = { id, output: [] } as unknown as ResponseObject;
  return { final, input: [message(`msg_${id}`, text)], previous: undefined, isCancelled: false };
}

keep(request, stored('resp_kept', 'From the store.'));
const recalled = stored('resp_recalled', 'From the connection.');

function read(body: object) {
  const recall = (id: string) => (id === recalled.final.id ? recalled : undefined);
  return readPrompt({ ...request, body: { ...body } }, recall);
}

test.each<[unknown, string[]]>([
  [undefined, []],
  [null, []],
  ['', []],
  ['Be brief.', ['Be brief.']],
  [[message('a', 'Be brief.'), message('b', 'Be kind.')], ['Be brief.\nBe kind.']],
])('instructions %j stand before everything', (instructions, texts) => {
  const { messages, text, tokens, tools } = read({ instructions, input: 'Hi' });
  expect(messages).toEqual([
    ...texts.map((each) => ({ role: 'system', text: each })),
    { role: 'user', text: 'Hi' },
  ]);
  expect(text()).toBe([...texts, 'Hi'].join('\n'));
  expect(tokens).toBe(countPrompt(messages, ''));
  expect(tools.echo).toEqual([]);
});

test('instructions that are no text are refused', () => {
  expect(refusalOf(() => read({ instructions: 7 }))).toEqual([
    "Invalid type for 'instructions': expected a string, but got an integer instead.",
    'instructions',
  ]);
});

test('tools belong to what is counted and cached', () => {
  const tools = [{ type: 'custom', name: 'shell' }];
  const { messages, tokens, cachedPart, tools: readTools } = read({ input: 'Hi', tools });
  const toolsText = JSON.stringify(readTools.echo);
  expect(readTools.echo).toMatchObject(tools);
  expect(tokens).toBe(countPrompt(messages, toolsText));
  expect(cachedPart()).toBe(`${toolsText}\nuser\nHi\n`);
});

test.each([
  ['resp_kept', ['From the store.', 'Hi']],
  ['resp_recalled', ['From the connection.', 'Hi']],
  [null, ['Hi']],
])('the turns before come from the store or from the connection: %s', (id, texts) => {
  const { messages, input, items, previous } = read({ input: 'Hi', previous_response_id: id });
  expect(messages.map(({ text }) => text)).toEqual(texts);
  expect([items.length, input.length, previous?.final.id ?? null]).toEqual([texts.length, 1, id]);
});

test('a response that nobody has is refused, with its id cut', () => {
  expect(refusalOf(() => read({ previous_response_id: 'x'.repeat(300) }))).toEqual([
    `Previous response with id '${'x'.repeat(200)}' not found.`,
    'previous_response_id',
  ]);
});

test('an item is found by its id among the turns before and in the store', () => {
  const reference = (id: string) => [{ type: 'item_reference', id }];
  const texts = (body: object) => read(body).messages.map(({ text }) => text);
  expect(texts({ input: reference('msg_resp_kept') })).toEqual(['From the store.']);
  expect(texts({ input: reference('msg_resp_recalled'), previous_response_id: 'resp_recalled' })).toEqual([
    'From the connection.',
    'From the connection.',
  ]);
  expect(refusalOf(() => read({ input: reference('msg_resp_recalled') }))).toEqual([
    "Item with id 'msg_resp_recalled' not found.",
    'input',
  ]);
});

describe('a prompt', () => {
  const { tokens } = readConversation(asking({ input: 'one two three' }));
  const { deployment } = request;

  function within(contextTokens: number, body: object) {
    const small = { ...deployment, traits: { ...deployment.traits, contextTokens } };
    return asking({ input: 'one two three', ...body }, { deployment: small });
  }

  test.each<[number, object, number]>([
    [tokens, {}, tokens],
    [tokens - 1, { truncation: 'auto' }, tokens - 1],
  ])('of %i tokens is read as far as the model can: %j', (context, body, read) => {
    expect(readPrompt(within(context, body)).tokens).toBe(read);
  });

  test.each([{}, { truncation: 'disabled' }])(
    'that is longer is refused, though it can be counted: %j',
    (body) => {
      const long = within(tokens - 1, body);
      expect(refusalOf(() => readPrompt(long))).toEqual([
        'Your input exceeds the context window of this model. Please adjust your input and try again.',
        'input',
      ]);
      expect(readConversation(long).tokens).toBe(tokens);
    },
  );

  test('with a call that nobody answered is refused, though it can be counted', () => {
    const open = asking({ input: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }] });
    expect(refusalOf(() => readPrompt(open))).toEqual(['No tool output found for function call c.', 'input']);
    expect(readConversation(open).tokens).toBeGreaterThan(0);
  });
});
