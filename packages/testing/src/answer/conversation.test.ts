import { expect, test } from 'vitest';
import type { AnswerMessage } from './answer-input.ts';
import { readConversation } from './conversation.ts';

const read = (...messages: readonly AnswerMessage[]) => readConversation({ model: 'gpt-5-mini', messages });
const system = (text: string): AnswerMessage => ({ role: 'system', text });
const user = (text: string): AnswerMessage => ({ role: 'user', text });
const assistant = (text: string): AnswerMessage => ({ role: 'assistant', text });

test('the last user message is what is asked, and its text comes before what was said earlier', () => {
  expect(
    read(
      system('You are kind. Lunch is free.'),
      user('My name is Ada. Is it late?'),
      assistant('It is noon.'),
      { role: 'tool', text: '[doc1] Tea is hot.', toolCallId: '1' },
      assistant(''),
      system('Always be brief.'),
      { ...user('Rain falls. Is it wet?'), media: 2 },
      assistant('Wait.'),
    ),
  ).toEqual({
    model: 'gpt-5-mini',
    asked: 'Rain falls. Is it wet?',
    question: 'Is it wet?',
    material: 'Rain falls.',
    background: 'My name is Ada. Is it late?',
    instructions: 'You are kind. Lunch is free.\nAlways be brief.',
    sources: [
      { text: 'Lunch is free.' },
      { text: 'Rain falls.' },
      { text: 'My name is Ada.' },
      { text: 'It is noon.' },
      { text: 'Tea is hot.', label: '[doc1]' },
    ],
    results: [],
    media: 2,
  });
});

test('without a user message nothing is asked', () => {
  expect(read(system('Lunch is free.'))).toMatchObject({
    asked: '',
    question: '',
    background: '',
    sources: [{ text: 'Lunch is free.' }],
    results: [],
    media: 0,
  });
});

test('the results of the tools since the last user message are kept with their calls', () => {
  const call = { id: '1', name: 'red', arguments: '{"a":1}' };
  const result = (text: string, toolCallId?: string): AnswerMessage => ({
    role: 'tool',
    text,
    ...(toolCallId !== undefined && { toolCallId }),
  });
  const { results } = read(
    user('First'),
    { ...assistant(''), toolCalls: [{ ...call, id: '0' }] },
    result('old', '0'),
    user('Second'),
    { ...assistant(''), toolCalls: [call] },
    result('new', '1'),
    assistant('Hm.'),
    result('other', '0'),
    result('lost'),
  );
  expect(results).toEqual([
    { tool: 'red', arguments: '{"a":1}', text: 'new' },
    { tool: 'tool', arguments: '{}', text: 'other' },
    { tool: 'tool', arguments: '{}', text: 'lost' },
  ]);
});

test('a question refers back to the last 300 characters before it', () => {
  expect(read(user('Old'), user(`${'a'.repeat(300)}b`), user('Why?')).background).toBe(`${'a'.repeat(299)}b`);
});

test('blanks that make a prompt long are no part of it', () => {
  expect(read(user(`Why${' '.repeat(1000)}?`)).asked).toBe('Why ?');
});

test.each([
  'You are a bot.',
  "You're kind",
  'Your task is to help.',
  'Your name is Bo.',
  '- Never guess.',
  '## Do not guess',
  '1. Cite each source.',
  '* Only use the sources.',
  'Each source has a name.',
  'If the answer is unknown, say so.',
  'When you answer, be kind.',
  'Be concise.',
  'Summarize the text.',
  'Summarise it.',
  'Today is Monday.',
])('%j tells the model how to behave and is no source', (text) => {
  expect(read(system(text), user('Why?')).sources).toEqual([]);
});

test.each([
  'Younger people pay less.',
  'Context:Tea is hot.',
  'Tea is what you are given.',
  'Being late is bad.',
  'Each employee has a badge.',
  'Onlyfoods is a shop.',
])('%j is a source', (text) => {
  expect(read(system(text), user('Why?')).sources).toEqual([{ text }]);
});

test('of a passage the sentences that are no orders are kept, of one with a label all', () => {
  expect(
    read(system('Be polite. Tea is hot. Be brief. Ice is cold.\n\n[1] Use the stairs.'), user('Why?'))
      .sources,
  ).toEqual([{ text: 'Tea is hot.\nIce is cold.' }, { text: 'Use the stairs.', label: '[1]' }]);
});
