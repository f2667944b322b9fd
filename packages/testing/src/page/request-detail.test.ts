import { expect, test } from 'vitest';
import type { Observed } from '../script/observed.ts';
import { requestDetail } from './request-detail.ts';

interface Told {
  readonly request?: object;
  readonly response?: object | undefined;
  readonly answer?: string;
  readonly secrets?: readonly string[];
}

function detail({ request = {}, answer, secrets = [], ...told }: Told = {}) {
  const response = 'response' in told ? told.response : { status: 200, headers: {}, outcome: 'answered' };
  const recorded = {
    method: 'POST',
    path: '/p',
    query: {},
    headers: {},
    body: undefined,
    response,
    ...request,
  };
  return requestDetail({ request: recorded, findings: [] } as unknown as Observed, { answer, secrets });
}

test('shows what was asked, and what was answered as it is read best', () => {
  expect(
    detail({
      request: { query: { a: '1', b: 'x y' }, headers: { one: '1', two: '2' }, body: { n: 1 } },
      response: { status: 201, headers: { three: '3' }, outcome: 'answered' },
      answer: '{"m":2}',
    }),
  ).toEqual({
    request: 'POST /p?a=1&b=x+y\none: 1\ntwo: 2\n\n{\n  "n": 1\n}',
    answer: '201\nthree: 3\n\n{\n  "m": 2\n}',
    reason: 'The mock answered by itself.',
  });
  expect(detail({ answer: 'data: {}\n\n' }).answer).toBe('200\n\n\ndata: {}\n\n');
});

test.each<[unknown, string]>([
  [undefined, ''],
  [new Uint8Array(3), '(3 bytes)'],
  ['a text', 'a text'],
  ['x'.repeat(20_000), 'x'.repeat(20_000)],
  ['x'.repeat(20_001), `${'x'.repeat(20_000)}…`],
])('a body is shown as far as a page can', (body, shown) => {
  expect(detail({ request: { body } }).request).toBe(`POST /p\n\n\n${shown}`);
});

test('keys that were given out or are known are masked wherever they are', () => {
  const secrets = ['', 'a-known-key'];
  const spoken = 'ek_abcdefgh and a-known-key at https://h/p?sig=abc%2B&x=1';
  const hidden = '*** and *** at https://h/p?sig=***&x=1';
  const { request, answer, reason } = detail({
    request: { body: spoken },
    response: { status: 400, headers: {}, outcome: 'answered' },
    answer: JSON.stringify({ error: { message: spoken } }),
    secrets,
  });
  expect(request).toContain(hidden);
  expect(answer).toContain(hidden);
  expect(reason).toBe(hidden);
  expect(detail({ request: { body: 'ek_abcdefg week_abcdefgh' } }).request).toContain(
    'ek_abcdefg week_abcdefgh',
  );
});

const gone = ' The connection ended before the answer did.';
test.each<[object | undefined, string | undefined, string]>([
  [undefined, undefined, 'It has not been answered yet.'],
  [{ status: 200, cause: 'reply' }, '{}', 'A reply was scripted for it.'],
  [{ status: 200, cause: 'reply', outcome: 'abandoned' }, '{}', `A reply was scripted for it.${gone}`],
  [{ status: 429, cause: 'rateLimited' }, '{}', 'Throttle (429) was armed for it.'],
  [
    { status: 500, cause: 'somethingElse', outcome: 'abandoned' },
    '{}',
    `somethingElse was armed for it.${gone}`,
  ],
  [{ status: 400 }, '{"error":{"message":"No."}}', 'No.'],
  [{ status: 400 }, '{"message":"No."}', 'No.'],
  [{ status: 400 }, '{"message":7}', 'It was refused with 400.'],
  [{ status: 404 }, 'null', 'It was refused with 404.'],
  [{ status: 404 }, 'text', 'It was refused with 404.'],
  [{ status: 404, outcome: 'abandoned' }, undefined, `It was refused with 404.${gone}`],
  [{ status: 399 }, '{"message":"No."}', 'The mock answered by itself.'],
  [{ status: 200, outcome: 'abandoned' }, '', `The mock answered by itself.${gone}`],
])('says why it was answered so: %j with %j', (told, answer, reason) => {
  const response = told === undefined ? undefined : { headers: {}, outcome: 'answered', ...told };
  const found = detail({ response, ...(answer !== undefined && { answer }) });
  expect(found.reason).toBe(reason);
  if (told === undefined) expect(found.answer).toBe('');
});
