import { expect, test } from 'vitest';
import { isRecord, parseJson, shown } from './records.ts';

test.each([
  [{}, true],
  [{ a: 1 }, true],
  [[], false],
  [null, false],
  ['a', false],
  [undefined, false],
])('%j is an object: %j', (value, expected) => {
  expect(isRecord(value)).toBe(expected);
});

test.each<[string, unknown]>([
  ['{"a":1}', { a: 1 }],
  [' [1] \n', [1]],
  ['"x"', 'x'],
  ['-1', -1],
  ['12', 12],
  ['true', true],
  ['false', false],
  ['null', null],
  ['nope', undefined],
  ['{bad', undefined],
  ['true story', undefined],
  ['untrue', undefined],
  ['', undefined],
])('%j holds %j', (text, expected) => {
  expect(parseJson(text)).toEqual(expected);
});

test.each<[unknown, string]>([
  ['as it is', 'as it is'],
  [{ a: 1 }, '{"a":1}'],
  [0, '0'],
  [null, 'null'],
  [undefined, 'null'],
])('%j is shown as %j', (value, expected) => {
  expect(shown(value)).toBe(expected);
});
