import { expect, test } from 'vitest';
import { costOf, tokensOf, usageFrom } from './usage.ts';

const usage = { inputTokens: 1_000, outputTokens: 200, cachedInputTokens: 400, reasoningTokens: 50 };

test.each([
  [
    'chat completions',
    {
      prompt_tokens: 1_000,
      completion_tokens: 200,
      prompt_tokens_details: { cached_tokens: 400 },
      completion_tokens_details: { reasoning_tokens: 50 },
    },
  ],
  [
    'responses',
    {
      input_tokens: 1_000,
      output_tokens: 200,
      input_tokens_details: { cached_tokens: 400 },
      output_tokens_details: { reasoning_tokens: 50 },
    },
  ],
])('reads the counts of %s', (_, value) => {
  expect(usageFrom(value)).toEqual(usage);
});

test('what is not said is none: embeddings have no output, and no details', () => {
  const counts = { inputTokens: 7, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0 };
  expect(usageFrom({ prompt_tokens: 7, total_tokens: 7 })).toEqual(counts);
  expect(usageFrom({ prompt_tokens: 7, prompt_tokens_details: null })).toEqual(counts);
  expect(usageFrom({ prompt_tokens: 7, completion_tokens: -1 })).toEqual(counts);
  expect(usageFrom({ prompt_tokens: 0 })).toMatchObject({ inputTokens: 0 });
});

test.each([
  [undefined],
  [null],
  ['many'],
  [{}],
  [{ prompt_tokens: '7' }],
  [{ prompt_tokens: Number.NaN }],
  // What `JSON.parse` makes of `1e999`.
  [{ prompt_tokens: Number.POSITIVE_INFINITY }],
])('%j is no usage', (value) => {
  expect(usageFrom(value)).toBeUndefined();
});

test('the quota gets what was counted', () => {
  expect(tokensOf(usage)).toEqual({ input: 1_000, output: 200, cachedInput: 400 });
});

test('prices are those of a million tokens', () => {
  expect(costOf(usage, { input: 2, output: 8 })).toBeCloseTo(0.0036, 12);
  expect(costOf(usage, { input: 2, output: 8, cachedInput: 0.5 })).toBeCloseTo(0.003, 12);
  expect(costOf(usage, { input: 2, output: 8, cachedInput: 0 })).toBeCloseTo(0.0028, 12);
});

test('no more tokens are cheap than there are', () => {
  const odd = { ...usage, inputTokens: 100 };
  expect(costOf(odd, { input: 2, output: 0, cachedInput: 1 })).toBeCloseTo(0.0001, 12);
});
