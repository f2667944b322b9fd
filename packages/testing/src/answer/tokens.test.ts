import { character } from '@aoai/vitest/arbitraries';
import { expect, test } from 'vitest';
import fc from 'fast-check';
import { countTokens, splitTokens } from './tokens.ts';

// The second number is what o200k_base counts, taken once with the gpt-tokenizer package.
test.each<[string, number]>([
  ['Hello world', 2],
  [
    'The committee reached an agreement after several hours of negotiation, and employees will receive twenty-five days of annual leave starting in January. Nobody expected this outcome; the representatives were pleasantly surprised.',
    36,
  ],
  [
    '{"name":"Ada Lovelace","email":"ada@example.com","items":[{"id":1,"price":12.5,"label":"blue socks"}]}',
    35,
  ],
  [
    'Die Bundesregierung hat gestern beschlossen, dass die Urlaubsansprüche der Beschäftigten künftig erhöht werden.',
    20,
  ],
  ['Правительство вчера решило увеличить отпуск сотрудников.', 12],
  ['政府昨天决定增加员工的假期。会议报告将于下周公布。', 17],
])('estimates the tokens of %j within a quarter', (text, real) => {
  expect(Math.abs(countTokens(text) - real)).toBeLessThanOrEqual(Math.max(1, real / 4));
});

test('splits any text into as many pieces as it counts, and loses nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: character }), (text) => {
      const pieces = splitTokens(text);
      expect(pieces.join('')).toBe(text);
      expect(pieces).toHaveLength(countTokens(text));
    }),
  );
});

test.each<[string, string[]]>([
  ['', []],
  ['Hello, world', ['Hello', ',', ' world']],
  // Up to ten letters are a token, up to sixteen two halves, and of more the first six.
  ['abcdefghij', ['abcdefghij']],
  ['abcdefghijk', ['abcdef', 'ghijk']],
  ['abcdefghijklmnop', ['abcdefgh', 'ijklmnop']],
  ['abcdefghijklmnopq', ['abcdef', 'ghijkl', 'mnopq']],
  ['camelCase HTTPServer', ['camel', 'Case', ' HTTPServer']],
  ['Größe', ['Größe']],
  ['1234567', ['123', '456', '7']],
  ['in 2026', ['in', ' ', '202', '6']],
  ['=== !=', ['===', ' !=']],
  ['((((', ['(((', '(']],
  ['a  b', ['a', ' ', ' b']],
  ['a\n\n  b', ['a', '\n\n ', ' b']],
  ['a\n', ['a', '\n']],
  ['Правительство', ['Правите', 'льство']],
  ['😀😀', ['😀', '😀']],
])('the pieces of %j', (text, pieces) => {
  expect(splitTokens(text)).toEqual(pieces);
});

test('a long text is counted as a short one, also the second time and after another', () => {
  const [one, other] = ['word '.repeat(200), 'longer words '.repeat(200)];
  const counts = [one, one, other, one].map(countTokens);
  expect(counts).toEqual([one, one, other, one].map((text) => splitTokens(text).length));
});
