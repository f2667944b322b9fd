import type { KeyVaultOptions } from '../vault/key-vault.ts';
import type { DirectoryOptions } from './directory.ts';

/** The contents of an identity file: apps, people, groups, roles, and the contents of the Key Vault. */
export type IdentityFile = DirectoryOptions & { readonly vault?: KeyVaultOptions };
