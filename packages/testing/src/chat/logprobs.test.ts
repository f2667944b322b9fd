import { expect, test } from 'vitest';
import { logprobsOf } from './logprobs.ts';

test('a token has its bytes, a probability, and as many alternatives as were asked for, itself among them', () => {
  const [ein, ü] = logprobsOf(['ein', 'ü'], 3);
  expect(ü?.bytes).toEqual([195, 188]);
  expect(ein?.top_logprobs?.map(({ token }) => token)).toEqual(['ein', ' the', ' a']);
  const [own = 0, second = 0, third = 0] = ein?.top_logprobs?.map(({ logprob }) => logprob) ?? [];
  expect(own).toBe(ein?.logprob);
  expect([own - second, second - third].map((each) => Math.round(each * 1e6) / 1e6)).toEqual([1, 1]);
});

test.each([
  [0, []],
  [1, ['ein']],
  [2, ['ein', ' the']],
])('with %i alternatives the list is %j', (top, tokens) => {
  expect(logprobsOf(['ein'], top)[0]?.top_logprobs?.map(({ token }) => token)).toEqual(tokens);
});

test('no alternative is the token itself, and twenty are as many', () => {
  const tokens = logprobsOf([' the'], 20)[0]?.top_logprobs?.map(({ token }) => token) ?? [];
  expect(tokens).toHaveLength(20);
  expect(tokens.slice(1)).not.toContain(' the');
});

test('the probability is the same for the same token, at most one, and another for another', () => {
  const found = logprobsOf(['a', 'b', 'a'], 0).map(({ logprob }) => logprob);
  expect(found[0]).toBe(found[2]);
  expect(found[0]).not.toBe(found[1]);
  for (const each of logprobsOf(['', 'x', 'a longer piece'], 0)) {
    expect(each.logprob).toBeLessThanOrEqual(0);
    expect(each.logprob).toBeGreaterThan(-1);
  }
});
