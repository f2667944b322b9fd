import { expect, test } from 'vitest';
import { apiKey } from '../key/api-key.ts';
import { entraId } from './entra-id.ts';
import { identityOf } from './identity-of.ts';

function signed(claims: object): { getToken: () => Promise<{ token: string; expiresOnTimestamp: number }> } {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
  return { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
}

test('an app or a person is named by tenant, principal and app', async () => {
  const credential = signed({ tid: 'tenant', oid: 'principal', appid: 'client', idtyp: 'app' });
  const expected = {
    kind: 'entra-id',
    subject: 'app',
    tenantId: 'tenant',
    objectId: 'principal',
    appId: 'client',
  };
  expect(await identityOf(credential)).toMatchObject(expected);
  expect(await identityOf(entraId(credential), { scope: 'other' })).toMatchObject(expected);
});

test('a key is told from another by the start of its hash, and not given away', async () => {
  const one = await identityOf(apiKey('0123456789abcdef'));
  expect(one).toEqual({ kind: 'api-key', fingerprint: '9f9f5111' });
  expect(await identityOf(apiKey('0123456789abcdeF'))).not.toEqual(one);
});

test('a token that is not a JSON Web Token is not quoted', async () => {
  const opaque = {
    getToken: async () => ({ token: 'opaque-secret-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  await expect(identityOf(opaque)).rejects.toThrow(
    /^Cannot describe the token: it is not a JSON Web Token\./,
  );
});

test('its wait can be aborted', async () => {
  const reason = new Error('left');
  await expect(identityOf(signed({}), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
