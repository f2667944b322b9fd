import { expect, test } from 'vitest';
import { cut } from './cut.ts';
import { countTokens } from './tokens.ts';

const said = (text: string, limits: Parameters<typeof cut>[1] = {}) => cut({ text, calls: [] }, limits);

test('an answer ends before the first of its stop sequences, wherever they are in the list', () => {
  const text = 'one two three';
  const tokens = countTokens('one ');
  expect(said(text, { stop: ['three', 'two'] })).toEqual({
    text: 'one ',
    toolCalls: [],
    finish: 'stop',
    tokens,
  });
  expect(said(text, { stop: ['four'] }).text).toBe(text);
  expect(said(text, { stop: [''] }).text).toBe(text);
  expect(said(text, { stop: ['', 'o'] })).toMatchObject({ text: '', finish: 'stop', tokens: 0 });
});

test.each([
  [4, 'one two three', 'stop', 3],
  [3, 'one two three', 'stop', 3],
  [2, 'one two', 'length', 2],
  [1, 'one', 'length', 1],
  [0, '', 'length', 0],
  [-1, '', 'length', 0],
])('of three tokens a limit of %i leaves %j: %s', (maxTokens, text, finish, tokens) => {
  expect(said('one two three', { maxTokens })).toEqual({ text, toolCalls: [], finish, tokens });
});

test('what a stop sequence ends does not count against the limit', () => {
  expect(said('one two three', { stop: [' three'], maxTokens: 2 })).toMatchObject({
    text: 'one two',
    finish: 'stop',
  });
});

test('calls have seven tokens besides their arguments, and may end in the middle of them', () => {
  const call = { name: 'f', arguments: 'one two three' };
  const made = (maxTokens: number) => {
    const { text, ...rest } = cut({ text: 'not said', calls: [call, call] }, { maxTokens });
    expect(text).toBe('');
    return rest;
  };
  const first = { ...call };
  expect(made(20)).toEqual({ toolCalls: [first, first], finish: 'tool_calls', tokens: 20 });
  expect(made(19)).toEqual({
    toolCalls: [first, { name: 'f', arguments: 'one two' }],
    finish: 'length',
    tokens: 19,
  });
  expect(made(18)).toMatchObject({ toolCalls: [first, { arguments: 'one' }], tokens: 18 });
  expect(made(17)).toEqual({ toolCalls: [first], finish: 'length', tokens: 10 });
  expect(made(10)).toEqual({ toolCalls: [first], finish: 'length', tokens: 10 });
  expect(made(7)).toEqual({ toolCalls: [], finish: 'length', tokens: 0 });
  expect(cut({ text: '', calls: [call] }, {})).toMatchObject({ finish: 'tool_calls', tokens: 10 });
});

test('a call is not ended by a stop sequence', () => {
  const calls = [{ name: 'f', arguments: '{"a":"stop"}' }];
  expect(cut({ text: 'stop', calls }, { stop: ['stop'] }).toolCalls).toEqual(calls);
});
