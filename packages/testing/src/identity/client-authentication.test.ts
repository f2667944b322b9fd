import { createHmac } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { createClientCertificate } from '../neighbour/certificate.ts';
import { aTenant } from './a-tenant.fake.ts';
import { authenticateClient } from './client-authentication.ts';
import { createDirectory } from './directory.ts';
import { createWorkloadIssuer } from './workload.ts';

const [own, second, stranger] = ['own', 'second', 'stranger'].map(createClientCertificate);
const cluster = createWorkloadIssuer('https://cluster.example/');
const directory = createDirectory({
  apps: {
    web: {
      secret: ['first secret', 'a:secret%'],
      expiredSecrets: ['old secret'],
      certificates: [second?.certificate ?? '', own?.certificate ?? ''],
      federatedCredentials: [
        { issuer: cluster.issuer, subject: 'pod', jwks: cluster.jwks },
        { issuer: cluster.issuer, subject: 'pod', audience: 'api://other', jwks: cluster.jwks },
      ],
    },
    other: { secret: 'first secret' },
  },
});
const [, web, other] = directory.apps;
const clientId = web?.clientId ?? '';
// A whole second, as assertions are dated: their limits are exact.
const nowMs = 1_000_000_000;
const tenant = aTenant(directory, manualClock(nowMs));
const { tenantId, tenantName } = directory;
const authority = 'https://authority';

/** The proof that an app has given, or the number of the error. */
async function prove(fields: Readonly<Record<string, string>>, authorization?: string) {
  const { issuer } = tenant;
  const context = { directory, issuer, tenantId, authority, nowMs };
  const found = await authenticateClient(new URLSearchParams(fields), { authorization }, context);
  return 'proof' in found ? [found.app.name, found.proof] : found.code;
}

const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A claim that is `undefined` is left out. */
type ChangedClaims = Readonly<Record<string, string | number | string[] | undefined>>;

async function assert(
  claims: ChangedClaims,
  { key = own?.privateKey ?? '', fields = {} }: { readonly key?: string; readonly fields?: object } = {},
) {
  const usual = { iss: clientId, sub: clientId, aud: `${authority}/${tenantId}/v2.0`, exp: 1_000_001 };
  const client_assertion = await new SignJWT({ ...usual, ...claims })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(await importPKCS8(key, 'RS256'));
  return prove({ client_assertion, client_assertion_type: type, ...fields });
}

const [good, expired, wrongAudience, wrongIssuer, wrongSignature] = [
  ['web', 2],
  700_024,
  700_023,
  700_021,
  700_027,
] as const;

test.each<[string, ChangedClaims, unknown]>([
  ['ends in this second', { exp: 1_000_000 }, expired],
  ['ends in the next second', { exp: 1_000_001 }, good],
  ['has no end', { exp: undefined }, expired],
  ['has no beginning', { nbf: undefined }, good],
  ['begins now', { nbf: 1_000_000 }, good],
  ['begins in five minutes, by a clock that is fast', { nbf: 1_000_300 }, good],
  ['begins later than in five minutes', { nbf: 1_000_301 }, expired],
])(
  'an assertion is good from five minutes before its beginning to its end: one that %s',
  async (_, claims, expected) => {
    expect(await assert(claims)).toEqual(expected);
  },
);

test('the token of a workload is good for the same time', async () => {
  const token = (issuedAtS: number, lifetimeMs: number) =>
    cluster.token({
      subject: 'pod',
      audience: 'api://AzureADTokenExchange',
      nowMs: issuedAtS * 1_000,
      lifetimeMs,
    });
  const outcomes = await Promise.all(
    [
      token(999_000, 1_000_000),
      token(999_000, 1_001_000),
      token(1_000_300, 1_000),
      token(1_000_301, 1_000),
    ].map((client_assertion) =>
      prove({ client_id: clientId, client_assertion, client_assertion_type: type }),
    ),
  );
  expect(outcomes).toEqual([expired, good, good, expired]);
});

test.each(
  [tenantId, tenantName, 'common', 'organizations', 'adfs'].flatMap((name) =>
    ['/oauth2/v2.0/token', '/oauth2/token', '/v2.0', ''].map((path) => `/${name}${path}`),
  ),
)('an assertion is meant for the authority at %s', async (path) => {
  expect(await assert({ aud: `${authority}${path}` })).toEqual(good);
  expect(await assert({ aud: ['https://elsewhere', `${authority}${path}`] })).toEqual(good);
});

test.each<[string, ChangedClaims, unknown]>([
  ['another authority', { aud: `https://elsewhere/${tenantId}/v2.0` }, wrongAudience],
  ['another tenant', { aud: `${authority}/11111111-1111-4111-8111-111111111111/v2.0` }, wrongAudience],
  ['nobody', { aud: undefined }, wrongAudience],
  ['none of several', { aud: [] }, wrongAudience],
])('an assertion that is meant for %s is refused', async (_, claims, expected) => {
  expect(await assert(claims)).toBe(expected);
});

test('an assertion is signed with any certificate of its app, and of no other', async () => {
  expect(await assert({}, { key: second?.privateKey ?? '' })).toEqual(good);
  expect(await assert({}, { key: stranger?.privateKey ?? '' })).toBe(wrongSignature);
  const ofOther = { iss: other?.clientId ?? '', sub: other?.clientId ?? '' };
  expect(await assert(ofOther)).toBe(wrongSignature);
  expect(await assert(ofOther, { fields: { client_id: clientId } })).toBe(wrongIssuer);
  expect(await assert({ iss: clientId.toUpperCase(), sub: clientId.toUpperCase() })).toEqual(good);
});

test('an assertion whose signature anybody can make is refused', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = part({ iss: clientId, sub: clientId, aud: `${authority}/${tenantId}/v2.0`, exp: 9e9 });
  const head = part({ alg: 'HS256' });
  const mac = createHmac('sha256', own?.certificate ?? '')
    .update(`${head}.${claims}`)
    .digest('base64url');
  for (const client_assertion of [`${head}.${claims}.${mac}`, `${part({ alg: 'none' })}.${claims}.`])
    expect(await prove({ client_assertion, client_assertion_type: type })).toBe(wrongSignature);
});

test.each<[string, object]>([
  ['an issuer that is a number', { iss: 1 }],
  ['a subject that is a list', { sub: [clientId] }],
  ['an audience that is a number', { aud: 1 }],
  ['no text among its audiences', { aud: [`${authority}/${tenantId}/v2.0`, 1] }],
  ['an end that is a text', { exp: '9000000000' }],
  ['a beginning that is a text', { nbf: '1' }],
])('an assertion with %s is malformed', async (_, claims) => {
  const usual = { iss: clientId, sub: clientId, aud: `${authority}/${tenantId}/v2.0`, exp: 1_000_001 };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const client_assertion = `${part({ alg: 'RS256' })}.${part({ ...usual, ...claims })}.x`;
  const fields = { client_id: clientId, client_assertion, client_assertion_type: type };
  expect(await prove(fields)).toBe(50_027);
});

test.each<[string, { readonly subject?: string; readonly audience?: string }, unknown]>([
  ['what its credential is for', {}, good],
  ['the audience of another credential for the same subject', { audience: 'api://other' }, good],
  ['another subject', { subject: 'other' }, 700_213],
  ['another audience', { audience: 'api://nobody' }, 700_212],
])('the token of a workload names %s', async (_, changes, expected) => {
  const usual = { subject: 'pod', audience: 'api://AzureADTokenExchange', nowMs };
  const client_assertion = cluster.token({ ...usual, ...changes });
  expect(await prove({ client_id: clientId, client_assertion, client_assertion_type: type })).toEqual(
    expected,
  );
});

test.each([
  ['no type', {}],
  ['another type', { client_assertion_type: 'saml' }],
])('an assertion of %s is not looked at', async (_, fields) => {
  expect(await prove({ client_id: clientId, client_assertion: 'x', ...fields })).toBe(900_144);
});

test.each<[string, Readonly<Record<string, string>>, unknown]>([
  ['a secret', { client_id: clientId, client_secret: 'first secret' }, ['web', 1]],
  ['another secret of it', { client_id: clientId, client_secret: 'a:secret%' }, ['web', 1]],
  ['its id in capitals', { client_id: clientId.toUpperCase(), client_secret: 'first secret' }, ['web', 1]],
  ['nothing', { client_id: clientId }, ['web', 0]],
  ['a wrong secret', { client_id: clientId, client_secret: 'first' }, 7_000_215],
  ['an empty secret', { client_id: clientId, client_secret: '' }, 7_000_215],
  ['an expired secret', { client_id: clientId, client_secret: 'old secret' }, 7_000_222],
  ['no id', { client_secret: 'first secret' }, 900_144],
  ['an id that nobody has', { client_id: 'nobody' }, 700_016],
  ['an assertion that names nobody', { client_assertion: 'x', client_assertion_type: type }, 900_144],
])('an app proves itself with %s', async (_, fields, expected) => {
  expect(await prove(fields)).toEqual(expected);
});

const basic = (text: string) => Buffer.from(text).toString('base64');

test.each<[string, string, unknown]>([
  ['with the secret', `Basic ${basic(`${clientId}:first%20secret`)}`, ['web', 1]],
  ['in small letters', `basic ${basic(`${clientId}:first secret`)}`, ['web', 1]],
  ['encoded', `Basic ${basic(`${clientId}:${encodeURIComponent('a:secret%')}`)}`, ['web', 1]],
  ['with a wrong secret', `Basic ${basic(`${clientId}:x`)}`, 7_000_215],
  ['with a secret that is not encoded', `Basic ${basic(`${clientId}:a:secret%`)}`, ['web', 1]],
  ['with a wrong secret that is not encoded', `Basic ${basic(`${clientId}:100%zz`)}`, 7_000_215],
  ['with an id that is not encoded', `Basic ${basic('%zz:first secret')}`, 700_016],
  ['without a secret', `Basic ${basic(clientId)}`, 7_000_215],
  ['of another kind', `Bearer ${basic(`${clientId}:first secret`)}`, 900_144],
  ['after something else', `x Basic ${basic(`${clientId}:first secret`)}`, 900_144],
])('an app proves itself in the header: %s', async (_, authorization, expected) => {
  expect(await prove({}, authorization)).toEqual(expected);
});

test('what the body says of an app counts more than its header', async () => {
  const header = `Basic ${basic(`${other?.clientId ?? ''}:wrong`)}`;
  expect(await prove({ client_id: clientId, client_secret: 'first secret' }, header)).toEqual(['web', 1]);
  expect(await prove({ client_secret: 'first secret' }, header)).toEqual(['other', 1]);
});
