import { createHash } from 'node:crypto';
import {
  AuthorizationCodeCredential,
  ClientAssertionCredential,
  ClientCertificateCredential,
  DeviceCodeCredential,
  OnBehalfOfCredential,
  WorkloadIdentityCredential,
} from '@azure/identity';
import { createRemoteJWKSet, decodeJwt, importPKCS8, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { createClientCertificate } from '../neighbour/certificate.ts';
import { createIdentity } from './identity.ts';
import { temporaryFiles } from './temporary-files.ts';
import type { Identity } from './identity.ts';
import { createWorkloadIssuer } from './workload.ts';

const scope = 'https://cognitiveservices.azure.com/.default';
const redirectUri = 'http://localhost:3000/callback';
// The assertions of MSAL are dated by the machine.
const clock = manualClock(Date.now());
const own = createClientCertificate('web');
const stranger = createClientCertificate('stranger');
const cluster = createWorkloadIssuer('https://cluster.example/');
const identity: Identity = createIdentity({
  clock,
  users: {
    ada: { name: 'Ada Lovelace', groups: ['finance'], appRoles: { web: ['Approver'] } },
    bob: { password: 'bob’s password' },
  },
  apps: {
    web: {
      secret: 'web secret',
      expiredSecrets: ['old secret'],
      certificates: [own.certificate],
      federatedCredentials: [{ issuer: cluster.issuer, subject: 'pod', jwks: cluster.jwks }],
      redirectUris: [redirectUri],
      scopes: ['access_as_user'],
    },
    timid: { secret: 'timid secret', consented: false, publicClient: true },
  },
});
const web = identity.directory.app('web')?.clientId ?? '';
let options: { authorityHost: string; disableInstanceDiscovery: true };

beforeAll(async () => {
  await identity.start();
  identity.trust();
  options = { authorityHost: identity.authority, disableInstanceDiscovery: true };
});
afterAll(() => identity.close());

function check(token: string): unknown {
  return identity.verify(token, { service: 'openai' });
}

async function post(
  fields: Record<string, string>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${identity.authority}/${identity.tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: web, ...fields }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Signs in on the page as a browser would: the redirect that the app gets. */
async function authorize(query: Record<string, string>, form?: Record<string, string>): Promise<Response> {
  const url = new URL(`${identity.signInOrigin}/${identity.tenantId}/oauth2/v2.0/authorize`);
  url.search = new URLSearchParams({
    client_id: web,
    redirect_uri: redirectUri,
    response_type: 'code',
    ...query,
  }).toString();
  return fetch(url, {
    redirect: 'manual',
    ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
  });
}

async function codeOf(query: Record<string, string>, user = 'ada'): Promise<string> {
  const response = await authorize(query, { user });
  return new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
}

const apiScope = `api://${web}/access_as_user openid profile offline_access`;

test('a certificate that the app has registered signs it in', async () => {
  const credential = new ClientCertificateCredential(
    identity.tenantId,
    web,
    { certificate: own.privateKey + own.certificate },
    options,
  );
  expect(check((await credential.getToken(scope)).token)).toMatchObject({
    ok: true,
    principal: { name: 'web' },
  });
});

test('a certificate that it has not registered does not', async () => {
  const credential = new ClientCertificateCredential(
    identity.tenantId,
    web,
    { certificate: stranger.privateKey + stranger.certificate },
    options,
  );
  await expect(credential.getToken(scope)).rejects.toThrow(/AADSTS700027/);
});

test('a workload signs in with the token in its file', async () => {
  const files = temporaryFiles();
  const ask = { subject: 'pod', audience: 'api://AzureADTokenExchange', nowMs: clock.now() };
  const path = files.write('token', cluster.token(ask));
  const credential = new WorkloadIdentityCredential({
    tenantId: identity.tenantId,
    clientId: web,
    tokenFilePath: path,
    ...options,
  });
  expect(check((await credential.getToken(scope)).token)).toMatchObject({
    ok: true,
    principal: { name: 'web' },
  });
  files.remove();
});

test('the managed identity of one app vouches for another', async () => {
  const subject = identity.directory.defaultApp.objectId;
  identity.directory
    .app('web')
    ?.federatedCredentials.push({ issuer: `${identity.authority}/${identity.tenantId}/v2.0`, subject });
  const assertion = async (): Promise<string> =>
    (await identity.credential().getToken('api://AzureADTokenExchange/.default')).token;
  const credential = new ClientAssertionCredential(identity.tenantId, web, assertion, options);
  expect(check((await credential.getToken(scope)).token)).toMatchObject({
    ok: true,
    principal: { name: 'web' },
  });
});

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

async function clientAssertion(claims: {
  audience?: string;
  issuer?: string;
  expiresInSeconds?: number;
}): Promise<string> {
  const seconds = Math.floor(clock.now() / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(claims.issuer ?? web)
    .setSubject(claims.issuer ?? web)
    .setAudience(claims.audience ?? `${identity.authority}/${identity.tenantId}/oauth2/v2.0/token`)
    .setExpirationTime(seconds + (claims.expiresInSeconds ?? 600))
    .sign(await importPKCS8(own.privateKey, 'RS256'));
}

test.each([
  ['no proof', {}, 401, 7000218],
  ['a wrong secret', { client_secret: 'nope' }, 401, 7000215],
  ['an expired secret', { client_secret: 'old secret' }, 401, 7000222],
  [
    'a scope that is not .default',
    { client_secret: 'web secret', scope: `api://${web}/access_as_user` },
    400,
    1002012,
  ],
  ['an unknown resource', { client_secret: 'web secret', scope: 'api://nothing/.default' }, 400, 500011],
  ['an unknown app', { client_id: '99999999-9999-4999-8999-999999999999', client_secret: 'x' }, 400, 700016],
  ['an unknown grant', { grant_type: 'magic', client_secret: 'web secret' }, 400, 70003],
  [
    'a scope of two resources',
    { client_secret: 'web secret', scope: `${scope} https://ai.azure.com/.default` },
    400,
    28000,
  ],
  ['a malformed assertion', { client_assertion: 'x', client_assertion_type: assertionType }, 401, 50027],
])('%s fails with its own number', async (_, fields, status, code) => {
  const answer = await post({ grant_type: 'client_credentials', scope, ...fields });
  expect([answer.status, answer.body['error_codes']]).toEqual([status, [code]]);
  expect(answer.body['error_description']).toContain(`AADSTS${code}: `);
  expect(Object.keys(answer.body)).toEqual(
    expect.arrayContaining(['error', 'timestamp', 'trace_id', 'correlation_id', 'error_uri']),
  );
});

test.each([
  ['meant for somebody else', { audience: 'https://example.com' }, 700023],
  ['by another app', { issuer: '99999999-9999-4999-8999-999999999999' }, 700021],
  ['that has expired', { expiresInSeconds: -1 }, 700024],
])('an assertion %s is refused', async (_, claims, code) => {
  const { body } = await post({
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: assertionType,
    client_assertion: await clientAssertion(claims),
  });
  expect(body['error_codes']).toEqual([code]);
});

test.each([
  ['another subject', { subject: 'other' }, 700213],
  ['another audience', { audience: 'api://other' }, 700212],
  ['an expired token', { nowMs: clock.now() - 48 * 3_600_000 }, 700024],
])('a workload with %s is refused', async (_, changes, code) => {
  const ask = { subject: 'pod', audience: 'api://AzureADTokenExchange', nowMs: clock.now(), ...changes };
  const { body } = await post({
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: assertionType,
    client_assertion: cluster.token(ask),
  });
  expect(body['error_codes']).toEqual([code]);
});

test('a workload of another cluster is refused', async () => {
  const elsewhere = createWorkloadIssuer('https://another.example/');
  const ask = { subject: 'pod', audience: 'api://AzureADTokenExchange', nowMs: clock.now() };
  const { body } = await post({
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: assertionType,
    client_assertion: elsewhere.token(ask),
  });
  expect(body['error_codes']).toEqual([700211]);
  expect(body['error_description']).toContain("assertion issuer 'https://another.example/'");
});

test('a workload whose token somebody else has signed is refused', async () => {
  const forger = createWorkloadIssuer(cluster.issuer);
  const client_assertion = forger.token({
    subject: 'pod',
    audience: 'api://AzureADTokenExchange',
    nowMs: clock.now(),
  });
  const { body } = await post({
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: assertionType,
    client_assertion,
  });
  expect(body['error_codes']).toEqual([700027]);
});

test('an authorization code becomes tokens of the user, who is passed on by on-behalf-of', async () => {
  const code = await codeOf({ scope: apiScope });
  const credential = new AuthorizationCodeCredential(
    identity.tenantId,
    web,
    'web secret',
    code,
    redirectUri,
    options,
  );
  const user = await credential.getToken(`api://${web}/access_as_user`);
  expect(check(user.token)).toEqual({ ok: false, problem: 'invalid-token' });
  const onBehalf = new OnBehalfOfCredential({
    tenantId: identity.tenantId,
    clientId: web,
    clientSecret: 'web secret',
    userAssertionToken: user.token,
    ...options,
  });
  expect(check((await onBehalf.getToken(scope)).token)).toMatchObject({
    ok: true,
    principal: { kind: 'user', name: 'Ada Lovelace', clientId: web },
  });
});

test('PKCE proves a browser that has no secret, once', async () => {
  const code_verifier = 'v'.repeat(43);
  const code_challenge = createHash('sha256').update(code_verifier).digest('base64url');
  const query = {
    scope: apiScope,
    code_challenge,
    code_challenge_method: 'S256',
    state: 'a b&c',
    nonce: 'n',
  };
  const exchange = { grant_type: 'authorization_code', redirect_uri: redirectUri };
  const wrong = await post({ ...exchange, code: await codeOf(query), code_verifier: 'w'.repeat(43) });
  expect(wrong.body['error_codes']).toEqual([501481]);
  const code = await codeOf(query);
  const { body } = await post({ ...exchange, code, code_verifier });
  const claims = JSON.parse(
    Buffer.from(String(body['id_token']).split('.')[1] ?? '', 'base64url').toString(),
  ) as object;
  expect(claims).toMatchObject({
    aud: web,
    nonce: 'n',
    name: 'Ada Lovelace',
    preferred_username: 'ada@contoso.onmicrosoft.com',
  });
  const again = await post({ ...exchange, code, code_verifier });
  expect(again.body['error_codes']).toEqual([54005]);
});

test('an API of the tenant can check the tokens that it gets', async () => {
  const discovery = `${identity.authority}/${identity.tenantId}/v2.0/.well-known/openid-configuration`;
  const { issuer, jwks_uri } = (await (await fetch(discovery)).json()) as Record<string, string>;
  const options = { issuer: issuer ?? '', audience: web, currentDate: new Date(clock.now()) };
  const keys = createRemoteJWKSet(new URL(jwks_uri ?? ''));
  const person = await identity.credential({ app: 'web', user: 'ada' }).getToken(`api://${web}/.default`);
  const { payload } = await jwtVerify(person.token, keys, options);
  expect(payload).toMatchObject({
    scp: 'access_as_user',
    roles: ['Approver'],
    name: 'Ada Lovelace',
    ver: '2.0',
    azp: web,
  });
  expect(payload['groups']).toEqual(
    identity.directory.groupIds(identity.directory.user('ada') ?? identity.directory.defaultApp),
  );
  const daemon = await identity.credential().getToken(`api://${web}/.default`);
  const own = await jwtVerify(daemon.token, keys, options);
  expect(own.payload).toMatchObject({ idtyp: 'app', oid: identity.directory.defaultApp.objectId });
  expect(own.payload).not.toHaveProperty('scp');
});

test('a refresh token serves until its user is revoked', async () => {
  const { body } = await post({
    grant_type: 'authorization_code',
    redirect_uri: redirectUri,
    client_secret: 'web secret',
    code: await codeOf({ scope: apiScope }),
  });
  const refresh = {
    grant_type: 'refresh_token',
    client_secret: 'web secret',
    refresh_token: String(body['refresh_token']),
    scope,
  };
  const fresh = await post(refresh);
  expect(check(String(fresh.body['access_token']))).toMatchObject({ ok: true, principal: { kind: 'user' } });
  identity.revoke('ada');
  expect((await post(refresh)).body['error_codes']).toEqual([50173]);
});

test('codes and refresh tokens expire by the clock of the mock', async () => {
  const code = await codeOf({ scope: apiScope });
  await clock.advance(600_000);
  const { body } = await post({
    grant_type: 'authorization_code',
    redirect_uri: redirectUri,
    client_secret: 'web secret',
    code,
  });
  expect(body['error_codes']).toEqual([70008]);
});

test('a password signs in where the app is public', async () => {
  const client_id = identity.directory.defaultApp.clientId;
  const ask = {
    grant_type: 'password',
    client_id,
    scope: `${scope} openid`,
    username: 'bob@contoso.onmicrosoft.com',
  };
  expect((await post({ ...ask, password: 'bob’s password' })).status).toBe(200);
  expect((await post({ ...ask, password: 'x' })).body['error_codes']).toEqual([50126]);
  expect((await post({ ...ask, username: 'eve' })).body['error_codes']).toEqual([50034]);
  expect((await post({ ...ask, client_id: web })).body['error_codes']).toEqual([7000218]);
});

test('on-behalf-of needs consent, and a token for the app that presents it', async () => {
  const timid = identity.directory.app('timid')?.clientId ?? '';
  const ask = {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    requested_token_use: 'on_behalf_of',
    scope,
    client_id: timid,
    client_secret: 'timid secret',
  };
  const { token: assertion } = await identity.credential({ user: 'ada' }).getToken(`api://${timid}/.default`);
  expect((await post({ ...ask, assertion })).body).toMatchObject({
    error_codes: [65001],
    suberror: 'consent_required',
  });
  const { token: other } = await identity.credential({ user: 'ada' }).getToken(scope);
  expect((await post({ ...ask, assertion: other })).body['error_codes']).toEqual([50013]);
  const { token: appOnly } = await identity.credential().getToken(`api://${timid}/.default`);
  expect((await post({ ...ask, assertion: appOnly })).body['error_codes']).toEqual([7000114]);
});

test('a claims challenge reaches the app, which passes it on and is let in', async () => {
  const { token: userAssertionToken } = await identity
    .credential({ user: 'ada', app: 'web' })
    .getToken(`api://${web}/.default`);
  const claims = { access_token: { polids: { essential: true, values: ['5ce770ea'] } } };
  identity.fail({ kind: 'aadsts', code: 50076, claims }, { times: 1 });
  const body = await (
    await fetch(`${identity.authority}/common/oauth2/v2.0/token`, { method: 'POST', body: 'x' })
  ).json();
  expect(body).toMatchObject({
    error: 'interaction_required',
    suberror: 'basic_action',
    error_codes: [50076],
    claims: JSON.stringify(claims),
  });
  identity.fail({ kind: 'aadsts', code: 50076, claims }, { times: 1 });
  const onBehalf = () =>
    new OnBehalfOfCredential({
      tenantId: identity.tenantId,
      clientId: web,
      clientSecret: 'web secret',
      userAssertionToken,
      ...options,
    });
  await expect(onBehalf().getToken(scope)).rejects.toMatchObject({
    name: 'AuthenticationRequiredError',
    message: expect.stringContaining('AADSTS50076') as string,
  });
  const challenged = { claims: JSON.stringify(claims) };
  expect(check((await onBehalf().getToken(scope, challenged)).token)).toMatchObject({ ok: true });
});

test.each([
  [{ code: 53003 }, 400, 'interaction_required', 'Conditional Access'],
  [{ code: 7000112 }, 400, 'unauthorized_client', 'disabled'],
  [{ code: 123456, error: 'invalid_client', message: 'My words.' }, 401, 'invalid_client', 'My words.'],
])('a refusal by number, %j, has the words of Entra ID or your own', async (fault, status, error, words) => {
  identity.fail({ kind: 'aadsts', ...fault }, { times: 2 });
  const answer = await post({ grant_type: 'client_credentials', client_secret: 'web secret', scope });
  expect(answer).toMatchObject({ status, body: { error, error_codes: [fault.code] } });
  expect(answer.body['error_description']).toContain(words);
  await expect(identity.credential().getToken(scope)).rejects.toThrow(`AADSTS${fault.code}`);
});

test.each([
  ['default', 'openid email', 'ada@contoso.onmicrosoft.com', undefined],
  ['default', 'openid', undefined, undefined],
  ['web', 'openid', undefined, 7000218],
])(
  'the app %s redeems its code for %s without a secret where it is public',
  async (name, wanted, email, problem) => {
    const client_id = identity.directory.app(name)?.clientId ?? '';
    const { body } = await post({
      client_id,
      grant_type: 'authorization_code',
      redirect_uri: redirectUri,
      code: await codeOf({ client_id, scope: wanted }),
    });
    expect(body['error_codes']).toEqual(problem === undefined ? undefined : [problem]);
    if (problem === undefined) expect(decodeJwt(String(body['id_token']))['email']).toBe(email);
  },
);

test('a device signs in when its user has typed the code', async () => {
  const credential = new DeviceCodeCredential({
    tenantId: identity.tenantId,
    clientId: identity.directory.defaultApp.clientId,
    ...options,
    userPromptCallback: ({ userCode, verificationUri }) => {
      void fetch(`${verificationUri}?user_code=${userCode}`, {
        method: 'POST',
        body: new URLSearchParams({ user: 'ada' }),
      });
    },
  });
  const token = await credential.getToken(scope);
  expect(check(token.token)).toMatchObject({ ok: true, principal: { name: 'Ada Lovelace' } });
});

test.each([
  ['an unknown app', { client_id: '99999999-9999-4999-8999-999999999999' }, /AADSTS700016/],
  ['a redirect URI of somebody else', { redirect_uri: 'https://evil.example/' }, /AADSTS50011/],
])('%s is told so on the page and never redirected', async (_, query, message) => {
  const response = await authorize({ scope: apiScope, ...query });
  expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  expect(await response.text()).toMatch(message);
});

test.each([
  ['a wrong response type', { response_type: 'token' }, 'unsupported_response_type'],
  ['a silent sign-in of nobody', { prompt: 'none' }, 'login_required'],
  ['an unknown scope', { scope: `api://${web}/nothing` }, 'invalid_client'],
])('%s is reported to the app with its state', async (_, query, error) => {
  const response = await authorize({ scope: apiScope, state: 's', ...query });
  const location = new URL(response.headers.get('location') ?? '');
  expect([location.origin + location.pathname, location.searchParams.get('state')]).toEqual([
    redirectUri,
    's',
  ]);
  expect(location.searchParams.get('error')).toBe(error);
});

test('the page escapes what it shows', async () => {
  const other = createIdentity({ users: { x: { name: '<script>alert(1)</script>"' } } });
  await other.start();
  const clientId = other.directory.defaultApp.clientId;
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
  });
  const text = await (
    await fetch(`${other.signInOrigin}/common/oauth2/v2.0/authorize?${query.toString()}`)
  ).text();
  expect(text).not.toContain('<script>alert');
  await other.close();
});
