import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import type { OperationRequest } from './operation.ts';
import { paceBy } from './pace-by-latency.ts';
import { json, stream, type WireResponse } from './wire-response.ts';

const request = { random: createRandom(1) } as OperationRequest;
const pace = paceBy({ firstTokenMs: 100, tokensPerSecond: 50 });
const times = (response: WireResponse) => {
  const found = pace?.(request, response);
  return found && [found.firstMs, found.nextMs()];
};

test('a stream takes its time for each token, and a whole answer for all of them at once', () => {
  const usedTokens = { tokens: 30, outputTokens: 10 };
  expect(times(stream([], { usedTokens }))).toEqual([100, 20]);
  expect(times(json({}, { usedTokens }))).toEqual([300, 0]);
  expect(times(json({}))).toEqual([100, 0]);
});

test.each([
  [399, [100, 0]],
  [400, undefined],
  [429, undefined],
])('an answer %i takes %j', (status, expected) => {
  expect(times(json({}, { status }))).toEqual(expected);
});

test('nothing takes time without a latency', () => {
  expect(paceBy('instant')).toBeUndefined();
});
