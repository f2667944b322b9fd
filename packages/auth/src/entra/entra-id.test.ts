import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import { expect, test } from 'vitest';
import { inTenant } from '../in-tenant.ts';
import { apiKey } from '../key/api-key.ts';
import { entraId } from './entra-id.ts';
import { tokenProvider } from './token-provider.ts';

const scope = 'https://cognitiveservices.azure.com/.default';

function counting(): TokenCredential & { asked: number; options: GetTokenOptions[] } {
  const credential = {
    asked: 0,
    options: [] as GetTokenOptions[],
    getToken: async (_: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> => {
      credential.asked += 1;
      credential.options.push(options);
      return { token: `t${credential.asked}`, expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  return credential;
}

test('ten clients make one token request', async () => {
  const credential = counting();
  const headers = await Promise.all(
    Array.from({ length: 10 }, async () => entraId(credential).headers({ scope })),
  );
  expect(credential.asked).toBe(1);
  expect(new Set(headers.map((one) => one['authorization']))).toEqual(new Set(['Bearer t1']));
});

test('the tokens of a thousand scopes are kept, and the oldest makes room', async () => {
  const source = counting();
  const credential = entraId(source);
  for (let made = 0; made < 1000; made++) await credential.headers({ scope: `scope-${made}` });
  await credential.headers({ scope: 'scope-0' });
  expect(source.asked).toBe(1000);
  await credential.headers({ scope: 'one-more' });
  await credential.headers({ scope: 'scope-0' });
  expect(source.asked).toBe(1002);
});

test('gives no promise when the token is at hand', async () => {
  const credential = entraId(counting());
  expect(credential.headers({ scope })).toBeInstanceOf(Promise);
  await credential.headers({ scope });
  expect(credential.headers({ scope })).toEqual({ authorization: 'Bearer t1' });
});

test('gets another token after a 401, once for all who were refused', async () => {
  const source = counting();
  const credential = entraId(source);
  const rejected = await credential.headers({ scope });
  const again = await Promise.all(Array.from({ length: 10 }, () => credential.refresh({ scope, rejected })));
  expect(again).toEqual(Array.from({ length: 10 }, () => true));
  expect(source.asked).toBe(2);
  expect(await credential.refresh({ scope, rejected })).toBe(true);
  expect(source.asked).toBe(2);
});

test('a credential that takes no claims is asked without them', async () => {
  let isLoggedInAgain = false;
  const azureCli: TokenCredential = {
    getToken: async (_, options) => {
      if (options?.claims !== undefined) {
        throw Object.assign(new Error('run az login --claims-challenge'), {
          name: 'CredentialUnavailableError',
        });
      }
      return { token: isLoggedInAgain ? 'new' : 'old', expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  let nowMs = Date.now();
  const credential = entraId(azureCli, { now: () => nowMs });
  const rejected = await credential.headers({ scope });
  expect(await credential.refresh({ scope, claims: 'c', rejected })).toBe(false);
  expect(await credential.headers({ scope })).toEqual(rejected);
  isLoggedInAgain = true;
  nowMs += 30_000;
  expect(await credential.refresh({ scope, claims: 'c', rejected })).toBe(true);
  expect(credential.headers({ scope })).toEqual({ authorization: 'Bearer new' });
});

test('`tokenProvider` gives the bare token', async () => {
  expect(await tokenProvider(counting(), { scope })()).toBe('t1');
});

test('a credential of ones own is not dropped for a new one: only ours can renew', async () => {
  let renewed = 0;
  const source = { ...counting(), renew: 'never' };
  const rejected = await entraId(source).headers({ scope });
  expect(await entraId(source).refresh({ scope, rejected })).toBe(true);
  const renewable = { ...counting(), renew: () => (renewed += 1) };
  const refused = await entraId(renewable).headers({ scope });
  expect(renewed).toBe(0);
  expect(await entraId(renewable).refresh({ scope, rejected: refused })).toBe(true);
  expect(renewed).toBe(1);
});

test('says that it understands challenges, and hands the claims on', async () => {
  const source = counting();
  const rejected = await entraId(source).headers({ scope });
  expect(await entraId(source).refresh({ scope, claims: 'c', rejected })).toBe(true);
  expect(source.options).toEqual([
    { abortSignal: expect.any(AbortSignal) as unknown, enableCae: true },
    { abortSignal: expect.any(AbortSignal) as unknown, enableCae: true, claims: 'c' },
  ]);
});

test.each([
  ['CredentialUnavailableError', 'CredentialUnavailableError', 2],
  ['AuthenticationRequiredError', 'AuthenticationRequiredError', 2],
  ['AuthenticationError', 'AuthenticationError', 1],
])('a challenge that fails with %s', async (_, name, times) => {
  const asked: (string | undefined)[] = [];
  const credential: TokenCredential = {
    getToken: async (_scope, options) => {
      asked.push(options?.claims);
      if (options?.claims !== undefined) throw Object.assign(new Error('no'), { name });
      return { token: 'old', expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  expect(await entraId(credential).refresh({ scope, claims: 'c' })).toBe(times === 2);
  expect(asked).toEqual(times === 2 ? ['c', undefined] : ['c']);
});

test.each([
  ['secret-string', 'string'],
  [7, 'number'],
  [null, 'null'],
])('refuses %j, which is neither a credential nor a way to sign in', (source, type) => {
  expect(() => entraId(source as never)).toThrow(
    new TypeError(
      `Cannot sign in with a value of type "${type}": give a \`TokenCredential\` or a way to sign in.`,
    ),
  );
});

test('what fails is explained with its scope', async () => {
  const credential: TokenCredential = { getToken: () => Promise.reject(new Error('socket closed')) };
  const error: unknown = await Promise.resolve(entraId(credential).headers({ scope })).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    name: 'CredentialError',
    message: `Cannot get a token for scope "${scope}": socket closed. The \`cause\` says more.`,
    scope,
  });
});

test('asks for the tokens of the tenant that is named, and keeps those of each tenant apart', async () => {
  const source = counting();
  const credential = entraId(source);
  const own = await credential.headers({ scope });
  const theirs = await inTenant(credential, 'tenant-b').headers({ scope });
  expect(theirs).not.toEqual(own);
  expect(await inTenant(credential, 'tenant-b').headers({ scope })).toBe(theirs);
  expect(source.options.map(({ tenantId }) => tenantId)).toEqual([undefined, 'tenant-b']);
  expect(await inTenant(credential, 'tenant-b').refresh({ scope, rejected: theirs })).toBe(true);
  expect(source.options.map(({ tenantId }) => tenantId)).toEqual([undefined, 'tenant-b', 'tenant-b']);
  expect(await credential.headers({ scope })).toBe(own);
  expect(inTenant(credential, undefined)).toBe(credential);
  const key = apiKey('0123456789abcdef');
  expect(inTenant(key, 'tenant-b'), 'a key is of its account').toBe(key);
});
