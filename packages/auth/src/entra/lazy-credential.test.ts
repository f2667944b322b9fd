import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { lazyCredential } from './lazy-credential.ts';

const secret = 's3cret-of-the-app';
const scope = 'https://ai.azure.com/.default';
const token = { token: 'a.b.c', expiresOnTimestamp: 4e12 };

function failure(): Error {
  return Object.assign(new Error(`invalid_client: ${secret} is wrong`), { request: { body: secret } });
}

test.each<[string, Parameters<typeof lazyCredential>[0]]>([
  ['built', () => Promise.reject(failure())],
  ['asked', async () => ({ getToken: () => Promise.reject(failure()) })],
])('an error of a credential that is %s is thrown without the secret', async (_, build) => {
  const error: unknown = await lazyCredential(build, { secrets: [secret] })
    .getToken(scope)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ message: 'invalid_client: [redacted] is wrong' });
  expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(secret);
});

test('is built with the first token, once, and anew after a failure or `renew`', async () => {
  let built = 0;
  let fails = false;
  const lazy = lazyCredential(async () => {
    built += 1;
    return { getToken: async () => (fails ? Promise.reject(new Error('no')) : token) };
  });
  expect(built).toBe(0);
  await Promise.all([lazy.getToken(scope), lazy.getToken(scope)]);
  expect(built).toBe(1);
  fails = true;
  await expect(lazy.getToken(scope)).rejects.toThrow('no');
  fails = false;
  await lazy.getToken(scope);
  expect(built).toBe(2);
  lazy.renew();
  await lazy.getToken(scope);
  expect(built).toBe(3);
});

test('a forgetful one is built for each token, so that nothing piles up in it', async () => {
  let built = 0;
  const lazy = lazyCredential(
    async () => {
      built += 1;
      return { getToken: async () => token };
    },
    { forgetful: true },
  );
  await lazy.getToken(scope);
  await lazy.getToken(scope);
  expect(built).toBe(2);
});
