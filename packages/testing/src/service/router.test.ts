import { expect, test } from 'vitest';
import type { Operation } from './operation.ts';
import { router } from './router.ts';

const operation = (name: string, method: string, paths: object) => ({ name, method, ...paths }) as Operation;
const operations = [
  operation('List', 'GET', { v1: '/files', dated: '/files' }),
  operation('Create', 'POST', { v1: '/files' }),
  operation('Get', 'GET', { v1: '/files/{file}', dated: '/files/{file}' }),
  operation('Search', 'GET', { v1: '/files/search' }),
  operation('Content', 'GET', { v1: '/files/{file}/content' }),
  operation('Chat', 'POST', {
    dated: '/deployments/{deployment}/chat',
    v1: '/chat',
    inference: '/models/chat',
  }),
  operation('Picture', 'GET', { link: '/pictures/{picture}' }),
];
const route = router(operations);

test.each<[string, string, string, string, object]>([
  ['GET', '/openai/v1/files', 'List', 'v1', {}],
  ['POST', '/openai/v1/files', 'Create', 'v1', {}],
  ['GET', '/openai/files', 'List', 'dated', {}],
  ['GET', '/openai/v1/files/file-1', 'Get', 'v1', { file: 'file-1' }],
  ['GET', '/openai/v1/files/search', 'Search', 'v1', {}],
  ['GET', '/openai/v1/files/file-1/content', 'Content', 'v1', { file: 'file-1' }],
  ['GET', '/openai/v1/files/a%2Fb%20c', 'Get', 'v1', { file: 'a/b c' }],
  ['GET', '/openai/v1/files/100%', 'Get', 'v1', { file: '100%' }],
  ['POST', '/openai/deployments/gpt-4.1/chat', 'Chat', 'dated', { deployment: 'gpt-4.1' }],
  ['POST', '/models/chat', 'Chat', 'inference', {}],
  ['GET', '/pictures/1', 'Picture', 'v1', { picture: '1' }],
])('%s %s is %s on %s', (method, path, name, surface, params) => {
  expect(route(method, path)).toEqual({
    operation: operations.find((each) => each.name === name),
    surface,
    params,
  });
});

test.each([
  ['DELETE', '/openai/v1/files', 'wrong-method'],
  ['POST', '/openai/files', 'wrong-method'],
  ['GET', '/openai/v1', 'unknown'],
  ['GET', '/openai/v1/', 'unknown'],
  ['GET', '/openai/v1/files/', 'unknown'],
  ['GET', '/openai/v1/files//content', 'unknown'],
  ['GET', '/openai/v1/files/a/b/c', 'unknown'],
  ['GET', '/openai/deployments/gpt-4.1', 'unknown'],
  ['GET', '', 'unknown'],
])('%s %s is %s', (method, path, expected) => {
  expect(route(method, path)).toBe(expected);
});

test('a path is looked up once for each method, unless it is long or there have been 500 others since', () => {
  const fresh = router(operations);
  const path = (length: number) => '/openai/v1/files/'.padEnd(length, 'x');
  const kept = fresh('GET', path(199));
  expect(fresh('GET', path(199))).toBe(kept);
  expect(fresh('DELETE', path(199))).toBe('wrong-method');
  expect(fresh('GET', path(199))).toBe(kept);
  expect(fresh('GET', path(200))).not.toBe(fresh('GET', path(200)));
  for (let number = 0; number < 500; number += 1) fresh('GET', `/openai/v1/files/${number}`);
  expect(fresh('GET', path(199))).not.toBe(kept);
  expect(fresh('GET', path(199))).toEqual(kept);
});
