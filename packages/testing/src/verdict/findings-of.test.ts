import { expect, test } from 'vitest';
import type { Entry } from '../journal/entry.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import type { MockResource } from '../service/mock-resource.ts';
import type { Operation } from '../service/operation.ts';
import { findingsOf } from './verdict.ts';

const sweden = { name: 'sweden' } as MockResource;
const france = { name: 'france' } as MockResource;
const first = { key: 'first' } as MockDeployment;
const second = { key: 'second' } as MockDeployment;
const operation = { name: 'ChatCompletions_Create', target: 'deployment' } as Operation;

interface Told {
  /** When the request came. Its answer took 10 ms. */
  readonly atMs?: number;
  readonly status?: number;
  readonly says?: Readonly<Record<string, string>>;
  readonly deployment?: MockDeployment | undefined;
  readonly resource?: MockResource;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly raw?: string;
}

function entry(
  sequence: number,
  {
    atMs = 1_000,
    status = 200,
    says = {},
    resource = sweden,
    headers = {},
    method = 'POST',
    path = '/openai/v1/chat/completions',
    query = '',
    raw = '{}',
    ...more
  }: Told,
): Entry {
  return {
    request: {
      sequence,
      resource,
      surface: 'v1',
      method,
      path,
      params: {},
      query: new URLSearchParams(query),
      headers,
      raw: Buffer.from(raw),
    },
    responseHeaders: Object.entries(says)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join(''),
    operation,
    deployment: 'deployment' in more ? more.deployment : first,
    receivedAtMs: atMs,
    status,
    finishedAtMs: atMs + 10,
    outcome: 'answered',
    cause: undefined,
  };
}

/** The rules that the last of these requests breaks. */
function rules(requests: readonly Told[], options: Parameters<typeof findingsOf>[2] = {}): string[] {
  const entries = requests.map((told, index) => entry(index + 1, told));
  const last = entries.pop();
  return last === undefined ? [] : findingsOf(last, entries, options).map(({ rule }) => rule);
}

const asked = { status: 429, says: { 'Retry-After-Ms': '1000' } };

test.each([
  [994, ['retried-early']],
  // A timer may end 5 ms early.
  [995, []],
  [1_000, []],
  [1_001, []],
])('a second that was asked for and of which %d ms were waited is %j', (waitedMs, expected) => {
  expect(rules([asked, { atMs: 1_010 + waitedMs }])).toEqual(expected);
});

test.each([
  [60, 59_000, ['retried-early']],
  [60, 60_000, []],
  [1, 999, []],
])('with a time %d times as fast, %d ms of it are waited: %j', (timeScale, waitedMs, expected) => {
  expect(rules([asked, { atMs: 1_010 + waitedMs }], { timeScale })).toEqual(expected);
});

test.each([
  [{ 'retry-after-ms': '200', 'retry-after': '60' }, 200],
  [{ 'x-ms-retry-after-ms': '200', 'retry-after': '60' }, 200],
  [{ 'retry-after': '2', 'x-ratelimit-reset-tokens': '60' }, 2_000],
  [{ 'retry-after': new Date(4_010).toUTCString() }, 2_990],
  [{ 'x-ratelimit-reset-requests': '3' }, 3_000],
  [{ 'x-ratelimit-reset-tokens': '0', 'x-ratelimit-reset-requests': '3' }, 3_000],
] as const)('%j asks for %d ms', (says, waitMs) => {
  expect(rules([{ status: 429, says }, { atMs: 1_010 + waitMs }])).toEqual([]);
  expect(rules([{ status: 429, says }, { atMs: 1_010 + waitMs - 6 }])).toEqual(['retried-early']);
});

test.each([{}, { 'retry-after': 'soon' }, { 'retry-after-ms': 'NaN' }, { 'x-ratelimit-reset-tokens': '0' }])(
  '%j asks for nothing',
  (says) => {
    expect(rules([{ status: 429, says }, {}])).toEqual([]);
  },
);

test.each([200, 400, 408, 500, 502])('a header of an answer %d is no hint', (status) => {
  const corrected = { raw: '{"corrected":true}', atMs: 1_500 };
  expect(rules([{ ...asked, status }, corrected])).toEqual([]);
});

test.each([400, 401, 403, 404, 405, 413, 415, 422])('an answer %d is final', (status) => {
  expect(rules([{ status }, { atMs: 2_000 }])).toEqual(['retried-final']);
});

test.each([200, 408, 409, 429, 500, 503])('an answer %d is not final', (status) => {
  expect(rules([{ status }, { atMs: 2_000 }])).toEqual([]);
});

test.each<[string, Told]>([
  ['another deployment', { deployment: second }],
  ['another resource, whose deployment is not known either', { deployment: undefined, resource: france }],
  ['another body', { raw: '{"model":"x"}' }],
  ['another path', { path: '/openai/v1/responses' }],
  ['another method', { method: 'GET' }],
  ['another api-version', { query: 'api-version=2024-10-21' }],
])('honest failover: after an answer that is final %s may be tried', (_, other) => {
  const headers = { 'x-ms-client-request-id': 'one call' };
  const refused = { status: 404, headers, ...('resource' in other ? { deployment: undefined } : {}) };
  expect(
    rules([refused, { headers, atMs: 2_000, ...other }]).filter((rule) => rule.startsWith('retried')),
  ).toEqual([]);
});

test('honest failover: a deployment that asks for time says nothing of another one', () => {
  expect(rules([asked, { deployment: second, atMs: 1_500 }])).toEqual([]);
  expect(rules([asked, { deployment: undefined, atMs: 1_500 }])).toEqual([]);
});

test('what was asked for long ago still holds after a shorter wait that is over', () => {
  const long = { status: 429, says: { 'retry-after': '60' } };
  const short = { status: 429, says: { 'retry-after': '1' }, atMs: 1_200, raw: '{"other":1}' };
  expect(rules([long, short, { atMs: 10_000 }])).toEqual(['retried-early']);
  expect(rules([long, short, { atMs: 70_000 }])).toEqual([]);
});

test('the answer to the same call says more than that to another call', () => {
  const other = { ...asked, raw: '{"other":1}', atMs: 1_200 };
  expect(rules([asked, other, { atMs: 1_500 }])).toEqual(['retried-early']);
  expect(rules([asked, { raw: '{"other":1}', atMs: 1_500 }])).toEqual(['ignored-park']);
});

test.each([
  [99, []],
  [100, ['ignored-park']],
])('a call that was sent %d ms after the answer to another one: %j', (afterMs, expected) => {
  expect(rules([asked, { atMs: 1_010 + afterMs, raw: '{"other":1}' }])).toEqual(expected);
});

test('an answer that was still on its way cannot be obeyed', () => {
  const headers = { 'x-ms-client-request-id': 'one call' };
  expect(
    rules([
      { ...asked, headers },
      { headers, atMs: 1_009 },
    ]),
  ).toEqual([]);
  expect(
    rules([
      { ...asked, headers },
      { headers, atMs: 1_010 },
    ]),
  ).toEqual(['retried-early']);
});

test('the retry of an SDK is told from another call by its count', () => {
  const count = (number: number) => ({ headers: { 'x-stainless-retry-count': String(number) } });
  expect(
    rules([
      { ...asked, ...count(0) },
      { ...count(1), atMs: 1_020 },
    ]),
  ).toEqual(['retried-early']);
  expect(
    rules([
      { ...asked, ...count(0) },
      { ...count(2), atMs: 1_020 },
    ]),
  ).toEqual([]);
  expect(
    rules([
      { ...asked, ...count(0) },
      { ...count(0), atMs: 1_020 },
    ]),
  ).toEqual([]);
});

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

test('a 401 may be tried with another credential, a 403 with another kind of it', () => {
  const token = (value: string) => ({ headers: { authorization: `Bearer ${value}` } });
  const key = (value: string) => ({ headers: { 'api-key': value } });
  const later = { atMs: 2_000 };
  expect(
    rules([
      { status: 401, ...token('old') },
      { ...token('new'), ...later },
    ]),
  ).toEqual([]);
  expect(
    rules([
      { status: 401, ...token('old') },
      { ...token('old'), ...later },
    ]),
  ).toEqual(['retried-final']);
  expect(
    rules([
      { status: 403, ...token('old') },
      { ...token('new'), ...later },
    ]),
  ).toEqual(['retried-final']);
  expect(
    rules([
      { status: 403, ...key('k') },
      { ...token('new'), ...later },
    ]),
  ).toEqual([]);
  expect(
    rules([
      { status: 403, ...key('k') },
      { ...key('other'), ...later },
    ]),
  ).toEqual([]);
});
