import { expect, test } from 'vitest';
import { readConversation } from './conversation.ts';
import { jsonInText, jsonObject } from './json-object.ts';

const prose = 'Nothing is known.';

function read(text: string, result?: string) {
  const messages = [
    { role: 'user', text } as const,
    ...(result === undefined ? [] : [{ role: 'tool', text: result } as const]),
  ];
  const prompt = { text, question: text, prose: () => prose };
  return [readConversation({ model: 'gpt-5-mini', messages }), prompt] as const;
}

test.each<[string, unknown]>([
  ['Return JSON like {"city": "...", "days": 3}: Ann was in Oslo for 5 days.', { city: 'Oslo', days: 5 }],
  ['Return {"list": [... ], "more": {...}}. These: x, y and z.', { list: ['x', 'y', 'z'], more: {} }],
  ['Return {"list": [...\n]}. These: x, y and z.', { list: ['x', 'y', 'z'] }],
  ['Return {"list": []}. These: x, y and z.', { list: ['x', 'y', 'z'] }],
  [
    'Return {"count": "number", "half": "Integer", "third": "int", "open": "boolean", "red": "bool", "x": "string"}. Count: 7, half: 3.4, third: 2.3, x: y. It is open and red.',
    { count: 7, half: 3, third: 2, open: true, red: true, x: 'y' },
  ],
  ['Return {"mood": "positive|negative"}. I love it.', { mood: 'positive' }],
  ['Return {"mood": "bad | good   |  fine"}. It is fine.', { mood: 'fine' }],
  [
    'Return {"open": false, "size": 1, "name": null}. It is open. Size: 4. Name: Ann.',
    { open: true, size: 4, name: 'Ann' },
  ],
  ['Return {"rows": [{"count": 1}]}.\n- count: 5\n- count: 6', { rows: [{ count: 5 }, { count: 6 }] }],
  ['Return {"a": {"b": {"count": 1}}} with count: 5.', { a: { b: { count: 5 } } }],
  ['Return {"x": "a \\"}\\" {", "count": 1} where count: 7, x: y.', { x: 'y', count: 7 }],
  ['Return {"x": "", "count": 1} where count: 7, x: y.', { x: 'y', count: 7 }],
  ['Not { "x": oops } but { "count": 3}, where count: 5.', { count: 5 }],
  ['Not {"x": { but {"count": 3}, where count: 5.', { count: 5 }],
  ['Both {"count": 3} and {"x": 4}, where count: 5.', { count: 5 }],
  [
    'Follow {"properties": {"count": {"type": "integer", "maximum": 4}}, "required": ["count"]}, where count: 5.',
    { count: 4 },
  ],
  [
    'Follow {"properties": "many", "count": 1}, \nproperties: few, count: 5.',
    { properties: 'few', count: 5 },
  ],
  ['Return a list such as ["a"], or {}.', { answer: prose }],
  ['Return {"unclosed": 1', { answer: prose }],
  ['Describe Ann as JSON.', { answer: prose }],
])('JSON has the form that %j shows', (text, expected) => {
  expect(jsonObject(...read(text))).toEqual(expected);
});

test('an example is not taken for a part of the text', () => {
  const lines = ['Return .', 'It rains.'].map((x) => ({ x }));
  expect(jsonObject(...read('Return {"lines": [{"x": ""}]}. It rains.'))).toEqual({ lines });
  expect(jsonObject(...read('Return {"city": "Rome"} and never {"city": "Rome"}: in Oslo.'))).toEqual({
    city: 'Oslo',
  });
});

test('of twenty things that look like an example and are none, the next is still read', () => {
  const shown = (count: number) => `${'{"x": oops} '.repeat(count)}{"count": 3}, where count: 5.`;
  expect(jsonObject(...read(shown(19)))).toEqual({ count: 5 });
  expect(jsonObject(...read(shown(20)))).toEqual({ answer: prose });
});

test.each<[string, readonly string[]]>([
  ...['key', 'keys', 'field', 'fields', 'property', 'properties', 'attribute', 'attributes'].flatMap(
    (word) => [
      [`Describe Ann as JSON, the ${word}: one`, ['one']] as [string, string[]],
      [`Describe Ann as JSON with a "one"  ${word}`, ['one']] as [string, string[]],
    ],
  ),
  ...['named', 'called', 'are', 'of', 'should be'].map(
    (word) => [`Describe Ann as JSON. Keys ${word} one and two`, ['one', 'two']] as [string, string[]],
  ),
  [
    'Use the keys one, two,three , and  four  and five&six & seven.',
    ['one', 'two', 'three', 'four', 'five', 'six', 'seven'],
  ],
  [
    'Use the keys "one", \'two\',`three` , and  "four"  and "five"&"six" & "seven".',
    ['one', 'two', 'three', 'four', 'five', 'six', 'seven'],
  ],
  [
    'Use "one", \'two\',`three` , and  "four"  and "five"&"six" & "seven"  keys.',
    ['one', 'two', 'three', 'four', 'five', 'six', 'seven'],
  ],
  ['Use a "one" field and an "other-one" field and a "one" field.', ['one', 'other-one']],
  ['Use the keys one (a number), two (of a, b and c) and three.', ['one', 'two', 'three']],
  ['Use the keys _one and t2_wo', ['_one', 't2_wo']],
  ['JSON with one and two for Ann', ['one', 'two']],
  ['A json object with one, two: Ann', ['one', 'two']],
  ['JSON with one and two from Ann', ['one', 'two']],
  ['JSON with the keys one and two for Ann', ['one', 'two']],
  ['JSON with no nonsense', ['answer']],
  ['Use the key "first name" of Ann', ['answer']],
  ['Use the fields the user gives', ['answer']],
  ['Use the fields a user gives', ['answer']],
  ['The keyboards are nice', ['answer']],
])('the keys of %j are %j', (text, keys) => {
  expect(Object.keys(jsonObject(...read(text)) as object)).toEqual(keys);
});

test.each<[string, readonly string[], unknown]>([
  ['whether', ['is_open', 'hasCar', 'can_swim', 'shouldStop'], true],
  [
    'how many',
    [
      ...['age', 'Count', 'quantity', 'number', 'total', 'price', 'amount', 'year'],
      ...['population', 'temperature', 'rating', 'score', 'confidence'],
    ],
    7,
  ],
  ['which', ['items', 'colours'], ['7']],
  [
    'what',
    ['issue', 'numbered', 'a_has_b', 'glass', 'address', 'status', 'news', 'total_of', 'classes_of'],
    '7',
  ],
])('a key asks %s by its name: %j', (_, keys, expected) => {
  for (const key of keys) {
    const made = jsonObject(...read(`Use the key ${key}.\n- 7\n${key}: 7`));
    expect(made).toEqual({ [key]: expected });
  }
});

test('the values of named keys come from what the question is about', () => {
  const text = 'Question: Describe it with the keys city and name.\n\nName: Ann. She lives in Oslo.';
  expect(jsonObject(...read(text))).toEqual({ city: 'Oslo', name: 'Ann' });
});

test.each([
  'Generate JSON with name for Ann',
  'Return it as JSON with the keys name and x. Name: Ann',
  'The response must be JSON with name for Ann',
  'The response should be json with the key "name": Ann',
  'Write {"name": ""} as JSON: Ann',
])('%j asks for JSON', (text) => {
  expect(JSON.parse(jsonInText(...read(text)) ?? '')).toMatchObject({ name: 'Ann' });
});

test.each([
  ['no form is given', 'Return JSON about Ann'],
  ['JSON is not what is to be written', 'Is JSON with the keys name and age good?'],
  ['a sentence ends before it', 'Answer me. JSON has the keys name and age.'],
  ['JSON is too far away', `Answer ${'very '.repeat(12)}well: JSON with the keys name and age`],
])('a text asks for no JSON where %s', (_, text) => {
  expect(jsonInText(...read(text))).toBeUndefined();
});

test('a tool result is told, not written as JSON', () => {
  const text = 'Return JSON with the keys name and age.';
  expect(jsonInText(...read(text))).toBe('{"name":"Return JSON","age":1}');
  expect(jsonInText(...read(text, 'It is 5.'))).toBeUndefined();
});
