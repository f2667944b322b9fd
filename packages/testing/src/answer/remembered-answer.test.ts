import { expect, test } from 'vitest';
import type { AnswerInput } from './answer-input.ts';
import { answer } from './answer.ts';
import { rememberedAnswer } from './remembered-answer.ts';

function plain(text: string, rest: Partial<AnswerInput> = {}): AnswerInput {
  return { model: 'gpt-5-mini', messages: [{ role: 'user', text }], ...rest };
}

/** Whether two equal inputs get one answer and not two equal ones. */
function isRemembered(input: AnswerInput): boolean {
  const first = rememberedAnswer(input);
  expect(first).toEqual(answer(input));
  const second = rememberedAnswer(structuredClone(input));
  expect(second).toEqual(first);
  return second === first;
}

test.each<[string, boolean, AnswerInput]>([
  ['a plain question', true, plain('What is 1 + 2?')],
  ['one with the format text', true, plain('What is 1 + 3?', { format: { kind: 'text' } })],
  [
    'one with no media and no calls',
    true,
    { model: 'm', messages: [{ role: 'user', text: 'a', media: 0, toolCalls: [] }] },
  ],
  ['one of 4000 characters', true, plain('Yes? '.repeat(800))],
  ['one of more than 4096 characters', false, plain('Yes? '.repeat(820))],
  ['one with JSON', false, plain('What is 1 + 4?', { format: { kind: 'json' } })],
  ['one with tools', false, plain('What is 1 + 5?', { tools: [] })],
  ['one with stop sequences', false, plain('What is 1 + 6?', { stop: [] })],
  ['one with a limit', false, plain('What is 1 + 7?', { maxTokens: 100 })],
  ['one with a picture', false, { model: 'm', messages: [{ role: 'user', text: 'b', media: 1 }] }],
  [
    'one with a call',
    false,
    {
      model: 'm',
      messages: [{ role: 'assistant', text: 'c', toolCalls: [{ id: '1', name: 'f', arguments: '{}' }] }],
    },
  ],
  ['one with a result', false, { model: 'm', messages: [{ role: 'tool', text: 'd', toolCallId: '1' }] }],
])('the answer to %s is remembered: %j', (_, expected, input) => {
  expect(isRemembered(input)).toBe(expected);
});

test('the model, the roles and all messages make a difference', () => {
  const other = { ...plain('Who are you?'), model: 'gpt-5' };
  expect(rememberedAnswer(plain('Who are you?')).text).toContain('gpt-5-mini');
  expect(rememberedAnswer(other).text).toContain('I am gpt-5,');
  const tell = (role: 'user' | 'system') =>
    rememberedAnswer({
      model: 'm',
      messages: [
        { role, text: 'Who are you?' },
        { role: 'user', text: 'Say 1' },
      ],
    });
  expect(tell('user')).not.toBe(tell('system'));
  expect(rememberedAnswer(plain('Say 2')).text).toBe('2');
});

test('only 256 answers are kept', () => {
  const first = rememberedAnswer(plain('Say first'));
  for (let index = 0; index < 257; index++) rememberedAnswer(plain(`Say ${index}`));
  expect(rememberedAnswer(plain('Say first'))).not.toBe(first);
});
