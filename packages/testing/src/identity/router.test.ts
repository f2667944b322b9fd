import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { aTenant } from './a-tenant.fake.ts';
import { createDirectory } from './directory.ts';
import { createIdentityFaults } from './identity-faults.ts';
import { createRouter } from './router.ts';

const directory = createDirectory({ apps: { web: { secret: 'secret' } } });

/** The router of a tenant, and how it answers. */
function routing() {
  const clock = manualClock(1_000);
  const faults = createIdentityFaults(clock);
  const router = createRouter({
    tenant: aTenant(directory, clock),
    faults,
    identityHeader: 'secret',
    signInOrigin: () => 'http://sign-in',
  });
  const ask = async (
    path: string,
    method = 'GET',
    headers: Readonly<Record<string, string>> = {},
    body = '',
  ) => {
    const url = new URL(path, 'https://authority');
    const answer = await router.handle({ method, url, headers, body, signal: new AbortController().signal });
    return answer === 'reset' ? answer : { ...answer, body: answer.body ?? '' };
  };
  const statusOf = async (...request: Parameters<typeof ask>) => {
    const answer = await ask(...request);
    return answer === 'reset' ? answer : answer.status;
  };
  return { clock, faults, requests: () => router.requests(), ask, statusOf };
}

const token = '/common/oauth2/v2.0/token';

test.each([
  ['/common/v2.0/.well-known/openid-configuration', 'GET', 200],
  ['/common/.well-known/openid-configuration', 'GET', 200],
  ['/common/discovery/v2.0/keys', 'GET', 200],
  ['/common/discovery/keys', 'GET', 200],
  ['/common/discovery/instance', 'GET', 200],
  ['/other/discovery/instance', 'GET', 404],
  [token, 'POST', 400],
  ['/common/oauth2/token', 'POST', 400],
  ['/common/oauth2/v2.0/token/', 'POST', 400],
  [token, 'GET', 400],
  [token, 'PUT', 400],
  ['/common/oauth2/v2.0/devicecode', 'POST', 400],
  ['/common/oauth2/v2.0/authorize', 'GET', 400],
  ['/devicelogin', 'GET', 200],
  ['/metadata/identity/oauth2/token', 'GET', 400],
  ['/metadata/identity/oauth2/token/', 'GET', 400],
  ['/msi/token', 'GET', 401],
  ['/metadata/identity/oauth2/tokens', 'GET', 404],
  ['/', 'GET', 404],
])('%s by %s is answered %i', async (path, method, status) => {
  expect(await routing().statusOf(path, method)).toBe(status);
});

test.each([
  [token, 'POST'],
  ['/common/discovery/v2.0/keys', 'GET'],
])('a page may ask for %s by %s, from any origin, and remembers that for a day', async (path, method) => {
  const { ask } = routing();
  expect(await ask(path, 'OPTIONS')).toEqual({
    status: 200,
    body: '',
    headers: {
      'access-control-allow-methods': `${method}, OPTIONS`,
      'access-control-allow-headers': '*',
      'access-control-max-age': '86400',
      'access-control-allow-origin': '*',
    },
  });
  expect(await ask(path, method)).toMatchObject({ headers: { 'access-control-allow-origin': '*' } });
});

test('pages that people see are for no other origin, and not asked about first', async () => {
  const { ask, statusOf } = routing();
  expect(await ask('/devicelogin')).not.toHaveProperty('headers.access-control-allow-origin');
  expect(await statusOf('/devicelogin', 'OPTIONS')).toBe(404);
});

test('a request is remembered with its time, its answer and what it asked for, and without its secret', async () => {
  const { ask, requests, clock } = routing();
  await ask(token, 'POST', {}, 'grant_type=x&client_id=web&scope=a+b&client_secret=hidden');
  await clock.advance(5);
  await ask('/msi/token?resource=https://ai.azure.com&client_id=c');
  expect(requests()).toEqual([
    { atMs: 1_000, method: 'POST', path: token, status: 400, grantType: 'x', clientId: 'web', scope: 'a b' },
    {
      atMs: 1_005,
      method: 'GET',
      path: '/msi/token',
      status: 401,
      clientId: 'c',
      scope: 'https://ai.azure.com',
    },
  ]);
});

test('the last thousand requests are remembered, the oldest first', async () => {
  const { ask, requests } = routing();
  for (let number = 0; number < 1_000; number += 1) await ask(`/${number}`);
  expect([requests().length, requests()[0]?.path]).toEqual([1_000, '/0']);
  await ask('/1000');
  expect([requests().length, requests()[0]?.path, requests().at(-1)?.path]).toEqual([1_000, '/1', '/1000']);
});

test('what has been read of the requests does not change with the next one', async () => {
  const { ask, requests } = routing();
  await ask('/one');
  const before = requests();
  await ask('/two');
  expect(before).toHaveLength(1);
});

test('a fault strikes where it was set, is in the journal, and leaves everything else alone', async () => {
  const { faults, statusOf, requests } = routing();
  faults.add({ kind: 'reset' }, { at: 'managed-identity', times: 2 });
  expect([await statusOf('/msi/token'), await statusOf('/metadata/identity/oauth2/token/')]).toEqual([
    'reset',
    'reset',
  ]);
  expect(requests().map(({ status }) => status)).toEqual([0, 0]);
  expect(await statusOf('/msi/token')).toBe(401);
  faults.add({ kind: 'status', status: 503 });
  for (const path of ['/common/discovery/keys', '/devicelogin', '/nothing'])
    expect(await statusOf(path)).not.toBe(503);
  expect([await statusOf(token, 'POST'), await statusOf('/msi/token')]).toEqual([503, 503]);
  // Who asks by the wrong method is told so before that.
  expect(await statusOf(token, 'GET')).toBe(400);
});
