import { expect, test } from 'vitest';
import { withHeaders } from './with-headers.ts';

test('has the headers that are set in place of the old ones, each once, and all others', () => {
  const headers = withHeaders(new Headers({ a: '1', b: '2' }), { b: '3', c: '4' });
  expect(['a', 'A', 'b', 'B', 'C', 'd'].map((name) => headers.get(name))).toEqual([
    '1',
    '1',
    '3',
    '3',
    '4',
    null,
  ]);
  expect([...headers]).toEqual([
    ['a', '1'],
    ['b', '3'],
    ['c', '4'],
  ]);
});
