import { expect, test } from 'vitest';
import { refused } from '../service/refused.fake.ts';
import { checkLength, readInputs, tokensOf } from './embedding-input.ts';

const texts = (count: number) => Array.from({ length: count }, () => 'x');

test.each<[unknown, unknown[]]>([
  ['one', ['one']],
  ['', ['']],
  [
    ['one', 'two'],
    ['one', 'two'],
  ],
  [[1, 0, 3], [[1, 0, 3]]],
  [
    [[1, 2], [3]],
    [[1, 2], [3]],
  ],
  [
    ['one', [2]],
    ['one', [2]],
  ],
])('reads %j', (input, inputs) => {
  expect(readInputs(input)).toEqual(inputs);
});

test.each<[unknown]>([
  [7],
  [null],
  [{}],
  [[]],
  [['a', '']],
  [[[]]],
  [['a', []]],
  [[1, 'a']],
  [[1, -1]],
  [[1, 0.5]],
  [['a', null]],
  [[[1, 'a']]],
  [[[1], [2, -1]]],
  [[['a']]],
])('refuses %j', (input) => {
  expect(refused(() => readInputs(input))).toEqual({
    message:
      "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
    type: 'invalid_request_error',
    param: null,
    code: null,
  });
});

test('a request has up to 2,048 inputs, and one input any number of tokens', () => {
  expect(readInputs(texts(2048))).toHaveLength(2048);
  expect(refused(() => readInputs(texts(2049)))).toEqual({
    message:
      "Invalid 'input': array too long. Expected an array with maximum length 2048, but got an array with length 2049 instead.",
    type: 'invalid_request_error',
    param: 'input',
    code: 'array_above_max_length',
  });
  expect(readInputs(Array.from({ length: 2049 }, () => 1))).toHaveLength(1);
});

test('token ids are as many tokens', () => {
  expect([tokensOf('one two'), tokensOf([5, 6, 7])]).toEqual([2, 3]);
});

test('an input has as many tokens as the model takes', () => {
  expect(
    refused(() => {
      checkLength(8191, 8191);
    }),
  ).toBeUndefined();
  expect(
    refused(() => {
      checkLength(8192, 8191);
    })?.message,
  ).toBe(
    "This model's maximum context length is 8191 tokens, however you requested 8192 tokens (8192 in your prompt; 0 for the completion). Please reduce your prompt; or completion length.",
  );
});
