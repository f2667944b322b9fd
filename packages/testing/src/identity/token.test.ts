import { decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import { createDirectory } from './directory.ts';
import { targetOfScope, type Target } from './service.ts';
import { createTokenIssuer, delegated } from './token.ts';

const groups = Object.fromEntries(
  Array.from({ length: 201 }, (_, index) => [`group-${index}`, `id-${index}`]),
);
const directory = createDirectory({
  apps: { api: { scopes: ['read', 'write'] } },
  users: {
    ada: { appRoles: { api: ['Approver'], graph: ['Directory.Read.All'] } },
    many: { groups: Object.keys(groups).slice(1) },
    most: { groups: Object.keys(groups) },
  },
  groups,
});
const [ada, many, most] = directory.users;
const api = directory.app('api');
const nowMs = 1_000_000_400;
const issuer = createTokenIssuer(directory, {
  now: () => nowMs,
  authority: () => 'https://authority',
  graph: () => 'https://graph',
});

const target = (scope: string): Target => {
  const found = targetOfScope(scope, directory);
  if (found === undefined) throw new Error(`There is no ${scope}.`);
  return found;
};

const openai = target('https://cognitiveservices.azure.com/.default');
const grant = {
  tenantId: directory.tenantId,
  app: directory.defaultApp,
  target: openai,
  clientProof: 1,
  lifetimeMs: 3_600_000,
} as const;

test.each([
  [3_600_000, 0, 1_003_600],
  [1_499, 0, 1_000_001],
  [1_500, 0, 1_000_002],
  [60_000, 120_000, 1_000_180],
  [60_000, -120_000, 999_940],
])(
  'a token of %d ms, by a clock that is %d ms fast, ends at the second %d',
  async (lifetimeMs, skewMs, exp) => {
    const { token, expiresAtMs } = await issuer.access({ ...grant, lifetimeMs, skewMs });
    const claims = decodeJwt(token);
    expect([claims.exp, expiresAtMs]).toEqual([exp, exp * 1_000]);
    // Five minutes back, in whole seconds.
    const issuedAt = 1_000_000 + skewMs / 1_000 - 300;
    expect([claims.iat, claims.nbf]).toEqual([issuedAt, issuedAt]);
  },
);

test("an app's token for a service of Microsoft is of version 1.0 and names no person", async () => {
  const { token } = await issuer.access(grant);
  const { iat, nbf, exp, uti, ...claims } = decodeJwt(token);
  const { objectId, clientId } = directory.defaultApp;
  expect(claims).toEqual({
    aud: 'https://cognitiveservices.azure.com',
    iss: `https://sts.windows.net/${directory.tenantId}/`,
    oid: objectId,
    sub: objectId,
    idtyp: 'app',
    tid: directory.tenantId,
    ver: '1.0',
    appid: clientId,
    appidacr: '1',
  });
  expect([iat, nbf, exp].every(Number.isInteger)).toBe(true);
  expect(uti).toMatch(/^\w{22}$/);
  const { kid, x5t } = decodeProtectedHeader(token);
  expect(x5t).toBe(kid);
});

test("a person's token for an API of the tenant is of version 2.0 and names its permissions and roles", async () => {
  const { token } = await issuer.access({
    ...grant,
    clientProof: 0,
    target: target(`${api?.identifierUri}/read`),
    ...(ada && { user: ada }),
  });
  expect(decodeJwt(token)).toMatchObject({
    aud: api?.clientId,
    iss: `https://authority/${directory.tenantId}/v2.0`,
    oid: ada?.objectId,
    name: 'ada',
    preferred_username: 'ada@contoso.onmicrosoft.com',
    scp: 'read',
    roles: ['Approver'],
    ver: '2.0',
    azp: directory.defaultApp.clientId,
    azpacr: '0',
  });
  expect(decodeJwt(token)).not.toHaveProperty('idtyp');
  expect(decodeProtectedHeader(token)).not.toHaveProperty('x5t');
});

test('a token names 200 groups, and of more it says where they are', async () => {
  const claimsOf = async (user: typeof most) =>
    decodeJwt((await issuer.access({ ...grant, ...(user && { user }) })).token);
  expect((await claimsOf(many))['groups']).toHaveLength(200);
  const claims = await claimsOf(most);
  expect(claims).not.toHaveProperty('groups');
  expect(claims).toMatchObject({
    _claim_names: { groups: 'src1' },
    _claim_sources: { src1: { endpoint: `https://graph/v1.0/users/${most?.objectId}/getMemberObjects` } },
  });
  expect(await claimsOf(ada)).not.toHaveProperty('groups');
});

test('an id token is for the app, for an hour, whatever the lifetime of others', async () => {
  const token = await issuer.id({ ...grant, lifetimeMs: 1_000, ...(ada && { user: ada }) }, 'nonce');
  const claims = decodeJwt(token);
  expect(claims).toMatchObject({
    aud: directory.defaultApp.clientId,
    exp: 1_003_600,
    nonce: 'nonce',
    ver: '2.0',
  });
  expect(claims).not.toHaveProperty('email');
});

test.each([
  ['https://cognitiveservices.azure.com/.default', ['user_impersonation']],
  ['https://graph.microsoft.com/.default', ['User.Read']],
  ['Files.Read User.Read', ['Files.Read', 'User.Read']],
  [`api://${api?.clientId}/.default`, ['read', 'write']],
  [`api://${api?.clientId}/write`, ['write']],
])('the scope %s is these permissions: %j', (scope, permissions) => {
  expect(delegated(target(scope))).toEqual(permissions);
});

test('a token is checked once, unless there have been a thousand others since', async () => {
  const { token } = await issuer.access(grant);
  const claims = issuer.claims(token);
  expect(claims?.aud).toBe('https://cognitiveservices.azure.com');
  expect(issuer.claims(token)).toBe(claims);
  // What is no base64 in a signature is skipped: other texts of the same token.
  for (let number = 1; number <= 1_000; number += 1) issuer.claims(token + '!'.repeat(number));
  expect(issuer.claims(token)).not.toBe(claims);
  expect(issuer.claims(token)).toEqual(claims);
});
