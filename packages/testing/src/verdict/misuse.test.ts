import { expect, test } from 'vitest';
import type { Operation } from '../service/operation.ts';
import { findings, rules, type Told } from './told.fake.ts';

const files = { name: 'File_List', target: 'resource' } as Operation;
/** An operation that the dated versions do not have before this one. */
const late = { name: 'Late', target: 'deployment', since: '2025-03-01-preview' } as Operation;

test('a key is wrong where keys are forbidden, a token is not', () => {
  const keysForbidden = true;
  expect(rules([{ headers: { 'api-key': 'k' } }], { keysForbidden })).toEqual(['key-forbidden']);
  expect(rules([{ headers: { authorization: 'Bearer t' } }], { keysForbidden })).toEqual([]);
  expect(rules([{ headers: { 'api-key': 'k' } }])).toEqual([]);
});

test.each([
  ['api-key=k', '/openai/v1/chat/completions', ['credential-in-url']],
  ['access_token=t', '/openai/v1/chat/completions', ['credential-in-url']],
  // The only operation that takes one.
  ['api-key=k', '/openai/v1/realtime', []],
  ['key=k', '/openai/v1/chat/completions', []],
])('%j in the URL of %s: %j', (query, path, expected) => {
  expect(rules([{ query, path }])).toEqual(expected);
});

test('a request with several mistakes is told all of them, with its number', () => {
  const wrong = {
    headers: { 'api-key': 'k' },
    query: 'api-key=k&api-version=2024-10-21',
    deployment: undefined,
    status: 404,
  };
  expect(findings([{}, wrong], { keysForbidden: true })).toMatchObject([
    { rule: 'key-forbidden', requests: [2] },
    { rule: 'credential-in-url', requests: [2] },
    { rule: 'unknown-api-version', requests: [2] },
  ]);
});

test.each<[string, Told, string[]]>([
  ['v1 without an api-version', {}, []],
  ['v1 with v1', { query: 'api-version=v1' }, []],
  ['v1 with preview', { query: 'api-version=preview' }, []],
  ['v1 with latest', { query: 'api-version=latest' }, []],
  ['v1 with a date', { query: 'api-version=2024-10-21' }, ['unknown-api-version']],
  ['a dated path without an api-version', { surface: 'dated' }, ['missing-api-version']],
  ['a dated path with one that is served', { surface: 'dated', query: 'api-version=2024-10-21' }, []],
  ['a dated path with v1', { surface: 'dated', query: 'api-version=v1' }, ['unknown-api-version']],
  [
    'an operation that is newer than the version',
    { surface: 'dated', query: 'api-version=2024-10-21', operation: late },
    ['unknown-api-version'],
  ],
  [
    'an operation that is as old as the version',
    { surface: 'dated', query: 'api-version=2025-03-01-preview', operation: late },
    [],
  ],
  ['inference without an api-version', { surface: 'inference' }, []],
  ['inference with any', { surface: 'inference', query: 'api-version=2099-01-01' }, []],
  ['a URL that does not exist', { operation: undefined, status: 404 }, ['unknown-operation']],
  ['a deployment that does not exist', { deployment: undefined, status: 404 }, ['unknown-deployment']],
  ['a caller who was refused before the look-up', { deployment: undefined, status: 401 }, []],
  ['a file that does not exist', { deployment: undefined, status: 404, operation: files }, []],
  ['an answer 404 of a deployment', { status: 404 }, []],
])('%s: %j is %j', (_, told, expected) => {
  expect(rules([told])).toEqual(expected);
});

test.each([
  ['{"model":"chatt"}', '"chatt"'],
  ['', 'undefined'],
  ['no JSON', 'undefined'],
])('an unknown deployment is named by the model of the body: %j', (raw, name) => {
  expect(findings([{ raw, deployment: undefined, status: 404 }])[0]?.message).toBe(
    `Request 1 called deployment ${name}, which resource "sweden" does not have. Check its name, or deploy it.`,
  );
});
