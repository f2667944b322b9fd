import { decodeJwt } from 'jose';
import { beforeEach, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../clock.ts';
import { aTenant } from './a-tenant.fake.ts';
import { createDirectory, type User } from './directory.ts';
import { targetOfScope } from './service.ts';
import { answerTokenRequest, type Tenant } from './token-endpoint.ts';

const otherTenant = '11111111-1111-4111-8111-111111111111';
const directory = createDirectory({
  otherTenants: [otherTenant],
  apps: {
    api: { secret: 'secret', identifierUri: 'https://api.example', scopes: ['access_as_user'] },
    timid: { secret: 'secret', consented: false },
  },
  users: { ada: {}, gone: { disabled: true } },
});
const [, api, timid] = directory.apps;
const [ada, gone] = directory.users;

let clock: ManualClock;
let tenant: Tenant;

beforeEach(() => {
  clock = manualClock();
  tenant = aTenant(directory, clock);
});

interface Presented {
  /** Whom the token is of. @default ada */
  readonly user?: User | null | undefined;
  /** Whom it is for. @default the id of the app */
  readonly audience?: string;
  readonly tenantId?: string;
}

/** The token of a person that an app presents. */
async function presented({
  user = ada,
  audience = api?.clientId ?? '',
  tenantId = directory.tenantId,
}: Presented = {}) {
  if (api === undefined) throw new Error('The directory is empty.');
  const target = { audience, version: '2.0', scopes: ['.default'], openid: [] } as const;
  const grant = { tenantId, app: api, target, clientProof: 1, lifetimeMs: 60_000 } as const;
  return (await tenant.issuer.access({ ...grant, ...(user && { user }) })).token;
}

interface Answer {
  readonly access_token?: string;
  readonly refresh_token?: string;
  readonly error_codes?: readonly number[];
}

async function exchange(fields: Readonly<Record<string, string | undefined>>) {
  const usual = {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    requested_token_use: 'on_behalf_of',
    client_id: api?.clientId,
    client_secret: 'secret',
    scope: 'https://cognitiveservices.azure.com/.default',
  };
  const given = Object.entries({ ...usual, ...fields }).filter(([, value]) => value !== undefined);
  const { status, body = '{}' } = await answerTokenRequest(tenant, directory.tenantId, {
    method: 'POST',
    url: new URL('https://authority/'),
    headers: {},
    body: new URLSearchParams(given as [string, string][]).toString(),
    signal: new AbortController().signal,
  });
  return { status, ...(JSON.parse(body) as Answer) };
}

test('a person is passed on to another service, by the app that presents its token', async () => {
  const { access_token: token, ...answer } = await exchange({ assertion: await presented() });
  expect(answer).toEqual({
    status: 200,
    token_type: 'Bearer',
    expires_in: 3_600,
    ext_expires_in: 3_600,
    scope: 'https://cognitiveservices.azure.com/user_impersonation',
  });
  expect(decodeJwt(String(token))).toMatchObject({
    oid: ada?.objectId,
    appid: api?.clientId,
    appidacr: '1',
    aud: 'https://cognitiveservices.azure.com',
    scp: 'user_impersonation',
  });
});

test('the app may be named by its id or by its address', async () => {
  const byAddress = await presented({ audience: 'https://api.example' });
  expect((await exchange({ assertion: byAddress })).status).toBe(200);
});

test.each<[string, Readonly<Record<string, string | undefined>>, Presented, number]>([
  ['without a proof of the app', { client_secret: undefined }, {}, 7_000_218],
  ['with a wrong secret', { client_secret: 'wrong' }, {}, 7_000_215],
  ['without its use', { requested_token_use: undefined }, {}, 900_144],
  ['with another use', { requested_token_use: 'x' }, {}, 900_144],
  ['for another app', {}, { audience: timid?.clientId ?? '' }, 50_013],
  ['for a service', {}, { audience: 'https://cognitiveservices.azure.com' }, 50_013],
  ['of another tenant', {}, { tenantId: otherTenant }, 50_013],
  ['of an app', {}, { user: null }, 7_000_114],
  ['of a person that is disabled', {}, { user: gone }, 50_057],
  ['for an unknown resource', { scope: 'api://nothing/.default' }, {}, 500_011],
  ['without a scope', { scope: undefined }, {}, 900_144],
])('a token %s is not exchanged', async (_, fields, who, code) => {
  const answer = await exchange({ assertion: await presented(who), ...fields });
  expect([answer.error_codes, 'access_token' in answer]).toEqual([[code], false]);
});

test.each([undefined, '', 'x', 'a.b.c'])('%j is no token that could be exchanged', async (assertion) => {
  expect(await exchange({ assertion })).toMatchObject({ status: 400, error: 'invalid_grant' });
});

test('an app without consent asks for it once, and for each person', async () => {
  const fields = {
    client_id: timid?.clientId,
    assertion: await presented({ audience: timid?.clientId ?? '' }),
  };
  expect(await exchange(fields)).toMatchObject({ error_codes: [65_001], suberror: 'consent_required' });
  if (timid !== undefined && ada !== undefined) tenant.grants.addConsent(timid, ada);
  expect((await exchange(fields)).status).toBe(200);
});

test('who asks for it gets a refresh token, whose person and resource are the same', async () => {
  const scope = 'https://cognitiveservices.azure.com/.default offline_access';
  const first = await exchange({ assertion: await presented(), scope });
  const again = await exchange({
    grant_type: 'refresh_token',
    refresh_token: String(first.refresh_token),
    scope: undefined,
  });
  const [one, other] = [first, again].map(({ access_token: token }) => decodeJwt(String(token)));
  expect([other?.['oid'], other?.aud]).toEqual([one?.['oid'], one?.aud]);
  expect(targetOfScope(scope, directory)?.audience).toBe(one?.aud);
});
