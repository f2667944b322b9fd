import type { GetTokenOptions, TokenCredential } from '@azure/identity';
import { safeCause } from '../redact.ts';

/** A credential that is built when it is first asked, and can forget what it has cached. */
export interface LazyCredential extends TokenCredential {
  /** Drops the instance, and with it the cache of tokens that MSAL keeps in it. */
  renew(): void;
}

/** How long a credential lives, and what its errors must not name. */
export interface LazyCredentialOptions {
  readonly secrets?: readonly string[];
  /** Every token is asked of a new instance: for many users, whose caches would only fill the memory. @default false */
  readonly forgetful?: boolean;
}

/** Puts off `build` to the first token. */
export function lazyCredential(
  build: () => Promise<TokenCredential>,
  { secrets = [], forgetful = false }: LazyCredentialOptions = {},
): LazyCredential {
  let built: Promise<TokenCredential> | undefined;
  return Object.freeze({
    async getToken(scopes: string | string[], asked?: GetTokenOptions) {
      const building = (built ??= build());
      try {
        const token = await (await building).getToken(scopes, asked);
        if (forgetful && built === building) built = undefined;
        return token;
      } catch (error) {
        // After a 5xx MSAL refuses to ask again for a minute, whatever the endpoint does by then. When to ask again is ours
        // to say, so the next request gets an instance that remembers nothing. So does one that could not be built.
        if (built === building) built = undefined;
        throw safeCause(error, secrets);
      }
    },
    renew() {
      built = undefined;
    },
  });
}
