import { expect, test } from 'vitest';
import { estimateTokens } from './estimate.ts';

const of = (json?: Readonly<Record<string, unknown>>, length = 400) =>
  estimateTokens({ operation: 'chat', json, length });

test('a prompt has a token for four characters, and sixteen tokens are expected where no limit is set', () => {
  expect(of()).toEqual({ input: 100, output: 16 });
  expect(of({}, 0)).toEqual({ input: 0, output: 16 });
});

test.each([
  [{ max_completion_tokens: 1, max_tokens: 2, max_output_tokens: 3 }, 1],
  [{ max_tokens: 2, max_output_tokens: 3 }, 2],
  [{ max_output_tokens: 3 }, 3],
  [{ max_tokens: null, max_output_tokens: 3 }, 3],
  [{ max_tokens: 0 }, 16],
  [{ max_tokens: -5 }, 16],
  [{ max_tokens: '5' }, 16],
  [{ max_tokens: Number.POSITIVE_INFINITY }, 16],
  [{ max_tokens: 5, n: 3 }, 15],
  [{ max_tokens: 5, best_of: 4 }, 20],
  [{ max_tokens: 5, n: 3, best_of: 4 }, 20],
  [{ max_tokens: 5, n: 4, best_of: 3 }, 20],
  [{ max_tokens: 5, n: 0, best_of: 'all' }, 5],
  [{ n: 2 }, 32],
])('of %j the largest output is %d', (json, output) => {
  expect(of(json).output).toBe(output);
});

test('embeddings have no output, whatever is asked for', () => {
  expect(estimateTokens({ operation: 'embeddings', json: { max_tokens: 5 }, length: 40 })).toEqual({
    input: 10,
    output: 0,
  });
});
