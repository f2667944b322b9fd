import { expect, test } from 'vitest';
import { estimateTokens, promptTokens } from './estimate.ts';

function asked(body: Readonly<Record<string, unknown>>) {
  return { body, raw: Buffer.from(JSON.stringify(body)) };
}

const request = asked({ messages: [{ role: 'user', content: 'Hi' }] });

test.each([
  ['no limit, one answer', undefined, undefined, 16],
  ['a limit', 100, undefined, 100],
  ['a limit of nothing', 0, undefined, 0],
  ['a limit for each answer', 100, 3, 300],
  ['no limit, several answers', undefined, 3, 48],
  ['a limit below zero', -1, 1, 16],
  ['a limit without end', Infinity, 1, 16],
  ['a limit that is no number', '100', 1, 16],
  ['a number of answers that is none', 100, 'x', 100],
  ['a number of answers without end', 100, Infinity, 100],
])('%s: its output is estimated beside its prompt', (_, limit, answers, outputTokens) => {
  expect(estimateTokens(request, limit, answers)).toEqual({
    tokens: promptTokens(request) + outputTokens,
    outputTokens,
  });
});

test('a text costs by its characters, not by their bytes', () => {
  const ascii = { body: {}, raw: Buffer.from('e'.repeat(400)) };
  const accents = { body: {}, raw: Buffer.from('é'.repeat(400)) };
  expect(promptTokens(accents)).toBe(promptTokens(ascii));
  expect(promptTokens(ascii)).toBeGreaterThan(0);
});
