import type { GetTokenOptions } from '@azure/identity';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { identityCredential, toolOptions } from './identity-credential.ts';
import type { AuthorityOptions, SharedOptions } from './identity-credential.ts';

const scope = 'https://ai.azure.com/.default';
const token = { token: 'a.b.c', expiresOnTimestamp: 4e12 };

beforeEach(() => {
  vi.stubEnv('AZURE_AUTHORITY_HOST', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** What a credential class would be built with. */
async function sharedOf(options: AuthorityOptions): Promise<SharedOptions> {
  const given: SharedOptions[] = [];
  const credential = identityCredential((_, shared) => {
    given.push(shared);
    return { getToken: async () => token };
  }, options);
  await credential.getToken(scope);
  const [shared] = given;
  if (shared === undefined) throw new Error('not built');
  return shared;
}

test('every credential is built with short retries, all tenants, and a limit of the tools before ours', async () => {
  const shared = await sharedOf({ timeoutMs: 10_001 });
  expect(shared).toEqual({
    disableInstanceDiscovery: false,
    retryOptions: { maxRetries: 3, retryDelayInMs: 250 },
    additionallyAllowedTenants: ['*'],
    processTimeoutInMs: 8001,
    additionalPolicies: [
      {
        policy: { name: 'aoaiTokenEndpoint', sendRequest: expect.any(Function) as unknown },
        position: 'perRetry',
      },
    ],
  });
  expect(toolOptions(shared)).toEqual({ additionallyAllowedTenants: ['*'], processTimeoutInMs: 8001 });
});

test.each([
  ['https://login.microsoftonline.com', false],
  ['https://localhost:8443', true],
  ['https://127.0.0.1:8443', true],
  ['http://127.1.22.133', true],
  ['https://[::1]:8443/', true],
  ['https://localhost.contoso.com', false],
  ['https://notlocalhost', false],
  ['https://127.0.0.1.contoso.com', false],
  ['https://[::2]', false],
  ['no url', false],
])('the authority %s: is one that no directory knows: %s', async (authorityHost, isUnknown) => {
  expect(await sharedOf({ timeoutMs: 1000, authorityHost })).toMatchObject({
    authorityHost,
    disableInstanceDiscovery: isUnknown,
  });
  vi.stubEnv('AZURE_AUTHORITY_HOST', authorityHost);
  const fromEnv = await sharedOf({ timeoutMs: 1000 });
  expect(fromEnv.disableInstanceDiscovery).toBe(isUnknown);
  // The library reads the variable itself.
  expect(fromEnv).not.toHaveProperty('authorityHost');
});

test('`disableInstanceDiscovery` and `authorityHost` win over what the environment says', async () => {
  vi.stubEnv('AZURE_AUTHORITY_HOST', 'https://localhost:1');
  expect(await sharedOf({ timeoutMs: 1000, disableInstanceDiscovery: false })).toMatchObject({
    disableInstanceDiscovery: false,
  });
  expect(
    await sharedOf({ timeoutMs: 1000, authorityHost: 'https://login.microsoftonline.us' }),
  ).toMatchObject({ authorityHost: 'https://login.microsoftonline.us', disableInstanceDiscovery: false });
});

test('an endpoint that asks for a pause is named, whatever the library makes of it, and not asked meanwhile', async () => {
  let asked = 0;
  const credential = identityCredential(
    (_, { additionalPolicies: [{ policy } = { policy: undefined }] }) => ({
      async getToken() {
        asked += 1;
        const headers = { get: (name: string) => (name === 'retry-after' ? '30' : undefined) };
        await policy
          ?.sendRequest({ timeout: 0 }, async () => ({ status: 429, headers }))
          .catch(() => undefined);
        throw new Error('network_error');
      },
    }),
    { timeoutMs: 1000 },
  );
  for (let call = 0; call < 2; call += 1)
    await expect(credential.getToken(scope)).rejects.toMatchObject({
      code: 'TOKEN_ENDPOINT_THROTTLED',
      message: 'the token endpoint asks for a pause of 30 s',
    });
  expect(asked).toBe(1);
});

test('hands on what is asked for, and what fails without the secrets', async () => {
  const asked: unknown[] = [];
  const credential = identityCredential(
    () => ({
      async getToken(scopes: string | string[], options?: GetTokenOptions) {
        asked.push([scopes, options]);
        if (asked.length > 1) throw new Error('no: hunter2hunter2');
        return token;
      },
    }),
    { timeoutMs: 1000, secrets: ['hunter2hunter2'] },
  );
  expect(await credential.getToken(scope, { tenantId: 't' })).toBe(token);
  await expect(credential.getToken(scope)).rejects.toThrow('no: [redacted]');
  expect(asked).toEqual([
    [scope, { tenantId: 't' }],
    [scope, undefined],
  ]);
});
