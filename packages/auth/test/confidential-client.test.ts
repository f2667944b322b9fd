import { readFile } from 'node:fs/promises';
import { DefaultAzureCredential } from '@azure/identity';
import { expect, test } from 'vitest';
import {
  CredentialError,
  describeToken,
  diagnoseAuth,
  entraId,
  identityOf,
  onBehalfOf,
} from '../src/index.ts';
import { asked, bearerOf, scope, setEnv, useTenant } from './tenant.ts';

// App registrations, through the real @azure/identity against the token endpoint of the mock.

const identity = useTenant({
  apps: {
    default: { secret: 'right-secret', expiredSecrets: ['old-secret'] },
    refused: { consented: false, secret: 'x' },
  },
  users: { ada: {}, bob: {} },
});
const { tenantId } = identity;
const clientId = identity.directory.defaultApp.clientId;
const app = { tenantId, clientId };

function opens(headers: Readonly<Record<string, string>>): unknown {
  return identity.verify(bearerOf(headers), { service: 'openai' });
}

const theApp = { ok: true, principal: { kind: 'app', clientId } };

test('a client secret', async () => {
  expect(
    opens(await entraId({ clientSecret: { ...app, clientSecret: 'right-secret' } }).headers({ scope })),
  ).toMatchObject(theApp);
});

test('a certificate in a file, and as text', async () => {
  const path = identity.env({ flow: 'client-certificate' })['AZURE_CLIENT_CERTIFICATE_PATH'] ?? '';
  const fromFile = entraId({ clientCertificate: { ...app, certificatePath: path } });
  const fromText = entraId({ clientCertificate: { ...app, certificate: await readFile(path, 'utf8') } });
  expect(opens(await fromFile.headers({ scope }))).toMatchObject(theApp);
  expect(opens(await fromText.headers({ scope }))).toMatchObject(theApp);
});

test('workload identity federation, given and from the environment', async () => {
  const env = identity.env({ flow: 'workload-identity' });
  const tokenFilePath = env['AZURE_FEDERATED_TOKEN_FILE'] ?? '';
  const given = entraId({ workloadIdentity: { ...app, tokenFilePath } });
  expect(opens(await given.headers({ scope }))).toMatchObject(theApp);
  setEnv({ AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_FEDERATED_TOKEN_FILE: tokenFilePath });
  expect(opens(await entraId({ workloadIdentity: true }).headers({ scope }))).toMatchObject(theApp);
});

test.each(['client-secret', 'client-certificate', 'workload-identity'] as const)(
  'the default chain, narrowed by `AZURE_TOKEN_CREDENTIALS`: %s',
  async (flow) => {
    setEnv(identity.env({ flow }));
    expect(
      opens(await entraId(undefined, { timeoutMs: 10_000 + flow.length }).headers({ scope })),
    ).toMatchObject(theApp);
    const real = new DefaultAzureCredential({ disableInstanceDiscovery: true });
    expect(opens(await entraId(real).headers({ scope }))).toMatchObject(theApp);
  },
);

test('the default chain as it is takes the environment first', async () => {
  setEnv({ AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: 'right-secret' });
  expect(opens(await entraId(undefined, { timeoutMs: 9_999 }).headers({ scope }))).toMatchObject(theApp);
});

test('ten credentials of the same app ask once', async () => {
  const before = asked(identity);
  const source = { clientSecret: { ...app, clientSecret: 'right-secret' } };
  const options = { timeoutMs: 14_001 };
  await Promise.all(Array.from({ length: 10 }, async () => entraId(source, options).headers({ scope })));
  expect(asked(identity) - before).toBe(1);
});

test('a refused token is replaced, past the cache of MSAL', async () => {
  const credential = entraId(
    { clientSecret: { ...app, clientSecret: 'right-secret' } },
    { timeoutMs: 14_002 },
  );
  const rejected = await credential.headers({ scope });
  identity.revoke(bearerOf(rejected));
  expect(opens(rejected)).toMatchObject({ ok: false });
  const all = await Promise.all(Array.from({ length: 10 }, () => credential.refresh({ scope, rejected })));
  expect(new Set(all)).toEqual(new Set([true]));
  expect(opens(await credential.headers({ scope }))).toMatchObject(theApp);
});

test('a claims challenge reaches the token endpoint', async () => {
  const credential = entraId(
    { clientSecret: { ...app, clientSecret: 'right-secret' } },
    { timeoutMs: 14_003 },
  );
  const rejected = await credential.headers({ scope });
  const claims = '{"access_token":{"nbf":{"essential":true,"value":"1763769600"}}}';
  expect(await credential.refresh({ scope, claims, rejected })).toBe(true);
  expect(await credential.headers({ scope })).not.toEqual(rejected);
});

test.each([
  [
    'a wrong secret',
    { clientSecret: 'wrong-secret' },
    /client secret is wrong.*AADSTS7000215.*az ad app credential reset/,
  ],
  ['an expired secret', { clientSecret: 'old-secret' }, /client secret has expired.*AADSTS7000222/],
  [
    'an unknown app',
    { clientId: '22222222-2222-4222-8222-222222222222', clientSecret: 'x' },
    /does not know the app.*AADSTS700016/,
  ],
  [
    'an unknown tenant',
    { tenantId: '33333333-3333-4333-8333-333333333333', clientSecret: 'right-secret' },
    /no such tenant|token endpoint cannot be found/,
  ],
])('%s is explained with its fix', async (_, changes, message) => {
  const credential = entraId({ clientSecret: { ...app, ...changes } });
  const error = await Promise.resolve(credential.headers({ scope })).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CredentialError);
  expect((error as CredentialError).message).toMatch(message);
  expect((error as CredentialError).scope).toBe(scope);
  expect(await diagnoseAuth(error)).toMatchObject({ problem: 'sign-in-failed' });
});

test('an unknown scope is explained', async () => {
  const credential = entraId({ clientSecret: { ...app, clientSecret: 'right-secret' } });
  await expect(credential.headers({ scope: 'https://nothing.example/.default' })).rejects.toThrow(
    /AADSTS500011.*scopeFor/,
  );
});

test('on behalf of each user, with the rights of that user', async () => {
  const userTokens = await Promise.all(
    ['ada', 'bob'].map(
      async (user) => (await identity.credential({ user }).getToken(`api://${clientId}/.default`)).token,
    ),
  );
  const principals = await Promise.all(
    Array.from({ length: 20 }, async (_, call) => {
      const userToken = userTokens[call % 2] ?? '';
      const credential = onBehalfOf({ ...app, clientSecret: 'right-secret', userToken });
      return describeToken(bearerOf(await credential.headers({ scope }))).objectId;
    }),
  );
  const [ada, bob] = ['ada', 'bob'].map((user) => identity.directory.user(user)?.objectId);
  expect(principals).toEqual(Array.from({ length: 20 }, (_, call) => (call % 2 === 0 ? ada : bob)));
  const exchanges = identity.requests().filter(({ grantType }) => grantType?.endsWith('jwt-bearer'));
  expect(exchanges).toHaveLength(2);
});

test('on behalf of a user with a certificate, and with an assertion of another identity', async () => {
  const { token: userToken } = await identity
    .credential({ user: 'ada' })
    .getToken(`api://${clientId}/.default`);
  const certificatePath = identity.env({ flow: 'client-certificate' })['AZURE_CLIENT_CERTIFICATE_PATH'] ?? '';
  const assertionFile = identity.env({ flow: 'workload-identity' })['AZURE_FEDERATED_TOKEN_FILE'] ?? '';
  const clientAssertion = async (): Promise<string> => readFile(assertionFile, 'utf8');
  for (const proof of [{ certificatePath }, { clientAssertion }]) {
    const headers = await onBehalfOf({ ...app, ...proof, userToken }).headers({ scope });
    expect(opens(headers)).toMatchObject({ ok: true, principal: { kind: 'user', name: 'ada' } });
  }
});

test('a token of another app is no user token, and the reason is told', async () => {
  const { token: userToken } = await identity.credential({ user: 'ada' }).getToken(scope);
  const credential = onBehalfOf({ ...app, clientSecret: 'right-secret', userToken });
  await expect(credential.headers({ scope })).rejects.toThrow(/AADSTS50013.*api:\/\/<client-id>/);
});

test('missing consent is explained', async () => {
  const refused = identity.directory.app('refused');
  const { token: userToken } = await identity
    .credential({ user: 'ada' })
    .getToken(`${refused?.identifierUri ?? ''}/.default`);
  const credential = onBehalfOf({
    tenantId,
    clientId: refused?.clientId ?? '',
    clientSecret: 'x',
    userToken,
  });
  await expect(credential.headers({ scope })).rejects.toThrow(
    /AADSTS65001.*az ad app permission admin-consent/,
  );
});

test('`identityOf` tells who signs', async () => {
  const credential = entraId({ clientSecret: { ...app, clientSecret: 'right-secret' } });
  expect(await identityOf(credential)).toMatchObject({
    kind: 'entra-id',
    subject: 'app',
    tenantId,
    appId: clientId,
    objectId: identity.directory.defaultApp.objectId,
    isExpired: false,
  });
});
