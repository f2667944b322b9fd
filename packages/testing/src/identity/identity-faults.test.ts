import { ClientSecretCredential } from '@azure/identity';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { createIdentity } from './identity.ts';
import type { NeighbourFault } from '../neighbour/fault.ts';

const scope = 'https://cognitiveservices.azure.com/.default';
const clock = manualClock();
const identity = createIdentity({ clock, otherTenants: ['11111111-1111-4111-8111-111111111111'] });

beforeAll(async () => {
  await identity.start();
  identity.trust();
});
afterEach(() => {
  identity.restore();
});
afterAll(() => identity.close());

function credential(): ClientSecretCredential {
  const { clientId } = identity.directory.defaultApp;
  return new ClientSecretCredential(
    identity.tenantId,
    clientId,
    identity.directory.defaultApp.secrets[0] ?? '',
    {
      authorityHost: identity.authority,
      disableInstanceDiscovery: true,
      retryOptions: { maxRetries: 0 },
    },
  );
}

function managedIdentityToken(): Promise<Response> {
  const path = '/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://ai.azure.com';
  return fetch(identity.managedIdentityOrigin + path, { headers: { metadata: 'true' } });
}

test.each<[string, NeighbourFault]>([
  ['a server error', { kind: 'status', status: 503, retryAfterSeconds: 2 }],
  ['a cut connection', { kind: 'reset' }],
  ['a page instead of a token', { kind: 'garbage' }],
])('%s strikes as often as asked, wherever tokens come from', async (_, fault) => {
  identity.fail(fault, { times: 1 });
  await expect(credential().getToken(scope)).rejects.toThrow();
  expect((await credential().getToken(scope)).token).not.toBe('');
  identity.fail(fault, { times: 1 });
  await expect(identity.credential().getToken(scope)).rejects.toThrow();
  expect((await identity.credential().getToken(scope)).token).not.toBe('');
});

test('a fault at one place leaves the others alone', async () => {
  identity.fail({ kind: 'status', status: 503, retryAfterSeconds: 2 }, { at: 'managed-identity' });
  expect((await identity.credential().getToken(scope)).token).not.toBe('');
  const response = await managedIdentityToken();
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
  identity.restore();
  expect((await managedIdentityToken()).status).toBe(200);
});

test('a slow service answers by the clock of the mock, and an impatient caller is let go', async () => {
  identity.fail({ kind: 'slow', delayMs: 60_000 });
  let isDone = false;
  const slow = identity
    .credential()
    .getToken(scope)
    .finally(() => (isDone = true));
  await clock.advance(59_999);
  expect(isDone).toBe(false);
  await clock.advance(1);
  expect((await slow).token).not.toBe('');
  const impatient = AbortSignal.abort(new Error('no patience'));
  await expect(identity.credential().getToken(scope, { abortSignal: impatient })).rejects.toThrow(
    'no patience',
  );
});

test('a service that hangs lets the caller hang up', async () => {
  identity.fail({ kind: 'hang' });
  const controller = new AbortController();
  const asked = identity.credential().getToken(scope, { abortSignal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
});

test('tokens can be short-lived, and a clock can be wrong', async () => {
  identity.issue({ lifetimeMs: 30_000 });
  const short = await identity.credential().getToken(scope);
  expect(short.expiresOnTimestamp - clock.now()).toBeLessThanOrEqual(30_000);
  identity.issue({ lifetimeMs: 3_600_000, skewMs: 600_000 });
  const early = await identity.credential().getToken(scope);
  expect(identity.verify(early.token, { service: 'openai' })).toEqual({
    ok: false,
    problem: 'invalid-token',
  });
  await clock.advance(300_000);
  expect(identity.verify(early.token, { service: 'openai' })).toMatchObject({ ok: true });
});

test('remembers what it was asked, without secrets', async () => {
  await credential().getToken(scope);
  const last = identity.requests().at(-1);
  expect(last).toMatchObject({
    method: 'POST',
    grantType: 'client_credentials',
    clientId: identity.directory.defaultApp.clientId,
    status: 200,
  });
  expect(JSON.stringify(identity.requests())).not.toContain(identity.directory.defaultApp.secrets[0]);
});

test.each([
  [
    'without the metadata header',
    '?api-version=2018-02-01&resource=https://ai.azure.com',
    {},
    'bad_request_102',
  ],
  ['without a resource', '?api-version=2018-02-01', { metadata: 'true' }, 'invalid_request'],
  [
    'for an unknown resource',
    '?api-version=2018-02-01&resource=https://x.example',
    { metadata: 'true' },
    'invalid_resource',
  ],
  [
    'for an unknown identity',
    '?api-version=2018-02-01&resource=https://ai.azure.com&client_id=x',
    { metadata: 'true' },
    'invalid_request',
  ],
])('the metadata service refuses a request %s', async (_, query, headers, error) => {
  const response = await fetch(`${identity.managedIdentityOrigin}/metadata/identity/oauth2/token${query}`, {
    headers,
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error });
});

test('the metadata service writes its numbers as strings', async () => {
  const body = (await (await managedIdentityToken()).json()) as Record<string, unknown>;
  expect(body).toMatchObject({
    expires_in: '3599',
    refresh_token: '',
    token_type: 'Bearer',
    resource: 'https://ai.azure.com',
  });
  expect(body['expires_on']).toMatch(/^\d+$/);
});

test('App Service refuses a caller without its secret', async () => {
  const response = await fetch(
    `${identity.managedIdentityOrigin}/msi/token?api-version=2019-08-01&resource=https://ai.azure.com`,
  );
  expect(response.status).toBe(401);
});
