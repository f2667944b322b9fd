import { expect, test } from 'vitest';
import { boundedCache } from './bounded-cache.ts';

test('a value is made once for each key', () => {
  const cache = boundedCache<{ key: string }>(2);
  const first = cache('a', () => ({ key: 'a' }));
  expect(cache('a', () => ({ key: 'again' }))).toBe(first);
});

test('what was used least recently goes when there are too many', () => {
  const cache = boundedCache<{ key: string }>(2);
  const values = ['a', 'b'].map((key) => cache(key, () => ({ key })));
  cache('a', () => ({ key: 'again' }));
  cache('c', () => ({ key: 'c' }));
  expect(cache('a', () => ({ key: 'again' }))).toBe(values[0]);
  expect(cache('b', () => ({ key: 'again' }))).toEqual({ key: 'again' });
});

test('what cannot be made is not remembered', () => {
  const cache = boundedCache<{ key: string }>(2);
  expect(() =>
    cache('a', () => {
      throw new TypeError('no');
    }),
  ).toThrow('no');
  expect(cache('a', () => ({ key: 'a' }))).toEqual({ key: 'a' });
});
