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
