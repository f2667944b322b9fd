import type * as Identity from '@azure/identity';
import type { GetTokenOptions, TokenCredential } from '@azure/identity';
import { lazyCredential } from './lazy-credential.ts';
import type { LazyCredential, LazyCredentialOptions } from './lazy-credential.ts';
import { tokenEndpoint } from './token-endpoint.ts';
import type { TokenEndpoint, TokenEndpointPolicy } from './token-endpoint.ts';

/** Where tokens are requested, and how long a request may take. */
export interface AuthorityOptions {
  /** @default `AZURE_AUTHORITY_HOST`, else the public cloud */
  readonly authorityHost?: string;
  /** @default true when the authority is on loopback, which Microsoft's directory cannot know */
  readonly disableInstanceDiscovery?: boolean;
  /** One request to the token endpoint may take this long. */
  readonly timeoutMs: number;
}

/** What every credential class of `@azure/identity` is built with. */
export interface SharedOptions {
  readonly authorityHost?: string;
  readonly disableInstanceDiscovery: boolean;
  readonly retryOptions: { readonly maxRetries: number; readonly retryDelayInMs: number };
  /** A tenant that is named in the config is allowed. */
  readonly additionallyAllowedTenants: string[];
  /** Developer tools are killed after this time, early enough for the error to name the tool. */
  readonly processTimeoutInMs: number;
  readonly additionalPolicies: { policy: TokenEndpointPolicy; position: 'perRetry' }[];
}

/** A credential of `@azure/identity`, which is loaded with the first token. */
export function identityCredential(
  create: (identity: typeof Identity, shared: SharedOptions) => TokenCredential,
  options: AuthorityOptions & LazyCredentialOptions,
): LazyCredential {
  const endpoint = tokenEndpoint(options);
  const lazy = lazyCredential(
    async () => create(await import('@azure/identity'), sharedOptions(options, endpoint)),
    options,
  );
  return Object.freeze({
    ...lazy,
    async getToken(scopes: string | string[], asked?: GetTokenOptions) {
      endpoint.throwIfThrottled();
      try {
        return await lazy.getToken(scopes, asked);
      } catch (error) {
        // MSAL turns every failure into a network error.
        endpoint.throwIfThrottled();
        throw error;
      }
    },
  });
}

/** The options that credentials of developer tools accept: those send no requests themselves. */
export function toolOptions({
  additionallyAllowedTenants,
  processTimeoutInMs,
}: SharedOptions): Pick<SharedOptions, 'additionallyAllowedTenants' | 'processTimeoutInMs'> {
  return { additionallyAllowedTenants, processTimeoutInMs };
}

function sharedOptions(
  { authorityHost, disableInstanceDiscovery, timeoutMs }: AuthorityOptions,
  { policy }: TokenEndpoint,
): SharedOptions {
  const authority = authorityHost ?? process.env['AZURE_AUTHORITY_HOST'];
  return {
    ...(authorityHost === undefined ? {} : { authorityHost }),
    disableInstanceDiscovery: disableInstanceDiscovery ?? isLoopback(authority),
    // A short failure is retried here, for up to two seconds. Our own back-off handles longer ones.
    retryOptions: { maxRetries: 3, retryDelayInMs: 250 },
    additionallyAllowedTenants: ['*'],
    processTimeoutInMs: Math.ceil(timeoutMs * 0.8),
    additionalPolicies: [{ policy, position: 'perRetry' }],
  };
}

function isLoopback(authority: string | undefined): boolean {
  const host = authority === undefined ? undefined : URL.parse(authority)?.hostname;
  return host !== undefined && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
}
