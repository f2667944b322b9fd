import type { GetTokenOptions, TokenCredential } from '@azure/identity';
import { safeCause } from '../redact.ts';

/** A credential that is built on first use, and can drop its cache. */
export interface LazyCredential extends TokenCredential {
  /** Drops the instance, and with it the cache of tokens that MSAL keeps in it. */
  renew(): void;
}

/** How long a credential lives, and which secrets its errors must not show. */
export interface LazyCredentialOptions {
  readonly secrets?: readonly string[];
  /** Uses a new instance for every token: the caches of many users would only fill the memory. @default false */
  readonly forgetful?: boolean;
}

/** Calls `build` when the first token is requested. */
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
        // After a 5xx MSAL refuses to ask again for a minute, even if the endpoint has recovered. Our back-off
        // decides that, so the next request gets a new instance. So does the request after a failed build.
        if (built === building) built = undefined;
        throw safeCause(error, secrets);
      }
    },
    renew() {
      built = undefined;
    },
  });
}
