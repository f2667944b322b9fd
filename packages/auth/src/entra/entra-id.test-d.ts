import type { TokenCredential } from '@azure/identity';
import { expectTypeOf, test } from 'vitest';
import type { AuthHeaders, Credential } from '../credential.ts';
import { apiKey, describeToken, entraId, identityOf, onBehalfOf, tokenProvider } from '../index.ts';

declare const credential: TokenCredential;

test('headers are there at once or later', () => {
  expectTypeOf<Credential['headers']>().returns.toEqualTypeOf<AuthHeaders | Promise<AuthHeaders>>();
  expectTypeOf(tokenProvider(credential, { scope: 's' })).toEqualTypeOf<() => Promise<string>>();
  expectTypeOf(entraId(credential)).toEqualTypeOf<Credential>();
});

test('a way to sign in is one way, complete', () => {
  entraId({ managedIdentity: { clientId: 'c' } });
  // @ts-expect-error - a client secret has three parts
  expectTypeOf(entraId).toBeCallableWith({ clientSecret: { tenantId: 't', clientId: 'c' } });
  // @ts-expect-error - a misspelt way to sign in
  expectTypeOf(entraId).toBeCallableWith({ managedIdentities: true });
  // @ts-expect-error - a pair has both keys
  expectTypeOf(apiKey).toBeCallableWith({ primary: 'k' });
  // @ts-expect-error - nobody to act for
  expectTypeOf(onBehalfOf).toBeCallableWith({ tenantId: 't', clientId: 'c', clientSecret: 's' });
});

test('an identity is told by its kind', async () => {
  const identity = await identityOf(credential);
  if (identity.kind === 'api-key') expectTypeOf(identity.fingerprint).toBeString();
  else expectTypeOf(identity.objectId).toEqualTypeOf<string | undefined>();
  expectTypeOf(describeToken('t').expiresAt).toEqualTypeOf<Date | undefined>();
});
