import { decodeJwt } from 'jose';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../clock.ts';
import { aTenant } from './a-tenant.fake.ts';
import { answerDeviceCode, answerDeviceLogin } from './device-code.ts';
import { createDirectory } from './directory.ts';
import { targetOfScope, type Target } from './service.ts';
import { answerTokenRequest, type Tenant } from './token-endpoint.ts';
import { createTokenIssuer } from './token.ts';

const directory = createDirectory({
  apps: {
    web: { secret: 'secret' },
    other: { secret: 'secret', publicClient: true },
    page: {},
    timid: { secret: 'secret', consented: false },
    api: { scopes: ['read'] },
  },
  users: { ada: {}, bob: {}, gone: { disabled: true }, eve: { password: 'right' } },
});
const [, web, other] = directory.apps;
const [ada, bob] = directory.users;
const dayMs = 86_400_000;

let clock: ManualClock;
let tenant: Tenant;

beforeEach(() => {
  clock = manualClock();
  tenant = aTenant(directory, clock);
});

// The first key of the process takes its time.
beforeAll(async () => {
  await createTokenIssuer(directory, { now: Date.now, authority: String, graph: String }).keys();
});

type Body = Readonly<Record<string, unknown>> & { readonly refresh_token?: string };

async function ask(fields: Readonly<Record<string, string>>): Promise<Body> {
  return askAs('client_assertion' in fields ? {} : { client_secret: 'secret' }, fields);
}

async function askAs(
  proof: Readonly<Record<string, string>>,
  fields: Readonly<Record<string, string>>,
): Promise<Body> {
  const form = new URLSearchParams({ client_id: web?.clientId ?? '', ...proof, ...fields });
  const { body = '{}' } = await answerTokenRequest(tenant, directory.tenantId, {
    method: 'POST',
    url: new URL('https://authority/'),
    headers: {},
    body: form.toString(),
    signal: new AbortController().signal,
  });
  return JSON.parse(body) as Body;
}

/** The number of the error, or of the seconds for which the token is good. */
async function outcome(fields: Readonly<Record<string, string>>): Promise<unknown> {
  const { error_codes: codes, expires_in: seconds } = await ask(fields);
  return codes ?? seconds;
}

function signIn(scope = 'https://cognitiveservices.azure.com/.default offline_access') {
  const target = targetOfScope(scope, directory);
  if (target === undefined || web === undefined || ada === undefined) throw new Error('The tenant is empty.');
  return { tenantId: directory.tenantId, app: web, user: ada, target };
}

const [usual, redeemed, expired] = [3_600, [54_005], [70_008]] as const;

test.each([
  [3_600_000, 0, 3_600],
  [1_000, 0, 1],
  [60_000, 300_000, 60],
  [60_000, -300_000, 60],
])(
  'a token of %d ms, whose clock is %d ms fast, is good for %d seconds',
  async (lifetimeMs, skewMs, seconds) => {
    Object.assign(tenant.settings, { lifetimeMs, skewMs });
    const scope = 'https://cognitiveservices.azure.com/.default';
    expect(await ask({ grant_type: 'client_credentials', scope })).toMatchObject({
      token_type: 'Bearer',
      expires_in: seconds,
      ext_expires_in: seconds,
    });
  },
);

test('a code is redeemed once, and a mistake before that does not use it up', async () => {
  const redirect = 'http://localhost/';
  const code = tenant.grants.addCode({
    ...signIn(),
    redirectUri: redirect,
    challenge: { value: 'verifier', method: 'plain' },
    expiresAtMs: clock.now() + 1_000,
  });
  const fields = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirect,
    code_verifier: 'verifier',
  };
  const mistakes = [
    await outcome({ ...fields, client_id: other?.clientId ?? '' }),
    await outcome({ ...fields, redirect_uri: 'http://elsewhere/' }),
    await outcome({ ...fields, code_verifier: 'other' }),
    await outcome({ ...fields, code: 'other' }),
  ];
  expect(mistakes.every(Array.isArray)).toBe(true);
  await clock.advance(999);
  expect([await outcome(fields), await outcome(fields)]).toEqual([usual, redeemed]);
});

test('a code ends when its time has come, to the millisecond', async () => {
  const code = tenant.grants.addCode({ ...signIn(), redirectUri: 'r', expiresAtMs: clock.now() + 1_000 });
  await clock.advance(1_000);
  expect(await outcome({ grant_type: 'authorization_code', code, redirect_uri: 'r' })).toEqual(expired);
});

test('a refresh token is good for 90 days, as often as it is shown, to its app', async () => {
  const redirect = { redirectUri: 'r', expiresAtMs: Infinity };
  const code = tenant.grants.addCode({ ...signIn(), ...redirect });
  const first = await ask({ grant_type: 'authorization_code', code, redirect_uri: 'r' });
  const fields = { grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' };
  expect(await outcome({ ...fields, client_id: other?.clientId ?? '' })).not.toBe(usual);
  await clock.advance(90 * dayMs - 1);
  const second = await ask(fields);
  expect(await outcome(fields)).toBe(usual);
  await clock.advance(1);
  expect(await outcome(fields)).toEqual(expired);
  // Each brings another one, which has 90 days of its own.
  expect(await outcome({ ...fields, refresh_token: second.refresh_token ?? '' })).toBe(usual);
});

test.each([
  ['an app with a secret that shows none', 'web', {}, [7_000_218]],
  ['an app with a secret that shows a wrong one', 'web', { client_secret: 'x' }, [7_000_215]],
  ['an app with a secret that shows it', 'web', { client_secret: 'secret' }, usual],
  ['an app without a secret', 'page', {}, usual],
  ['a public app with a secret that shows none', 'other', {}, usual],
])('%s renews its tokens, or has to show who it is', async (_, name, proof, expected) => {
  const app = directory.app(name);
  if (app === undefined) throw new Error(`There is no ${name}.`);
  const token = tenant.grants.addRefreshToken({ ...signIn(), app, expiresAtMs: Infinity });
  const fields = { grant_type: 'refresh_token', client_id: app.clientId, refresh_token: token };
  const { error_codes: codes, expires_in: seconds } = await askAs(proof, fields);
  expect(codes ?? seconds).toEqual(expected);
});

test('a renewed token may be for another resource or for less, and keeps what else was granted', async () => {
  const first = 'https://cognitiveservices.azure.com/.default openid offline_access';
  const token = tenant.grants.addRefreshToken({ ...signIn(first), expiresAtMs: Infinity });
  const renewed = async (scope?: string) => {
    const body = await ask({ grant_type: 'refresh_token', refresh_token: token, ...(scope && { scope }) });
    return [body['scope'], 'id_token' in body, 'refresh_token' in body];
  };
  const same = 'https://cognitiveservices.azure.com/user_impersonation openid offline_access';
  expect(await renewed()).toEqual([same, true, true]);
  expect(await renewed('openid profile')).toEqual([`${same} profile`, true, true]);
  expect(await renewed('https://vault.azure.net/.default')).toEqual([
    'https://vault.azure.net/user_impersonation openid offline_access',
    true,
    true,
  ]);
});

test('the tokens of a person who is disabled are not renewed', async () => {
  const [, , gone] = directory.users;
  if (gone === undefined) throw new Error('The tenant is empty.');
  const token = tenant.grants.addRefreshToken({ ...signIn(), user: gone, expiresAtMs: Infinity });
  expect(await outcome({ grant_type: 'refresh_token', refresh_token: token })).toEqual([50_057]);
});

test.each([
  ['a scope', { scope: 'api://nothing/read' }, 'api://nothing'],
  ['a scope beside others', { scope: 'openid api://nothing/a/read' }, 'api://nothing/a'],
  ['a resource', { resource: 'https://nothing.example/' }, 'https://nothing.example'],
])('%s of an unknown resource is refused with its name', async (_, fields, name) => {
  const body = await ask({ grant_type: 'client_credentials', ...fields });
  expect(body).toMatchObject({ error_codes: [500_011] });
  expect(body['error_description']).toContain(`The resource principal named ${name} was not found`);
});

test.each([
  ['https://cognitiveservices.azure.com/.default', false, false],
  ['https://cognitiveservices.azure.com/.default offline_access', true, false],
  ['https://cognitiveservices.azure.com/.default openid', false, true],
])('the scope %s brings a refresh token: %s, and one that says who it is: %s', async (scope, refresh, id) => {
  const code = tenant.grants.addCode({ ...signIn(scope), redirectUri: 'r', expiresAtMs: Infinity });
  const body = await ask({ grant_type: 'authorization_code', code, redirect_uri: 'r' });
  expect(['refresh_token', 'id_token', 'client_info'].map((name) => name in body)).toEqual([refresh, id, id]);
});

test('the code of a device is asked for until its user has signed in, and then used up', async () => {
  const { app, target } = signIn();
  const add = () => tenant.grants.addDevice({ tenantId: 't', app, target, expiresAtMs: clock.now() + 1_000 });
  const [first, second, third] = [add(), add(), add()].map(({ deviceCode }) => deviceCode);
  const fields = (code = '') => ({ grant_type: 'device_code', device_code: code });
  const pending = [70_016];
  expect([await outcome(fields(first)), await outcome(fields(first))]).toEqual([pending, pending]);
  expect(await outcome({ ...fields(first), client_id: other?.clientId ?? '' })).not.toEqual(pending);
  const [signedIn, declined] = [first, second].map((code = '') => tenant.grants.devices.get(code));
  if (signedIn !== undefined && bob !== undefined) signedIn.state = { kind: 'signed-in', user: bob };
  if (declined !== undefined) declined.state = { kind: 'declined' };
  await clock.advance(999);
  expect([await outcome(fields(first)), await outcome(fields(second))]).toEqual([usual, [65_004]]);
  expect([await outcome(fields(first)), await outcome(fields(second))]).toEqual([[70_018], [70_018]]);
  expect(await outcome(fields(third))).toEqual(pending);
  await clock.advance(1);
  expect(await outcome(fields(third))).toEqual([70_020]);
});

test('the code of a device is good for a quarter of an hour, for the device and on the page', async () => {
  const request = {
    method: 'POST',
    url: new URL('https://authority/'),
    headers: {},
    body: `client_id=${web?.clientId}&scope=https://cognitiveservices.azure.com/.default`,
    signal: new AbortController().signal,
    signInOrigin: 'https://sign-in',
  };
  const { body = '{}' } = answerDeviceCode(tenant, 'common', request);
  const given = JSON.parse(body) as { device_code: string; user_code: string };
  expect(given).toMatchObject({
    expires_in: 900,
    interval: 1,
    verification_uri: 'https://sign-in/devicelogin',
  });
  const fields = { grant_type: 'device_code', device_code: given.device_code };
  const url = new URL(`https://sign-in/devicelogin?user_code=${given.user_code}`);
  const page = () => answerDeviceLogin(tenant, { ...request, method: 'GET', url }).body;
  await clock.advance(899_999);
  expect([await outcome(fields), page()?.includes('That code')]).toEqual([[70_016], false]);
  await clock.advance(1);
  expect([await outcome(fields), page()?.includes('That code')]).toEqual([[70_020], true]);
});

test('a person is passed on for as long as its token is good', async () => {
  const target: Target = { audience: web?.clientId ?? '', version: '2.0', scopes: ['.default'], openid: [] };
  const { token } = await tenant.issuer.access({ ...signIn(), target, clientProof: 1, lifetimeMs: 60_000 });
  const fields = {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    requested_token_use: 'on_behalf_of',
    assertion: token,
    scope: 'https://cognitiveservices.azure.com/.default',
  };
  await clock.advance(59_999);
  expect(await outcome(fields)).toBe(usual);
  expect(await outcome({ ...fields, client_id: other?.clientId ?? '' })).not.toBe(usual);
  await clock.advance(1);
  expect(await outcome(fields)).not.toBe(usual);
});

test('an assertion whose head is no JSON is refused like one that somebody else has signed', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const { clientId = '' } = web ?? {};
  web?.certificates.push('not looked at');
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: `https://authority/${directory.tenantId}/v2.0`,
    exp: 9e9,
  };
  const answer = ask({
    grant_type: 'client_credentials',
    client_assertion: `!.${part(claims)}.x`,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    scope: 'https://cognitiveservices.azure.com/.default',
  });
  await expect(answer).resolves.toMatchObject({ error: 'invalid_client' });
  web?.certificates.pop();
});

test.each<[string, Readonly<Record<string, string>>, unknown]>([
  ['the right password', { username: 'eve', password: 'right' }, usual],
  ['the right password, by name', { username: 'EVE@contoso.onmicrosoft.com', password: 'right' }, usual],
  ['a wrong password', { username: 'eve', password: 'wrong' }, [50_126]],
  ['no password', { username: 'eve' }, [50_126]],
  ['any password, where there is none', { username: 'ada', password: 'x' }, usual],
  ['an unknown name', { username: 'nobody' }, [50_034]],
  ['no name', {}, [50_034]],
  ['the name of a person who is disabled', { username: 'gone' }, [50_057]],
  ['an unknown resource', { username: 'ada', scope: 'api://nothing/.default' }, [500_011]],
])('a person signs in with %s', async (_, fields, expected) => {
  const scope = 'https://cognitiveservices.azure.com/.default';
  expect(await outcome({ grant_type: 'password', scope, ...fields })).toEqual(expected);
});

test('a person signs in with a password where the app is public or shows its secret, and has consent', async () => {
  const fields = {
    grant_type: 'password',
    scope: 'https://ai.azure.com/.default offline_access',
    username: 'ada',
  };
  const asApp = async (name: string, proof: Readonly<Record<string, string>> = {}) => {
    const client_id = directory.app(name)?.clientId ?? '';
    const body = await askAs(proof, { ...fields, client_id });
    return body['error_codes'] ?? 'refresh_token' in body;
  };
  expect(await asApp('other')).toBe(true);
  expect(await asApp('web')).toEqual([7_000_218]);
  expect(await asApp('web', { client_secret: 'secret' })).toBe(true);
  expect(await asApp('timid', { client_secret: 'secret' })).toEqual([65_001]);
});

test.each([
  ['web', {}, [7_000_218]],
  ['web', { client_secret: 'secret' }, usual],
  ['page', {}, [7_000_218]],
  ['other', {}, usual],
])('a code without a challenge is redeemed by %s with %j: %j', async (name, proof, expected) => {
  const app = directory.app(name);
  if (app === undefined) throw new Error(`There is no ${name}.`);
  const code = tenant.grants.addCode({ ...signIn(), app, redirectUri: 'r', expiresAtMs: Infinity });
  const fields = { grant_type: 'authorization_code', code, redirect_uri: 'r', client_id: app.clientId };
  const { error_codes: codes, expires_in: seconds } = await askAs(proof, fields);
  expect(codes ?? seconds).toEqual(expected);
});

test('a code brings the nonce and the address of a person along where they were asked for', async () => {
  const claimsOf = async (scope: string, nonce?: string) => {
    const code = tenant.grants.addCode({
      ...signIn(`https://ai.azure.com/.default ${scope}`),
      redirectUri: 'r',
      expiresAtMs: Infinity,
      ...(nonce !== undefined && { nonce }),
    });
    const body = await ask({ grant_type: 'authorization_code', code, redirect_uri: 'r' });
    expect(JSON.parse(Buffer.from(String(body['client_info']), 'base64url').toString())).toEqual({
      uid: ada?.objectId,
      utid: directory.tenantId,
    });
    return decodeJwt(String(body['id_token']));
  };
  const full = await claimsOf('openid email', 'mine');
  expect([full['nonce'], full['email'], full.aud]).toEqual(['mine', ada?.username, web?.clientId]);
  const plain = await claimsOf('openid');
  expect(['nonce' in plain, 'email' in plain]).toEqual([false, false]);
});

test.each([
  ['/.default', usual],
  ['/read', [1_002_012]],
  ['/nothing', [650_053]],
])('an app that acts for itself asks an API for %s', async (permission, expected) => {
  const scope = `${directory.app('api')?.identifierUri}${permission}`;
  expect(await outcome({ grant_type: 'client_credentials', scope })).toEqual(expected);
});

test('a permission that an API does not offer is refused with the names of both', async () => {
  const api = directory.app('api');
  const body = await ask({ grant_type: 'client_credentials', scope: `${api?.identifierUri}/nothing` });
  expect(body['error_description']).toContain(
    `The application 'web' asked for scope 'nothing' that doesn't exist on the resource '${api?.clientId}'`,
  );
});

test.each([
  [{ resource: 'https://vault.azure.net' }, usual],
  [{ scope: ' https://vault.azure.net/.default  openid ' }, usual],
  [{ scope: 'https://vault.azure.net/.default https://ai.azure.com/.default' }, [28_000]],
  [{}, [900_144]],
])('an app asks for %j', async (fields, expected) => {
  expect(await outcome({ grant_type: 'client_credentials', ...fields })).toEqual(expected);
});

test('an app that shows nothing gets no token for itself', async () => {
  const fields = { grant_type: 'client_credentials', scope: 'https://ai.azure.com/.default' };
  expect((await askAs({}, fields))['error_codes']).toEqual([7_000_218]);
});
