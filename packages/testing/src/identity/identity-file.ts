import type { KeyVaultOptions } from '../vault/key-vault.ts';
import type { DirectoryOptions } from './directory.ts';

/** What a file says of a tenant: its apps, people, groups and roles, and what its Key Vault holds. */
export type IdentityFile = DirectoryOptions & { readonly vault?: KeyVaultOptions };
