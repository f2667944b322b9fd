import { describe, expect, test } from 'vitest';
import { initOf, isOrdinary } from './ordinary-request.ts';
import type { RequestOptions, Seams } from './sdk-seams.ts';

const sdkWith = (changes: object = {}) =>
  ({ logLevel: 'warn', _options: {}, getUserAgent: () => 'OpenAI/JS 7', ...changes }) as unknown as Seams;
const optionsWith = (changes: object = {}) =>
  ({ method: 'post', path: '/chat/completions', body: { model: 'chat' }, ...changes }) as RequestOptions;

describe('isOrdinary', () => {
  test.each<[object]>([
    [{}],
    [{ stream: true, maxRetries: 0, __security: { bearerAuth: true }, __streamClass: Map }],
    [{ body: undefined }],
    [{ body: Object.assign({}, { model: 'chat' }) }],
    [{ signal: undefined }],
    [{ signal: new AbortController().signal }],
    [{ timeout: undefined }],
    [{ timeout: 1 }],
    [{ headers: undefined }],
    [{ headers: { 'x-team': 'search' } }],
    [{ __metadata: undefined }],
    [{ __metadata: { streamFromBody: true, helperMethod: 'parse' } }],
    [{ query: undefined, somethingNew: undefined }],
  ])('%j is nothing special', (changes) => {
    const { body, ...options } = optionsWith(changes);
    expect(isOrdinary(sdkWith(), body === undefined ? options : { ...options, body })).toBe(true);
  });

  test.each<[object]>([
    [{ path: 'https://elsewhere.example/chat' }],
    [{ query: { a: 1 } }],
    [{ somethingNew: false }],
    [{ idempotencyKey: 'x' }],
    [{ body: 'text' }],
    [{ body: null }],
    [{ body: [1] }],
    [{ body: new FormData() }],
    [{ body: { toJSON: () => 1 } }],
    [{ signal: AbortSignal.abort() }],
    [{ timeout: 0 }],
    [{ timeout: -1 }],
    [{ timeout: 1.5 }],
    [{ headers: new Headers() }],
    [{ headers: { 'x-team': null } }],
    [{ headers: { 'x-team': 'a', 'x-many': ['a'] } }],
    [{ __metadata: { streamFromBody: true, other: 1 } }],
  ])('%j is', (changes) => {
    expect(isOrdinary(sdkWith(), optionsWith(changes))).toBe(false);
  });

  test.each<[object, boolean]>([
    [{ logLevel: 'off' }, true],
    [{ logLevel: 'error' }, true],
    [{ logLevel: undefined }, true],
    [{ logLevel: 'info' }, false],
    [{ logLevel: 'debug' }, false],
    [{ fetchOptions: {} }, false],
    [{ idempotencyHeader: 'Idempotency-Key' }, false],
    [{ _options: { defaultHeaders: {} } }, false],
    [{ _options: { defaultQuery: {} } }, false],
  ])('through an SDK with %j: %s', (changes, isIt) => {
    expect(isOrdinary(sdkWith(changes), optionsWith())).toBe(isIt);
  });
});

test('a request has the headers of the SDK, and those of the caller before them', () => {
  const headers = { accept: 'application/json', 'user-agent': 'OpenAI/JS 7' };
  expect(initOf(sdkWith(), optionsWith())).toEqual({
    method: 'post',
    headers: { ...headers, 'content-type': 'application/json' },
  });
  const { body: _, ...bodiless } = optionsWith({
    method: 'get',
    headers: { accept: 'text/plain', 'x-team': 'a' },
  });
  expect(initOf(sdkWith(), bodiless)).toEqual({
    method: 'get',
    headers: { ...headers, accept: 'text/plain', 'x-team': 'a' },
  });
});
