import { expect, test } from 'vitest';
import type { Conversation } from './conversation.ts';
import { answerFromResults } from './tool-results.ts';

function say(question: string, ...results: (string | readonly [text: string, given: unknown])[]): string {
  const conversation: Conversation = {
    model: 'gpt-5-mini',
    asked: question,
    question,
    material: '',
    background: '',
    instructions: '',
    sources: [],
    results: results.map((result) => {
      const [text, given] = typeof result === 'string' ? [result, {}] : result;
      return { tool: 'look_up', arguments: JSON.stringify(given), text };
    }),
    media: 0,
  };
  return answerFromResults(conversation);
}

test.each([
  ['{"temperature":22,"unit":"celsius"}', 'Temperature 22, unit celsius.'],
  ['{"openSince":"2026-11-30","is_open":true}', 'Open since 2026-11-30, is open true.'],
  ['{"URL":"x","orderID":7}', 'Url x, order id 7.'],
  ['{"a":null,"b":"","c":[],"d":0}', 'D 0.'],
  [
    '{"tags":["x","y"],"owner":{"first_name":"Ada","age":30}}',
    'Tags x and y, owner (first name Ada, age 30)',
  ],
  ['{"text":"Done!"}', 'Text Done!'],
  ['{"text":"Done?"}', 'Text Done?'],
  ['{"text":"Done."}', 'Text Done.'],
  ['{"text":"Done. Thanks"}', 'Text Done. Thanks.'],
  ['{"text":"[1]"}', 'Text [1]'],
  ['12', '12.'],
  ['true', 'True.'],
  ['"done"', 'Done.'],
  [' it is done \n', 'It is done.'],
  ['[]', 'There are no results.'],
  ['{}', 'There are no results.'],
  ['{"tickets":[]}', 'There are no results.'],
  ['[{"id":null}]', 'There are no results.'],
  ['', 'The tool returned nothing.'],
  ['" "', 'The tool returned nothing.'],
])('the result %j is said as %j', (result, expected) => {
  expect(say('What does it say?', result)).toBe(expected);
});

const rows = [
  { name: 'Ada', city: 'Paris' },
  { name: 'Bob', city: 'Oslo' },
  { name: 'Cy', city: 'Oslo' },
];

test.each([
  ['Who is in Paris?', 'Name Ada, city Paris.'],
  ['Who is in Oslo?', '- name Bob, city Oslo\n- name Cy, city Oslo'],
  ['Is Bob in Oslo?', 'Name Bob, city Oslo.'],
  ['Who?', '- name Ada, city Paris\n- name Bob, city Oslo\n- name Cy, city Oslo'],
])('of the rows of a list, those that match %j are said', (question, expected) => {
  expect(say(question, JSON.stringify(rows))).toBe(expected);
  expect(say(question, JSON.stringify({ total: 3, names: ['Ada'], people: rows }))).toBe(expected);
});

test('of two lists in a result neither is chosen', () => {
  expect(say('Paris', JSON.stringify({ a: [{ b: 1 }], c: [{ d: 2 }] }))).toBe('A (b 1), c (d 2)');
});

test('a list of plain values is said too, and ten rows at most', () => {
  expect(say('Which?', '["a","b"]')).toBe('- a\n- b');
  const many = Array.from({ length: 11 }, (_, index) => index);
  expect(say('Which?', JSON.stringify(many)).split('\n')).toEqual(
    many.slice(0, 10).map((each) => `- ${each}`),
  );
});

test('documents in a result are quoted and cited when they answer the question', () => {
  const documents = '[{"id":"p1","content":"Leave is 20 days long."},{"id":"p2","content":"Lunch is free."}]';
  expect(say('How long is leave?', documents)).toBe('Leave is 20 days long. [p1]');
  expect(say('Who founded it?', documents)).toBe(
    '- id p1, content Leave is 20 days long.\n- id p2, content Lunch is free.',
  );
});

test('a text with labelled sources is quoted from, else its first source is said', () => {
  const text = '[doc1] Leave is 20 days long.\n[doc2] Lunch is free.';
  expect(say('Is lunch free?', text)).toBe('Lunch is free. [doc2]');
  expect(say('Who founded it?', text)).toBe('Leave is 20 days long. [doc1]');
});

test('a long text is quoted from, else its first 400 characters are said', () => {
  const long = `Lunch is free. ${'The office is open. '.repeat(20)}`;
  expect(say('Is lunch free?', long)).toBe('Lunch is free.');
  expect(say('Who founded it?', long)).toBe(long.slice(0, 400));
  const short = 'Lunch is free. '.padEnd(300, 'x');
  expect(say('Is lunch free?', short)).toBe(`${short}.`);
  expect(say('Is lunch free?', `${short}x`)).toBe('Lunch is free.');
});

test.each<[string, object, string]>([
  ['80 degrees F', { unit: 'f', location: 'Oslo' }, 'Oslo: 80 degrees F.'],
  ['80 degrees F', { LOC: 'Oslo' }, 'Oslo: 80 degrees F.'],
  ['80 degrees F', { country: 'Norway' }, 'Norway: 80 degrees F.'],
  ['80 degrees F in Oslo', { city: 'Oslo' }, '80 degrees F in Oslo.'],
  ['80 degrees F', { city: '' }, '80 degrees F.'],
  ['80 degrees F', { city: 7 }, '80 degrees F.'],
  ['80 degrees F', { citymap: 'Oslo', old_city: 'Oslo' }, '80 degrees F.'],
  ['80 degrees F', ['Oslo'], '80 degrees F.'],
  [' ', { city: 'Oslo' }, 'The tool returned nothing.'],
  ['a'.repeat(59), { city: 'Oslo' }, `Oslo: A${'a'.repeat(58)}.`],
  ['a'.repeat(60), { city: 'Oslo' }, `A${'a'.repeat(59)}.`],
])('the short result %j of a call with %j is said with its place', (result, given, expected) => {
  expect(say('How warm is it?', [result, given])).toBe(expected);
});

test('of several results each is said with the first text that its call was given', () => {
  const oslo = { days: 2, city: 'Oslo' };
  expect(say('How warm?', ['4 degrees', oslo], ['{"degrees":9}', { city: 'Rome' }], ['', { id: 1 }])).toBe(
    'Oslo: 4 degrees. Rome: Degrees 9. look_up: the tool returned nothing.',
  );
  expect(say('How warm?', ['["a","b"]', oslo], ['cold', ['Rome']])).toBe('Oslo:\n- a\n- b\n\nlook_up: Cold.');
});
