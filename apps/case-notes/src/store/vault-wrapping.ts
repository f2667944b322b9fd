import type { TokenCredential } from '@azure/core-auth';
import { CryptographyClient, KeyClient } from '@azure/keyvault-keys';
import type { KeyWrapping } from './key-wrapping.ts';

/**
 * Data keys wrapped by a key of Azure Key Vault, which never leaves the vault. The identity needs the role
 * _Key Vault Crypto User_ on that key.
 */
export function vaultWrapping(vaultUrl: string, keyName: string, credential: TokenCredential): KeyWrapping {
  // A vault on this machine, for tests, has another host than the one that tokens are for. Every other host is checked.
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(vaultUrl).hostname);
  const options = { disableChallengeResourceVerification: isLoopback };
  const keys = new KeyClient(vaultUrl, credential, options);
  const currentKeyId = async () => {
    const { id } = await keys.getKey(keyName);
    if (id === undefined) throw new Error(`Key Vault returned no id for key "${keyName}".`);
    return id;
  };
  return {
    currentKeyId,
    wrap: async (key) => {
      const keyId = await currentKeyId();
      const { result } = await new CryptographyClient(keyId, credential, options).wrapKey(
        'RSA-OAEP-256',
        key,
      );
      return { keyId, bytes: Buffer.from(result) };
    },
    unwrap: async ({ keyId, bytes }) => {
      const { result } = await new CryptographyClient(keyId, credential, options).unwrapKey(
        'RSA-OAEP-256',
        bytes,
      );
      return Buffer.from(result);
    },
  };
}
