import { expect, test } from 'vitest';
import { boundedCache } from './bounded-cache.ts';

test('a value is made once for each key', () => {
  const cache = boundedCache<{ key: string }>(2);
  const first = cache('a', () => ({ key: 'a' }));
  expect(cache('a', () => ({ key: 'again' }))).toBe(first);
});

test('the oldest makes room when there are too many, although it was used since', () => {
  const cache = boundedCache<{ key: string }>(2);
  const [, second] = ['a', 'b'].map((key) => cache(key, () => ({ key })));
  cache('a', () => ({ key: 'again' }));
  cache('c', () => ({ key: 'c' }));
  expect(cache('b', () => ({ key: 'again' }))).toBe(second);
  expect(cache('a', () => ({ key: 'again' }))).toEqual({ key: 'again' });
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
