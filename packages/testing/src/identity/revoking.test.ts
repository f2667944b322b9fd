import { X509Certificate } from 'node:crypto';
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { createIdentity, type IdentityOptions } from './identity.ts';

const scope = 'https://cognitiveservices.azure.com/.default';

/** An identity that nobody reaches over the network. */
function identityWith(options: IdentityOptions = {}) {
  const clock = manualClock(1_000_000_000);
  const identity = createIdentity({ clock, ...options });
  const issue = async () => (await identity.credential().getToken(scope)).token;
  const isGood = (token: string) => identity.verify(token, { service: 'openai' }).ok;
  /** For how many seconds a token is good, and by how many its clock is fast. */
  const times = async () => {
    const { exp = 0, iat = 0 } = decodeJwt(await issue());
    const isFastBy = iat + 300 - clock.now() / 1_000;
    return [exp - iat - 300, isFastBy];
  };
  return { identity, issue, isGood, times };
}

test('a token that is revoked is good no more, and every other one still is', async () => {
  const { identity, issue, isGood } = identityWith();
  const [first, second] = [await issue(), await issue()];
  identity.revoke('not a token');
  expect([isGood(first), isGood(second)]).toEqual([true, true]);
  identity.revoke(first);
  expect([isGood(first), isGood(second), isGood(await issue())]).toEqual([false, true, true]);
});

test('tokens are good for an hour less a second, unless another lifetime was given', async () => {
  expect(await identityWith().times()).toEqual([3_599, 0]);
  expect(await identityWith({ tokenLifetimeMs: 60_000 }).times()).toEqual([60, 0]);
});

test('what was changed of the tokens holds until it is restored, each change beside the others', async () => {
  const { identity, times } = identityWith({ tokenLifetimeMs: 60_000 });
  identity.issue({ skewMs: 120_000 });
  expect(await times()).toEqual([60, 120]);
  identity.issue({ lifetimeMs: 30_000 });
  expect(await times()).toEqual([30, 120]);
  identity.restore();
  expect(await times()).toEqual([60, 0]);
});

test('faults end with a restore, and the same fault may be set once more', async () => {
  const { identity, issue } = identityWith();
  for (let round = 0; round < 2; round += 1) {
    identity.fail({ kind: 'status', status: 503 });
    await expect(issue()).rejects.toMatchObject({ name: 'AuthenticationError', statusCode: 503 });
    await expect(issue()).rejects.toMatchObject({ statusCode: 503 });
    identity.restore();
    await expect(issue()).resolves.toBeTypeOf('string');
  }
});

test('a credential is of the app, the person and the tenant that it was made for, or that a request names', async () => {
  const elsewhere = '11111111-1111-4111-8111-111111111111';
  const { identity } = identityWith({
    apps: { web: {} },
    users: { ada: {} },
    otherTenants: [elsewhere],
  });
  const { directory } = identity;
  const claims = async (options: object, request?: { readonly tenantId: string }) =>
    decodeJwt((await identity.credential(options).getToken([scope], request)).token);
  expect(await claims({})).toMatchObject({
    appid: directory.defaultApp.clientId,
    tid: directory.tenantId,
    appidacr: '1',
  });
  expect(await claims({ app: 'web' })).toMatchObject({ appid: directory.app('web')?.clientId });
  expect(await claims({ user: 'ada' })).toMatchObject({
    oid: directory.user('ada')?.objectId,
    appidacr: '0',
  });
  expect(await claims({ tenantId: elsewhere })).toMatchObject({ tid: elsewhere });
  expect(await claims({ tenantId: elsewhere }, { tenantId: directory.tenantId })).toMatchObject({
    tid: directory.tenantId,
  });
});

test.each([
  ['app', '"eve", which the directory does not hold. Known names: "default", "web".'],
  ['user', '"eve", which the directory does not hold. Known names: "ada", "bob".'],
])('a credential of an unknown %s is refused with the known ones', (option, words) => {
  const { identity } = identityWith({ apps: { web: {} }, users: { ada: {}, bob: {} } });
  expect(() => identity.credential({ [option]: 'eve' })).toThrow(`\`${option}\` is ${words}`);
});

test('an environment is that of a known app, the first that was given where people sign in', () => {
  const { identity } = identityWith({ apps: { web: {}, api: {} } });
  const idOf = (name: string) => identity.directory.app(name)?.clientId;
  // Nothing listens yet, so only these variables can be made.
  expect(() => identity.env({ app: 'eve' })).toThrow('`app` is "eve", which the directory does not hold.');
  expect(() => identity.signInEnv({ app: 'eve' })).toThrow('`app` is "eve"');
  expect(identity.signInEnv()['SIGN_IN_CLIENT_ID']).toBe(idOf('web'));
  expect(identity.signInEnv({ app: 'api' })['SIGN_IN_CLIENT_ID']).toBe(idOf('api'));
  const { identity: usual } = identityWith();
  expect(usual.signInEnv()['SIGN_IN_CLIENT_ID']).toBe(usual.directory.defaultApp.clientId);
});

test('the certificate that clients trust is that of an authority', () => {
  expect(new X509Certificate(identityWith().identity.ca).ca).toBe(true);
});

test('a scope that nothing here answers to is refused as by Entra ID', async () => {
  const { identity } = identityWith();
  await expect(identity.credential().getToken('api://nothing/.default')).rejects.toMatchObject({
    name: 'AuthenticationError',
    statusCode: 400,
    message: expect.stringContaining('AADSTS500011') as string,
  });
});
