import { expect, test, vi } from 'vitest';
import type { Credential } from '../credential.ts';
import { apiKey } from '../key/api-key.ts';
import { entraId } from './entra-id.ts';
import { tokenProvider } from './token-provider.ts';

const scope = 'https://ai.azure.com/.default';

function tokens(): { getToken: () => Promise<{ token: string; expiresOnTimestamp: number }> } {
  let number = 0;
  return {
    getToken: async () => ({ token: `t${(number += 1)}`, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
}

test('gives the bare token of a credential, ours or of @azure/identity', async () => {
  expect(await tokenProvider(entraId(tokens()), { scope })()).toBe('t1');
  expect(await tokenProvider(tokens(), { scope })()).toBe('t1');
});

test('providers of one credential and scope share one token, other scopes have their own', async () => {
  const source = tokens();
  const getToken = vi.spyOn(source, 'getToken');
  const providers = [
    tokenProvider(source, { scope }),
    tokenProvider(source, { scope }),
    tokenProvider(entraId(source), { scope }),
  ];
  expect(await Promise.all(providers.map((provide) => provide()))).toEqual(['t1', 't1', 't1']);
  expect(await tokenProvider(source, { scope: 'other' })()).toBe('t2');
  expect(getToken).toHaveBeenCalledTimes(2);
});

test('gives the key of an API key, which the v1 surface takes in the same place', async () => {
  expect(await tokenProvider(apiKey('0123456789abcdef'), { scope })()).toBe('0123456789abcdef');
});

test.each([
  [{ authorization: 'Bearer of Bearer x' }, 'of Bearer x'],
  [{ authorization: 'x Bearer y' }, 'x Bearer y'],
  [{ 'api-key': 'Bearer x' }, 'Bearer x'],
  [{ other: 'x' }, ''],
])('of the headers %j it gives %j', async (headers, token) => {
  const credential: Credential = { kind: 'entra-id', headers: () => headers, refresh: async () => false };
  expect(await tokenProvider(credential, { scope })()).toBe(token);
});

test('rejects with the reason of an aborted `signal`', async () => {
  const reason = new Error('shutting down');
  await expect(tokenProvider(tokens(), { scope, signal: AbortSignal.abort(reason) })()).rejects.toBe(reason);
});
