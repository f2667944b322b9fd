import { expect, test } from 'vitest';
import { headerText, readHeaders, withHeaders } from './header-lines.ts';

test.each([
  ['gpt-4o', 'gpt-4o'],
  ['grüße', 'grüße'],
  ['a\tb', 'a\tb'],
  ['a\r\nx-forged: 1', 'a%0D%0Ax-forged: 1'],
  ['漢 ü', '%E6%BC%A2 %C3%BC'],
  ['😀', '%F0%9F%98%80'],
  ['\0', '%00'],
  ['\ud800', '%EF%BF%BD'],
])('%j stands in a header as %j', (value, text) => {
  expect(headerText(value)).toBe(text);
});

const lines = 'a: 1\r\nContent-Type: text/plain\r\nempty: \r\nb: 2: 3\r\n';

test('lines are read as they were written', () => {
  expect(readHeaders(lines)).toEqual([
    ['a', '1'],
    ['Content-Type', 'text/plain'],
    ['empty', ''],
    ['b', '2: 3'],
  ]);
  expect(readHeaders('')).toEqual([]);
});

test('a header takes the place of one of the same name, or comes last', () => {
  expect(withHeaders(lines, { 'content-type': 'x', c: '4\r\nd: 5' })).toBe(
    'a: 1\r\nContent-Type: x\r\nempty: \r\nb: 2: 3\r\nc: 4%0D%0Ad: 5\r\n',
  );
});

test('no header can have a name that would end it', () => {
  expect(() => withHeaders(lines, { 'a: 1\r\nb': '2' })).toThrow(TypeError);
});
