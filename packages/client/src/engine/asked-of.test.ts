import { expect, test } from 'vitest';
import type { CallRequest } from '../request/call-request.ts';
import { askedOf } from './asked-of.ts';

const operations = [
  ...(['chat', 'text_completion', 'responses', 'embeddings', 'image', 'audio', 'realtime', 'other'] as const),
];
const long = { input: 'x'.repeat(9_000) };
const asked = (more: Partial<CallRequest>) =>
  askedOf({
    operation: 'chat',
    stream: false,
    json: long,
    text: JSON.stringify(long),
    ...more,
  } as CallRequest);

test.each(operations)(
  'times of %s are not compared with those of others, nor with those of its streams',
  (operation) => {
    expect(asked({ operation }).kind).toBe(operation);
    expect(asked({ operation, stream: true }).kind).toBe(`${operation} stream`);
  },
);

test.each(operations)('of %s only prompts have a beginning that a cache may have', (operation) => {
  const hasPrompt = ['chat', 'text_completion', 'responses'].includes(operation);
  expect(asked({ operation }).chain().hashes.length > 0).toBe(hasPrompt);
});

test('the beginning of a prompt is computed once, and not for a short body', () => {
  const one = asked({});
  expect(one.chain()).toBe(one.chain());
  expect(asked({ text: 'x'.repeat(4_095) }).chain().hashes).toEqual([]);
  const none = { operation: 'chat', stream: false, json: long } as unknown as CallRequest;
  expect(askedOf(none).chain().hashes).toEqual([]);
});
