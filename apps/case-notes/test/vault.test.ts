import { randomBytes } from 'node:crypto';
import { startMockAzure } from '@aoai/testing';
import { expect, test } from 'vitest';
import { vaultWrapping } from '../src/store/vault-wrapping.ts';

test('a data key is wrapped and unwrapped by Key Vault, by the version that wrapped it', async () => {
  const mock = await startMockAzure({ vault: { keys: ['notes'] } });
  mock.identity.trust();
  try {
    const wrapping = vaultWrapping(mock.vault.endpoint, 'notes', mock.credential());
    const key = randomBytes(32);
    const wrapped = await wrapping.wrap(key);
    expect(wrapped.keyId).toBe(await wrapping.currentKeyId());
    expect(wrapped.bytes.includes(key)).toBe(false);
    expect(await wrapping.unwrap(wrapped)).toEqual(key);
    await expect(wrapping.unwrap({ ...wrapped, bytes: randomBytes(256) })).rejects.toThrow();
  } finally {
    await mock.close();
  }
});
