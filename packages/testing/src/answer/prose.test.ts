import { expect, test } from 'vitest';
import type { AnswerMessage } from './answer-input.ts';
import { readConversation } from './conversation.ts';
import { knownProse, prose } from './prose.ts';

function read(text: string, system = '', earlier: readonly string[] = [], media?: number) {
  const messages: readonly AnswerMessage[] = [
    { role: 'system', text: system },
    ...earlier.map((each) => ({ role: 'user', text: each }) as const),
    { role: 'user', text, ...(media !== undefined && { media }) },
  ];
  return readConversation({ model: 'gpt-5-mini', messages });
}

function say(...given: Parameters<typeof read>): string {
  return prose(read(...given));
}

const rules = `[1] Parental leave takes sixteen weeks. Parental leave is paid. Parental leave is popular.
[2] Refunds take five days.
[3] Sick leave needs a note.`;

test.each([
  [
    'How long is parental leave?',
    'Parental leave takes sixteen weeks. Parental leave is paid. Parental leave is popular. [1]',
  ],
  [
    'Compare parental leave and refunds',
    'Parental leave takes sixteen weeks. Parental leave is paid. [1] Refunds take five days. [2]',
  ],
  [
    'How long do refunds take and does sick leave need a note?',
    'Refunds take five days. [2] Sick leave needs a note. [3]',
  ],
  ['Do refunds take days, and do refunds take five days?', 'Refunds take five days. [2]'],
  [
    'How long is parental leave and is it paid?',
    'Parental leave takes sixteen weeks. Parental leave is paid. [1]',
  ],
])('each part of %j is answered by its two best sentences, once: %j', (question, expected) => {
  expect(say(question, rules)).toBe(expected);
});

test.each([
  ['Is it paid?', ['How long is parental leave?'], /Parental leave is paid\./],
  ['And the others, are they popular?', ['How long is parental leave?'], /Parental leave is popular\./],
])('%j is answered with the question before it in mind', (question, earlier, expected) => {
  expect(say(question, rules, earlier)).toMatch(expected);
});

test('a part that refers back is answered with the part before it in mind', () => {
  const sources = `[1] Sick leave must be reported to your manager. Sick notes are green.
[2] The manager sits upstairs.
[3] A report is a text.`;
  expect(say('How is sick leave reported, and do they sit upstairs?', sources)).toBe(
    'Sick leave must be reported to your manager. [1] The manager sits upstairs. [2]',
  );
});

test('the results of tools are what is said, before anything else', () => {
  const call = { id: '1', name: 'look_up', arguments: '{}' };
  const messages: readonly AnswerMessage[] = [
    { role: 'user', text: 'Hello' },
    { role: 'assistant', text: '', toolCalls: [call] },
    { role: 'tool', text: 'It rains.', toolCallId: '1' },
  ];
  expect(prose(readConversation({ model: 'm', messages }))).toBe('It rains.');
});

test('a question that does not refer back is not mixed with the one before it', () => {
  expect(say('Chairs?', rules, ['How long is parental leave?'])).toBe(
    'I could not find an answer to "Chairs?" in the text I was given.',
  );
});

const from = (text: string) =>
  `I am gpt-5-mini, played by a mock of Azure OpenAI. I answer from ${text}, call the tools that I am offered and fill in JSON schemas.`;

test.each([
  'Who are you?',
  'what are you',
  'Well, what can you do?',
  'What can you help with?',
  "What's your name?",
  'What is your name?',
])('%j: the mock says that it is one', (question) => {
  expect(say(question)).toBe(from('the text in the prompt'));
  expect(say(question, 'Lunch is free.')).toBe(from('the text that I was given'));
});

test.each(['Tell who are you', 'Who are youngsters?'])('%j is not asked of the mock', (question) => {
  expect(knownProse(read(question))).toBeUndefined();
});

test.each(['My cat is red', "I'm here", 'i like tea', 'Remember the milk', 'FYI: tea', 'They left, we stay'])(
  'the statement %j is noted',
  (text) => {
    expect(say(text)).toBe('Thank you, I have noted that.');
  },
);

test.each([
  ['I want tea'],
  ['We need tea'],
  ['I have a question'],
  ['I would love tea'],
  ['Tea, I like'],
  ['Mystery'],
  ['My tea, is it? I hope'],
])('%j is no statement to note', (text) => {
  expect(knownProse(read(text))).toBeUndefined();
});

test('a message with a picture is no statement', () => {
  expect(say('My cat', '', [], 1)).toBe(
    'The message holds one attachment, which this mock of gpt-5-mini cannot see or hear. You asked: "My cat"',
  );
  expect(say('My cats', 'Lunch is free.', [], 2)).toBe(
    'The message holds 2 attachments, which this mock of gpt-5-mini cannot see or hear. You asked: "My cats"',
  );
});

test.each([
  ['If you cannot tell, say "No."', 'No.'],
  [`If it is not in the sources, say "I don't know."`, "I don't know."],
  ["Otherwise reply with: 'I don't know that'.", "I don't know that"],
  ['Otherwise answer that  “I don’t know”', 'I don’t know'],
  ['Otherwise respond ‘I don’t know’.', 'I don’t know'],
  ['If you are not sure, say that you do not know.', "I don't know."],
  ["Answer that you don't know", "I don't know."],
  ['A bot may answer that it does not know.', "I don't know."],
  ["A bot may say so if it doesn't know.", "I don't know."],
])('where nothing answers, the instructions %j decide what is said: %j', (order, expected) => {
  expect(say('Chairs?', order)).toBe(expected);
});

test.each([
  'Essay "one"',
  'Answer in short. You do not know much.',
  'Answer what people of all countries, ages and trades do not know',
  'Answer as one who does know',
])('the instructions %j say nothing about what is not known', (order) => {
  expect(say('Chairs?', order)).toMatch(/^(?:You said:|I could not find an answer to) "Chairs\?"/);
});

test('the order may stand in the message itself', () => {
  expect(say('Lunch is free. If you cannot tell, say "No."\n\nWho founded it?')).toBe('No.');
  expect(say("Lunch is free. Say so when you don't know.\n\nWho founded it?")).toBe("I don't know.");
});

test('a long question is repeated in part', () => {
  const long = 'x'.repeat(201);
  expect(say(long)).toContain(`You said: "${'x'.repeat(197)}..." This`);
  expect(say(long.slice(1))).toContain(`You said: "${'x'.repeat(200)}" This`);
});
