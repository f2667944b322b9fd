import { expect, test } from 'vitest';
import { serverError } from './service-faults.ts';
import { checkReply, draftOf, type ReplyParts } from './reply.ts';

test.each<[string | ReplyParts, object]>([
  ['Hello', { content: 'Hello' }],
  ['', { content: '' }],
  [{ text: 'Hello' }, { content: 'Hello' }],
  [{ json: { a: 1 } }, { content: '{"a":1}' }],
  [{ json: null }, { content: 'null' }],
  [{ text: 'Hello', json: 1 }, { content: 'Hello' }],
  [{ chunks: ['Hel', 'lo'] }, { content: 'Hello', chunks: ['Hel', 'lo'] }],
  [{ refusal: 'No.' }, { refusal: 'No.' }],
  [
    {
      toolCalls: [
        { name: 'a', arguments: { b: 1 } },
        { id: 'call_1', name: 'c', arguments: '{"d":' },
      ],
    },
    {
      toolCalls: [
        { name: 'a', arguments: '{"b":1}' },
        { id: 'call_1', name: 'c', arguments: '{"d":' },
      ],
    },
  ],
  [{ toolCalls: [{ name: 'a', arguments: undefined }] }, { toolCalls: [{ name: 'a', arguments: '{}' }] }],
  [
    { text: 'x', finishReason: 'length', usage: { promptTokens: 1 }, reasoning: 'y' },
    { content: 'x', finishReason: 'length', usage: { promptTokens: 1 }, reasoning: 'y' },
  ],
])('the reply %j is drafted as %j, and has no other part', (reply, draft) => {
  expect(draftOf(reply)).toStrictEqual(draft);
});

test.each<[unknown]>([['text'], [() => 'text'], [{ text: 'x' }], [{ usage: null }], [{}], [serverError()]])(
  'a reply may be %o',
  (reply) => {
    expect(() => {
      checkReply(reply);
    }).not.toThrow();
  },
);

test.each([
  [undefined, 'got undefined. Give a text, parts, a fault or a function.'],
  [null, 'got null. Give a text, parts, a fault or a function.'],
  [1, 'got 1. Give a text, parts, a fault or a function.'],
  [
    { text: 'x', txt: 'y' },
    '`txt` is not part of one. Use `text`, `json`, `chunks`, `toolCalls`, `refusal`, `reasoning`, `finishReason`, `usage`, `contentFilter`, `promptFilter`, `citations`, or `json` for an object of your own.',
  ],
  [
    { text: 'x', usage: { promptTokens: 1, outputTokens: 2 } },
    '`usage.outputTokens` is no number of tokens that the mock writes. Use `promptTokens`, `completionTokens`, `cachedTokens`, `reasoningTokens`.',
  ],
])('a reply is not %j', (reply, words) => {
  expect(() => {
    checkReply(reply);
  }).toThrow(new TypeError(`Cannot script a reply: ${words}`));
});
