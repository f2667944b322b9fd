import { describe, expect, test } from 'vitest';
import { checkModel, jsonOf, namedJson, stringified } from './json-body.ts';

test.each([
  ['{"a":1}', { a: 1 }],
  ['\uFEFF{"a":1}', { a: 1 }],
  ['\uFEFF\uFEFF{"a":1}', 'it is no JSON'],
  ['{"a":', 'it is no JSON'],
  ['', 'it is no JSON'],
  ['[{"a":1}]', 'it is no JSON object'],
  ['null', 'it is no JSON object'],
  ['7', 'it is no JSON object'],
  ['"text"', 'it is no JSON object'],
])('the text %j is read as %j', (text, read) => {
  expect(jsonOf(text)).toEqual(read);
});

describe('namedJson', () => {
  test.each([
    ['in its place', { model: 'chat', a: 1 }, '{"model":"chat","a":1}'],
    ['somewhere else', { a: 1, model: 'chat' }, '{"model":"chat","a":1}'],
    ['nowhere', { a: 1 }, '{"model":"chat","a":1}'],
    ['as nothing', { model: undefined, a: 1 }, '{"model":"chat","a":1}'],
    ['as another name', { model: 'other', a: 1 }, '{"model":"chat","a":1}'],
  ])('writes the name first where it stood %s', (_, json, text) => {
    const named = namedJson(json, 'chat');
    expect(named.text).toBe(text);
    expect(named.text.slice(named.headLength)).toBe(',"a":1}');
    expect(named.withModel('a "quoted" one')).toBe('{"model":"a \\"quoted\\" one","a":1}');
  });

  test('keys that are whole numbers come first, and the name is replaced all the same', () => {
    const named = namedJson({ 1: 'x', model: 'chat' }, 'chat');
    expect(named).toMatchObject({ text: '{"1":"x","model":"chat"}', headLength: 0 });
    expect(named.withModel('other')).toBe('{"1":"x","model":"other"}');
  });

  test('the body of the caller is not changed', () => {
    const json = Object.freeze({ model: 'other', a: 1 });
    namedJson(json, 'chat').withModel('third');
    expect(json).toEqual({ model: 'other', a: 1 });
  });
});

describe('stringified', () => {
  test('says of a body without end what is wrong with it', () => {
    let json: object = {};
    for (let depth = 0; depth < 100_000; depth += 1) json = { json };
    expect(() => stringified(json)).toThrow(
      new TypeError('Cannot send the request: its JSON is nested too deeply. Make it flatter.'),
    );
  });

  test('any other failure is that of the caller', () => {
    const own = new Error('Mine.');
    const json = {
      toJSON: () => {
        throw own;
      },
    };
    expect(() => stringified(json)).toThrow(own);
  });
});

describe('checkModel', () => {
  test.each([
    {},
    { model: 'chat' },
    { model: null },
    { model: undefined },
    { models: 1, mode: 2, module: 3 },
  ])('takes %j', (json) => {
    expect(() => {
      checkModel(json, '/chat/completions');
    }).not.toThrow();
  });

  test.each([
    [{ Model: 'chat' }, 'its body has "Model". Write `model`, once.'],
    [{ model: 'chat', MODEL: 'other' }, 'its body has "MODEL". Write `model`, once.'],
    [{ model: 7 }, 'its `model` is of the type number. Set it to a name of the config.'],
    [{ model: {} }, 'its `model` is of the type object. Set it to a name of the config.'],
    [{ model: ['chat'] }, 'its `model` is a list. Set it to a name of the config.'],
  ])('refuses %j', (json, reason) => {
    expect(() => {
      checkModel(json, '/chat/completions');
    }).toThrow(new TypeError(`Cannot send "/chat/completions": ${reason}`));
  });
});
