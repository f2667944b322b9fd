import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { AuthHeaders, Credential } from '../credential.ts';
import { createPerUserCredentials } from './per-user.ts';

const scope = 's';

function perUser(
  credentialOf: (userToken: string) => Credential,
  maxUsers: number,
  now: () => number = Date.now,
): ReturnType<typeof createPerUserCredentials> {
  return createPerUserCredentials({ credentialOf, maxUsers, now });
}

/** Signs as the user, after as many turns of the event loop as the random numbers say. */
function exchange(turns: () => number): { credentialOf: (userToken: string) => Credential; made: string[] } {
  const made: string[] = [];
  return {
    made,
    credentialOf(userToken) {
      made.push(userToken);
      const headers = async (): Promise<AuthHeaders> => {
        for (let turn = turns(); turn > 0; turn -= 1) await new Promise(setImmediate);
        return { authorization: `Bearer for ${userToken}` };
      };
      return { kind: 'entra-id', headers, refresh: async () => true };
    },
  };
}

test('no user ever gets the token of another, in any interleaving', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 5 })), {
        minLength: 1,
        maxLength: 60,
      }),
      fc.integer({ min: 1, max: 4 }),
      async (calls, maxUsers) => {
        let call = 0;
        const { credentialOf } = exchange(() => calls[(call += 1) % calls.length]?.[1] ?? 0);
        const users = perUser(credentialOf, maxUsers);
        const got = await Promise.all(
          calls.map(async ([user]) => (await users(`user${user}`).headers({ scope }))['authorization']),
        );
        expect(got).toEqual(calls.map(([user]) => `Bearer for user${user}`));
      },
    ),
    { numRuns: 200 },
  );
});

test('one credential signs each call as the user that the function names at that moment', async () => {
  const { AsyncLocalStorage } = await import('node:async_hooks');
  const current = new AsyncLocalStorage<string>();
  const { credentialOf } = exchange(() => 2);
  const credential = perUser(credentialOf, 100)(() => current.getStore() ?? '');
  const got = await Promise.all(
    Array.from({ length: 50 }, (_, user) =>
      current.run(`user${user}`, async () => (await credential.headers({ scope }))['authorization']),
    ),
  );
  expect(got).toEqual(Array.from({ length: 50 }, (_, user) => `Bearer for user${user}`));
});

test('a user token that is fetched belongs to the call that fetched it', async () => {
  const { credentialOf } = exchange(() => 0);
  let next = 0;
  const credential = perUser(
    credentialOf,
    100,
  )(async () => {
    const mine = (next += 1);
    for (let turn = 5 - mine; turn > 0; turn -= 1) await new Promise(setImmediate);
    return `user${mine}`;
  });
  const got = await Promise.all(Array.from({ length: 4 }, async () => credential.headers({ scope })));
  expect(got.map((one) => one['authorization'])).toEqual(
    [1, 2, 3, 4].map((user) => `Bearer for user${user}`),
  );
});

test('remembers at most `maxUsers`, the most recently used', async () => {
  const { credentialOf, made } = exchange(() => 0);
  const users = perUser(credentialOf, 2);
  for (const user of ['a', 'b', 'a', 'c', 'a', 'b']) await users(user).headers({ scope });
  expect(made).toEqual(['a', 'b', 'c', 'b']);
});

test('users are told apart by the whole token', async () => {
  const { credentialOf, made } = exchange(() => 0);
  const users = perUser(credentialOf, 10);
  const claims = Buffer.from(JSON.stringify({ oid: 'ada' })).toString('base64url');
  await users(`e30.${claims}.real`).headers({ scope });
  await users(`e30.${claims}.forged`).headers({ scope });
  expect(made).toHaveLength(2);
});

test('takes the token with or without "Bearer"', async () => {
  const { credentialOf, made } = exchange(() => 0);
  const users = perUser(credentialOf, 10);
  for (const userToken of ['Bearer ada', 'bearer  ada', ' ada ', 'ada'])
    await users(userToken).headers({ scope });
  expect(made).toEqual(['ada']);
  await users('of a Bearer ada').headers({ scope });
  expect(made).toEqual(['ada', 'of a Bearer ada']);
});

test('a call without a user is refused, not signed as somebody', async () => {
  const credentialOf = vi.fn();
  const users = perUser(credentialOf, 10);
  expect(() => users(() => '').headers({ scope })).toThrow(/`userToken` is empty/);
  await expect(users(async () => 'Bearer ').headers({ scope })).rejects.toThrow(/`userToken` is empty/);
  await expect(users(() => undefined as never).refresh({ scope })).rejects.toThrow(/`userToken` is empty/);
  expect(credentialOf).not.toHaveBeenCalled();
});

test('refreshes the token of the user who was refused', async () => {
  const refresh = vi.fn(async () => true);
  const credential: Credential = { kind: 'entra-id', headers: () => ({}), refresh };
  const users = perUser(() => credential, 10);
  expect(await users('ada').refresh({ scope, claims: 'c' })).toBe(true);
  expect(refresh).toHaveBeenCalledWith({ scope, claims: 'c' });
});

test('a user token that does not say when it ends is left to Entra ID to refuse', async () => {
  const { credentialOf, made } = exchange(() => 0);
  const users = perUser(credentialOf, 10, () => Number.MAX_SAFE_INTEGER);
  const claims = Buffer.from(JSON.stringify({ oid: 'ada' })).toString('base64url');
  for (const userToken of ['no token at all', `e30.${claims}.sig`]) await users(userToken).headers({ scope });
  expect(made).toHaveLength(2);
});

test('an expired user token serves nobody, even with a token of the user in the cache', async () => {
  const { credentialOf, made } = exchange(() => 0);
  let nowMs = 1_763_773_200_000;
  const users = perUser(credentialOf, 10, () => nowMs);
  const claims = Buffer.from(JSON.stringify({ oid: 'ada', exp: nowMs / 1000 })).toString('base64url');
  const ada = users(`e30.${claims}.sig`);
  await ada.headers({ scope });
  nowMs += 5 * 60_000 - 1;
  await ada.headers({ scope });
  nowMs += 1;
  const expired = {
    name: 'CredentialError',
    message:
      'Cannot call on behalf of a user: `userToken` has expired. Have the person sign in again and pass the new access token.',
  };
  expect(() => ada.headers({ scope })).toThrow(expect.objectContaining(expired));
  await expect(ada.refresh({ scope })).rejects.toMatchObject(expired);
  expect(made).toHaveLength(1);
});
