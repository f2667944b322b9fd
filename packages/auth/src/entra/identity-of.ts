import type { TokenCredential } from '@azure/identity';
import type { Credential } from '../credential.ts';
import { describeToken } from '../token/describe-token.ts';
import type { TokenDescription } from '../token/describe-token.ts';
import { entraId } from './entra-id.ts';

/** Who calls, in a form that may be logged. */
export type Identity =
  | ({ readonly kind: 'entra-id' } & TokenDescription)
  | {
      readonly kind: 'api-key';
      /** The start of the SHA-256 of the key: distinguishes keys without revealing them. */
      readonly fingerprint: string;
    };

export interface IdentityOptions {
  /** @default 'https://cognitiveservices.azure.com/.default' */
  readonly scope?: string;
  readonly signal?: AbortSignal;
}

/** Tells who `credential` signs as, for audit logs: the principal and tenant of a token, or the fingerprint of a key. */
export async function identityOf(
  credential: Credential | TokenCredential,
  { scope = 'https://cognitiveservices.azure.com/.default', ...rest }: IdentityOptions = {},
): Promise<Identity> {
  const signer = 'headers' in credential ? credential : entraId(credential);
  const headers = await signer.headers({ scope, ...rest });
  const [secret = ''] = Object.values(headers);
  if (signer.kind === 'entra-id') return { kind: 'entra-id', ...describeToken(secret) };
  const { createHash } = await import('node:crypto');
  return { kind: 'api-key', fingerprint: createHash('sha256').update(secret).digest('hex').slice(0, 8) };
}
