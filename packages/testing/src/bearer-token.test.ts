import { expect, test } from 'vitest';
import { bearerToken } from './bearer-token.ts';

test.each([
  ['Bearer a.b.c', 'a.b.c'],
  ['bearer  a.b.c', 'a.b.c'],
  ['BEARER a b', 'a b'],
  ['Bearer', undefined],
  ['Bearer ', undefined],
  ['Bearera', undefined],
  ['Not bearer a.b.c', undefined],
  ['Basic YTpi', undefined],
  ['', undefined],
  [undefined, undefined],
])('the token of %j is %j', (authorization, token) => {
  expect(bearerToken(authorization)).toBe(token);
});
