import { expect, test } from 'vitest';
import { answer } from './answer.ts';
import { tidy } from './tidy.ts';

const names = ['name', 'location', 'date', 'items', 'people', 'total', 'query', 'code'];
const schema = {
  type: 'object',
  properties: Object.fromEntries(
    names.map((name) => [name, { type: name === 'items' ? 'array' : 'string' }]),
  ),
  required: names,
};

// Without tidying each of these takes seconds: patterns that look ahead from every position.
test.each([
  'a',
  'A',
  '1',
  ' ',
  '\n',
  '\n ',
  '\r\n',
  'ü',
  '_-',
  'a-b-',
  '{"a":',
  'a, ',
  '<source ',
  '[a] ',
  'in Paris, ',
  '8x + ',
])('answers 60 KB of %j in a moment', (unit) => {
  const messages = [{ role: 'user', text: unit.repeat(60_000 / unit.length) }] as const;
  const startedAt = performance.now();
  answer({ model: 'm', messages });
  answer({ model: 'm', messages, format: { kind: 'schema', schema } });
  expect(performance.now() - startedAt).toBeLessThan(1500);
});

test('leaves ordinary text as it is', () => {
  const text = 'Employees get 25 days.\n\n- See https://example.com/handbook?page=1.\n'.repeat(40);
  expect(tidy(text)).toBe(text);
});

test.each([
  ['eight blanks', 'a \t      b', 'a b'],
  ['seven blanks', 'a       b', 'a       b'],
  ['three line breaks', 'a\n\n\nb', 'a\n\nb'],
  ['two line breaks', 'a\n\nb', 'a\n\nb'],
  ['100 blanks in lines', `a${' \n'.repeat(50)}b`, 'a\n\nb'],
  ['99 blanks in lines', `a${' \n'.repeat(49)} b`, `a${' \n'.repeat(49)} b`],
  ['400 characters without a space', 'ab/-'.repeat(101), 'ab/-'.repeat(100)],
  ['101 times the same sign', '!'.repeat(102), '!'.repeat(100)],
  ['101 signs', '!'.repeat(101), '!'.repeat(100)],
  ['100 signs', '!'.repeat(100), '!'.repeat(100)],
])('cuts %s of a long text to what a reader needs', (_, part, expected) => {
  const rest = ' and so on'.repeat(100);
  expect(tidy(part + rest)).toBe(expected + rest);
});

test('leaves a text of less than 1000 characters as it is', () => {
  expect(tidy('!'.repeat(999))).toBe('!'.repeat(999));
  expect(tidy('!'.repeat(1000))).toBe('!'.repeat(100));
});
