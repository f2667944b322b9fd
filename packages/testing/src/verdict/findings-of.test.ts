import { expect, test } from 'vitest';
import type { Finding } from './finding.ts';
import { asked, counted, entry, findings, france, marked, rules, second, type Told } from './told.fake.ts';
import { verdict } from './verdict.ts';

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

test.each([
  {},
  { 'retry-after': 'soon' },
  { 'retry-after': new Date(0).toUTCString() },
  { 'retry-after-ms': 'NaN' },
  { 'x-ratelimit-reset-tokens': '0' },
])('%j asks for nothing', (says) => {
  expect(rules([{ status: 429, says }, { atMs: 1_010 }])).toEqual([]);
});

test('a header that cannot be read leaves the word to the next one', () => {
  const says = { 'retry-after-ms': 'soon', 'retry-after': 'soon', 'x-ratelimit-reset-requests': '3' };
  expect(findings([{ status: 429, says }, { atMs: 2_010 }])[0]?.message).toContain(
    'had asked for 3 s (`x-ratelimit-reset-requests`)',
  );
});

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

test.each<[string, Told, Told]>([
  ['another deployment', { ...counted(0) }, { ...counted(1), deployment: second }],
  [
    'another resource',
    { ...counted(0), deployment: undefined },
    { ...counted(1), deployment: undefined, resource: france },
  ],
  [
    'another deployment, with an id as well',
    { ...marked('a', 0) },
    { ...marked('a', 1), deployment: second },
  ],
])('honest failover: the retry of an SDK that goes to %s at once need not wait', (_, before, after) => {
  expect(
    rules([
      { ...asked, ...before },
      { ...after, atMs: 1_500 },
    ]),
  ).toEqual([]);
});

test('the retry of an SDK at the same resource must wait, although it names no deployment', () => {
  const unknown = { deployment: undefined };
  expect(
    rules([
      { ...asked, ...unknown, ...counted(0) },
      { ...unknown, ...counted(1), atMs: 1_500 },
    ]),
  ).toEqual(['retried-early']);
});

test('what was asked for long ago still holds after a shorter wait that is over', () => {
  const long = { status: 429, says: { 'retry-after': '60' } };
  const short = { status: 429, says: { 'retry-after': '1' }, atMs: 1_200, raw: '{"other":1}' };
  expect(rules([long, short, { atMs: 10_000 }])).toEqual(['retried-early']);
  expect(rules([long, short, { atMs: 70_000 }])).toEqual([]);
});

test.each([
  [60, 5_999, []],
  [60, 6_000, ['ignored-park']],
])(
  'with a time %d times as fast, an answer that was given %d ms ago is known to the other calls: %j',
  (timeScale, afterMs, expected) => {
    expect(rules([asked, { atMs: 1_010 + afterMs, raw: '{"other":1}' }], { timeScale })).toEqual(expected);
  },
);

test('of two deployments that ask for time only the one that is called is named', () => {
  const elsewhere = { ...asked, deployment: second, atMs: 1_100 };
  expect(findings([asked, elsewhere, { atMs: 1_500 }])).toMatchObject([{ requests: [1, 3] }]);
  expect(findings([asked, elsewhere, { atMs: 1_500, deployment: second }])).toMatchObject([
    { requests: [2, 3] },
  ]);
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
  expect(
    rules([
      { ...asked, ...counted(0) },
      { ...counted(1), atMs: 1_020 },
    ]),
  ).toEqual(['retried-early']);
  expect(
    rules([
      { ...asked, ...counted(0) },
      { ...counted(2), atMs: 1_020 },
    ]),
  ).toEqual([]);
  expect(
    rules([
      { ...asked, ...counted(0) },
      { ...counted(0), atMs: 1_020 },
    ]),
  ).toEqual([]);
});

test.each([
  [1, 994, ['retried-early']],
  [1, 995, []],
  [60, 59_000, ['retried-early']],
  [60, 60_000, []],
])(
  'with a time %d times as fast, the retry of an SDK comes %d ms after its refusal: %j',
  (timeScale, waitedMs, expected) => {
    const refused = { ...asked, ...counted(0) };
    const elsewhere = { ...refused, deployment: second, atMs: 1_000 + waitedMs };
    const retry = { ...counted(1), atMs: 1_010 + waitedMs };
    expect(rules([refused, retry], { timeScale })).toEqual(expected);
    expect(rules([refused, elsewhere, retry], { timeScale })).toEqual(expected);
  },
);

test('an SDK that gave up waiting for its answer cannot obey it', () => {
  const refused = { ...asked, ...counted(0) };
  expect(rules([refused, { ...counted(1), atMs: 1_009 }])).toEqual([]);
  expect(rules([refused, { ...counted(1), atMs: 1_010 }])).toEqual(['retried-early']);
});

test('an SDK that was refused twice must wait for the second refusal', () => {
  const [first, again] = [
    { ...asked, ...counted(0) },
    { ...asked, ...counted(1), atMs: 2_010 },
  ];
  expect(findings([first, again, { ...counted(2), atMs: 2_500 }])).toMatchObject([
    { rule: 'retried-early', requests: [2, 3] },
  ]);
  expect(rules([first, again, { ...counted(2), atMs: 3_020 }])).toEqual([]);
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

test.each<[string, readonly Told[], Partial<Finding>]>([
  [
    'retries of one call',
    [asked, { ...asked, atMs: 1_200 }, { atMs: 1_500 }],
    { rule: 'retried-early', requests: [2, 3] },
  ],
  [
    'calls beside each other',
    [
      { ...asked, raw: '1' },
      { ...asked, raw: '2', atMs: 1_200 },
      { raw: '3', atMs: 1_500 },
    ],
    { rule: 'ignored-park', requests: [2, 3] },
  ],
  [
    'calls of an SDK with the same bytes',
    [
      { ...asked, ...counted(0) },
      { ...asked, ...counted(0), atMs: 1_200 },
      { ...counted(1), atMs: 1_500 },
    ],
    { rule: 'retried-early', requests: [2, 3] },
  ],
  [
    'answers that are final',
    [{ status: 400 }, { status: 404, atMs: 2_000 }, { atMs: 3_000 }],
    { rule: 'retried-final', requests: [2, 3] },
  ],
])('of several refusals the last is named: %s', (_, requests, expected) => {
  expect(findings(requests)).toMatchObject([expected]);
});

test.each([
  [994, '994 ms', '1.5 s'],
  [999.4, '999 ms', '1.5 s'],
  [1_000, '1 s', '1.5 s'],
  [1_249, '1.2 s', '1.5 s'],
])('a wait of %d ms is told as %j', (waitedMs, waited, wanted) => {
  const says = { 'retry-after-ms': '1500' };
  expect(findings([{ status: 429, says }, { atMs: 1_010 + waitedMs }])[0]?.message).toBe(
    `Request 2 repeats request 1 after ${waited}: "first" had asked for ${wanted} (\`retry-after-ms\`). Wait for that time, or call another deployment.`,
  );
});

test.each<[string, Told, Told, string[]]>([
  [
    'an id tells a retry, although a count is there',
    { ...marked('a') },
    { ...marked('a', 1) },
    ['retried-early'],
  ],
  ['another id is another call, whatever its count', { ...marked('a') }, { ...marked('b', 1) }, []],
  ['an id on one side says nothing: its bytes do', {}, { ...marked('a') }, ['retried-early']],
  ['an id on one side says nothing: other bytes', { raw: '1' }, { ...marked('a'), raw: '2' }, []],
  ['other bytes of the same length are another call', { raw: '1' }, { raw: '2' }, []],
])('soon after a refusal: %s', (_, before, after, expected) => {
  expect(
    rules([
      { ...asked, ...before },
      { ...after, atMs: 1_050 },
    ]),
  ).toEqual(expected);
});

test('a form that is sent again after an answer that is final is the same, although its bytes are not', () => {
  const form = { headers: { ...marked('a').headers, 'content-type': 'multipart/form-data; boundary=x' } };
  const [first, again] = [
    { ...form, raw: '--1', status: 400 },
    { ...form, raw: '--2', atMs: 2_000 },
  ];
  expect(rules([first, again])).toEqual(['retried-final']);
  // Which deployment it names is not known, so it may be another one.
  expect(
    rules([
      { ...first, deployment: undefined },
      { ...again, deployment: undefined },
    ]),
  ).toEqual([]);
  expect(
    rules([
      { ...first, ...marked('a') },
      { ...again, ...marked('a') },
    ]),
  ).toEqual([]);
});

test('only what came before is held against a request, and each has its own findings', () => {
  const entries = [asked, { atMs: 1_500 }, { atMs: 1_600, deployment: undefined, status: 404 }].map(
    (told, index) => entry(index + 1, told),
  );
  expect(verdict(entries).map(({ rule, requests }) => [rule, requests])).toEqual([
    ['retried-early', [1, 2]],
    ['unknown-deployment', [3]],
  ]);
});

test('each request that comes too early has a finding of its own, named by the same refusal', () => {
  const entries = [asked, { atMs: 1_200 }, { atMs: 1_400 }, { atMs: 2_010 }].map((told, index) =>
    entry(index + 1, told),
  );
  expect(verdict(entries).map(({ rule, requests }) => [rule, requests])).toEqual([
    ['retried-early', [1, 2]],
    ['retried-early', [1, 3]],
  ]);
});

test('a refusal that asks for nothing says nothing, however often it is looked at', () => {
  const entries = [{ status: 429 }, { atMs: 1_200 }, { atMs: 1_400 }].map((told, index) =>
    entry(index + 1, told),
  );
  expect(verdict(entries)).toEqual([]);
});

test('keys are allowed and time runs at its usual speed, unless something else is said', () => {
  const entries = [
    { ...asked, headers: { 'api-key': 'k' } },
    { atMs: 2_010, headers: { 'api-key': 'k' } },
  ].map((told, index) => entry(index + 1, told));
  expect(verdict(entries)).toEqual([]);
  expect(verdict(entries, { keysForbidden: true }).map(({ rule }) => rule)).toEqual([
    'key-forbidden',
    'key-forbidden',
  ]);
  expect(verdict(entries, { timeScale: 2 }).map(({ rule }) => rule)).toEqual(['retried-early']);
});

test('nothing is held against calls before the deployment is known', () => {
  const unknown = { ...asked, deployment: undefined };
  expect(rules([unknown, { raw: '{"other":1}', deployment: undefined, atMs: 1_500 }])).toEqual([]);
});
