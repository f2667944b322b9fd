import { ClientSecretCredential } from '@azure/identity';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { createIdentity } from './identity.ts';
import type { Demand } from './verify.ts';

const scope = 'https://cognitiveservices.azure.com/.default';
const clock = manualClock();
const identity = createIdentity({
  clock,
  otherTenants: ['11111111-1111-4111-8111-111111111111'],
  users: { ada: {}, bob: { groups: ['finance'] } },
  apps: { guest: { secret: 'guest secret' } },
  roleAssignments: [
    { principal: 'default', role: 'Cognitive Services OpenAI User' },
    { principal: 'ada', role: 'Owner' },
    { principal: 'finance', role: 'Cognitive Services OpenAI User', resource: 'sweden' },
  ],
});
const chat: Demand = {
  service: 'openai',
  cloud: 'public',
  dataAction: 'Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action',
};

beforeAll(async () => {
  await identity.start();
  identity.trust();
});
afterAll(() => identity.close());

function clientSecret(
  secret: string,
  options: { app?: string; tenantId?: string } = {},
): ClientSecretCredential {
  const clientId = identity.directory.app(options.app ?? 'default')?.clientId ?? options.app ?? '';
  return new ClientSecretCredential(options.tenantId ?? identity.tenantId, clientId, secret, {
    authorityHost: identity.authority,
    disableInstanceDiscovery: true,
    retryOptions: { maxRetries: 0 },
  });
}

test('a ClientSecretCredential gets a token that the service accepts', async () => {
  const { token, expiresOnTimestamp } = await clientSecret(
    identity.directory.defaultApp.secrets[0] ?? '',
  ).getToken(scope);
  expect(identity.verify(token, chat)).toMatchObject({ ok: true, principal: { kind: 'app' } });
  expect(expiresOnTimestamp).toBeGreaterThan(Date.now());
});

test.each([
  ['a wrong secret', 'wrong', {}, 'AADSTS7000215'],
  ['an unknown app', 'x', { app: '22222222-2222-4222-8222-222222222222' }, 'AADSTS700016'],
  [
    'an unknown tenant',
    'x',
    { tenantId: '33333333-3333-4333-8333-333333333333' },
    '90002|endpoints_resolution_error',
  ],
] as const)('%s fails with the error of Entra ID', async (_, secret, options, code) => {
  await expect(clientSecret(secret, options).getToken(scope)).rejects.toThrow(new RegExp(code));
});

test('an unknown resource fails with AADSTS500011', async () => {
  const asked = clientSecret(identity.directory.defaultApp.secrets[0] ?? '').getToken(
    'https://nothing.example/.default',
  );
  await expect(asked).rejects.toThrow(/AADSTS500011/);
});

test('the keys of the tenant verify its tokens', async () => {
  const metadata = (await (
    await fetch(`${identity.authority}/${identity.tenantId}/v2.0/.well-known/openid-configuration`)
  ).json()) as { issuer: string; jwks_uri: string };
  expect(metadata.issuer).toBe(`${identity.authority}/${identity.tenantId}/v2.0`);
  const { token } = await identity.credential().getToken(scope);
  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(metadata.jwks_uri)), {
    currentDate: new Date(clock.now()),
  });
  expect(payload).toMatchObject({ aud: 'https://cognitiveservices.azure.com', ver: '1.0' });
  const { kid } = decodeProtectedHeader(token);
  expect(decodeProtectedHeader(token)).toEqual({ typ: 'JWT', alg: 'RS256', x5t: kid, kid });
  const own = await identity.credential().getToken(`${identity.directory.defaultApp.identifierUri}/.default`);
  expect(decodeProtectedHeader(own.token)).toEqual({ typ: 'JWT', alg: 'RS256', kid });
});

test.each<[string, Parameters<typeof identity.credential>[0], string, Partial<Demand>, object]>([
  ['of ai.azure.com', {}, 'https://ai.azure.com/.default', {}, { ok: true }],
  [
    'with a trailing slash in its audience',
    {},
    'https://cognitiveservices.azure.com//.default',
    {},
    { ok: true },
  ],
  [
    'for another service',
    {},
    'https://search.azure.com/.default',
    {},
    { ok: false, problem: 'invalid-token' },
  ],
  ['of the public cloud in another', {}, scope, { cloud: 'us-gov' }, { ok: false, problem: 'invalid-token' }],
  [
    'of US Gov in US Gov',
    {},
    'https://cognitiveservices.azure.us/.default',
    { cloud: 'us-gov' },
    { ok: true },
  ],
  [
    'of another tenant',
    { tenantId: '11111111-1111-4111-8111-111111111111' },
    scope,
    {},
    { ok: false, problem: 'wrong-tenant', tokenTenantId: '11111111-1111-4111-8111-111111111111' },
  ],
  ['of an app without a role', { app: 'guest' }, scope, {}, { ok: false, problem: 'no-role' }],
  [
    'of an owner, who manages but may not call',
    { user: 'ada' },
    scope,
    {},
    { ok: false, problem: 'no-role' },
  ],
  [
    'of a member of a group with the role',
    { user: 'bob' },
    scope,
    { resource: 'sweden' },
    { ok: true, principal: { kind: 'user', name: 'bob' } },
  ],
  [
    'of that member on another resource',
    { user: 'bob' },
    scope,
    { resource: 'france' },
    { ok: false, problem: 'no-role' },
  ],
])('judges a token %s', async (_, who, wanted, demand, verdict) => {
  const { token } = await identity.credential(who).getToken(wanted);
  expect(identity.verify(token, { ...chat, ...demand })).toMatchObject(verdict);
});

test('where no cloud is named, a token of any cloud will do', async () => {
  const { token } = await identity.credential().getToken('https://management.usgovcloudapi.net/.default');
  expect(identity.verify(token, { service: 'management' })).toMatchObject({ ok: true });
  expect(identity.verify(token, { service: 'management', cloud: 'public' })).toMatchObject({ ok: false });
});

test('a time scale does not age tokens: their readers have clocks of their own', async () => {
  const fastClock = { ...manualClock(), timeScale: 60 };
  const fast = createIdentity({ clock: fastClock });
  const { token, expiresOnTimestamp } = await fast.credential().getToken(scope);
  expect(expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_590_000);
  expect(expiresOnTimestamp).toBeLessThan(Date.now() + 3_600_000);
  await fastClock.advance(86_400_000);
  expect(fast.verify(token, { service: 'openai' })).toMatchObject({ ok: true });
  expect(Number(decodeJwt(token).nbf) * 1000).toBeLessThanOrEqual(Date.now());
});

test('a token ends when the clock of the mock says so', async () => {
  const { token, expiresOnTimestamp } = await identity.credential().getToken(scope);
  await clock.advance(expiresOnTimestamp - clock.now() - 1);
  expect(identity.verify(token, chat)).toMatchObject({ ok: true });
  await clock.advance(1);
  expect(identity.verify(token, chat)).toEqual({ ok: false, problem: 'invalid-token' });
});

test('refuses what it has not signed', async () => {
  const { token } = await identity.credential().getToken(scope);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const forged = Buffer.from(JSON.stringify({ ...claims, roles: ['Owner'] })).toString('base64url');
  const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
  const otherKey = Buffer.from('{"alg":"RS256","kid":"another"}').toString('base64url');
  for (const other of [
    `${header}.${forged}.${signature}`,
    `${unsigned}.${payload}.`,
    `${otherKey}.${payload}.${signature}`,
    'x',
    '',
    'a.b.c',
  ])
    expect(identity.verify(other, chat)).toEqual({ ok: false, problem: 'invalid-token' });
});

test('old keys stay valid when keys are rotated, until they are revoked', async () => {
  const rotating = createIdentity({ clock });
  await rotating.start();
  const { jwks_uri: uri } = (await (
    await fetch(`${rotating.authority}/common/v2.0/.well-known/openid-configuration`)
  ).json()) as { jwks_uri: string };
  const published = async (): Promise<unknown[]> =>
    ((await (await fetch(uri)).json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
  const sign = async () => (await rotating.credential().getToken(scope)).token;
  const kidOf = (token: string) => decodeProtectedHeader(token).kid;
  const [before, first] = [await published(), await sign()];
  await rotating.rotateKeys();
  const second = await sign();
  expect(await published()).toEqual([...before, kidOf(second)]);
  expect([rotating.verify(first, chat), rotating.verify(second, chat)]).toMatchObject([
    { ok: true },
    { ok: true },
  ]);
  await rotating.rotateKeys({ revoked: true });
  expect(await published()).toEqual([kidOf(await sign())]);
  for (const old of [first, second])
    expect(rotating.verify(old, chat)).toEqual({ ok: false, problem: 'invalid-token' });
  await rotating.close();
});

test('a page of any origin reads documents and tokens, and asks first when its browser wants to', async () => {
  for (const path of ['v2.0/.well-known/openid-configuration', 'discovery/v2.0/keys', 'oauth2/v2.0/token']) {
    const url = `${identity.signInOrigin}/${identity.tenantId}/${path}`;
    const asked = await fetch(url, { method: 'OPTIONS', headers: { origin: 'http://localhost:3000' } });
    const method = path.endsWith('token') ? 'POST' : 'GET';
    expect([asked.status, asked.headers.get('access-control-allow-methods')]).toEqual([
      200,
      `${method}, OPTIONS`,
    ]);
    expect((await fetch(url, { method })).headers.get('access-control-allow-origin')).toBe('*');
  }
});

test.each([
  [
    'the configuration of an unknown tenant',
    'nowhere/v2.0/.well-known/openid-configuration',
    'GET',
    'invalid_tenant',
    90002,
  ],
  ['a token for an unknown tenant', 'nowhere/oauth2/v2.0/token', 'POST', 'invalid_request', 90002],
  ['a token by GET', 'common/oauth2/v2.0/token', 'GET', 'invalid_request', 900561],
])('%s is refused in the words of Entra ID', async (_, path, method, error, code) => {
  const url = `${identity.authority}/${path}?client-request-id=my-own-id`;
  const response = await fetch(url, { method });
  const body = (await response.json()) as Record<string, string>;
  expect([response.status, body]).toMatchObject([400, { error, error_codes: [code] }]);
  expect(body['correlation_id']).toBe('my-own-id');
  expect(body['error_description']).toContain(
    `Trace ID: ${body['trace_id'] ?? ''} Correlation ID: my-own-id`,
  );
});

test('names the principals and roles it does not know', () => {
  expect(() => createIdentity({ roleAssignments: [{ principal: 'eve', role: 'Owner' }] })).toThrow(
    'Cannot assign roles in `roleAssignments`: no app, user or group is called "eve". Known names: "default", "mock-user".',
  );
  expect(() => identity.credential({ user: 'eve' })).toThrow('`user` is "eve"');
  const role = 'Cognitive Services OpenAI Users';
  expect(() => createIdentity({ roleAssignments: [{ principal: 'default', role }] })).toThrow(
    /Cannot assign a role in `roleAssignments`: "Cognitive Services OpenAI Users" allows nothing here. Known roles: .*"Cognitive Services OpenAI User",/,
  );
});
