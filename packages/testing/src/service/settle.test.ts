import { expect, test, vi } from 'vitest';
import { settle } from './settle.ts';
import { json } from './wire-response.ts';

const usedTokens = { tokens: 7, outputTokens: 3 };

test.each([
  [200, undefined, undefined],
  [399, undefined, undefined],
  [400, undefined, { tokens: 0 }],
  [503, undefined, { tokens: 0 }],
  [200, usedTokens, usedTokens],
  [400, usedTokens, usedTokens],
])('an answer %i that used %j settles %j', (status, used, expected) => {
  const settled = vi.fn<(tokens: unknown) => void>();
  settle({ headers: '', settle: settled }, json({}, { status, ...(used && { usedTokens: used }) }));
  expect(settled.mock.calls).toEqual(expected === undefined ? [] : [[expected]]);
});
