import { expect, test } from 'vitest';
import { found } from './found.ts';

test.each([
  [undefined, 'nothing'],
  [null, 'null'],
  [true, 'true'],
  [0, '0'],
  [-1.5, '-1.5'],
  [[], 'an empty list'],
  [[1], 'a list'],
  [{}, 'an object'],
  [() => 1, 'a function'],
  [Symbol('x'), 'a symbol'],
  ['', 'an empty text'],
  [' \n', 'an empty text'],
  [' x ', '" x "'],
  ['say "hi"', String.raw`"say \"hi\""`],
  ['a b '.repeat(15), JSON.stringify('a b '.repeat(15))],
  [`${'a b '.repeat(15)}c`, 'a text of 61 characters'],
])('%j is shown as %s', (value, shown) => {
  expect(found(value)).toBe(shown);
});

test.each([
  ['a1'.repeat(12), true],
  [`x-${'A1'.repeat(12)}-y`, true],
  [`${'a'.repeat(20)}+/=_1`, true],
  [`${'a1'.repeat(11)}b`, false],
  ['a'.repeat(40), false],
  ['my-long-deployment-name-in-sweden-2', false],
])('%s could be a secret: %s', (text, isHidden) => {
  expect(found(text)).toBe(isHidden ? `a text of ${text.length} characters` : JSON.stringify(text));
});
