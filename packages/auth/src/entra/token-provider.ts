import type { TokenCredential } from '@azure/identity';
import type { AuthHeaders, Credential } from '../credential.ts';
import { entraId } from './entra-id.ts';

/** What `tokenProvider` asks tokens for. */
export interface TokenProviderOptions {
  /** Audience of the tokens; see `scopeFor`. */
  readonly scope: string;
  readonly signal?: AbortSignal;
}

/**
 * Gives the function that the raw `openai`, AI SDK and LangChain clients take for a token. For an API key it returns
 * the key, which the v1 surface accepts in the same place.
 */
export function tokenProvider(
  credential: Credential | TokenCredential,
  options: TokenProviderOptions,
): () => Promise<string> {
  const signer = 'headers' in credential ? credential : entraId(credential);
  return async () => bare(await signer.headers(options));
}

function bare(headers: AuthHeaders): string {
  return headers['authorization']?.replace(/^Bearer /, '') ?? headers['api-key'] ?? '';
}
