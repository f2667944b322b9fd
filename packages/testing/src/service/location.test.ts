import { expect, test } from 'vitest';
import { locationOf } from './location.ts';

test.each([
  ['/openai/v1/models', '/openai/v1/models', ''],
  ['/openai/models?api-version=v1&a=b', '/openai/models', 'api-version=v1&a=b'],
  ['/a?', '/a', ''],
  ['/a?b?c', '/a', 'b%3Fc='],
  ['http://proxied.example/a/b?c=d', '/a/b', 'c=d'],
  ['HTTPS://proxied.example:8080/a', '/a', ''],
  ['https://proxied.example?c=d', '', 'c=d'],
  ['*', '*', ''],
])('the URL %s has the path %s and the query %j', (url, path, query) => {
  const found = locationOf(url);
  expect([found.path, found.query.toString()]).toEqual([path, query]);
});

test('a URL is read once, unless it is long or there have been 500 others since', () => {
  const path = (length: number) => `/${'a'.repeat(length - 1)}`;
  const kept = locationOf('/kept');
  expect(locationOf('/kept')).toBe(kept);
  expect(locationOf(path(199))).toBe(locationOf(path(199)));
  expect(locationOf(path(200))).not.toBe(locationOf(path(200)));
  for (let number = 0; number < 500; number += 1) locationOf(`/other/${number}`);
  expect(locationOf('/kept')).not.toBe(kept);
});
