import type * as Identity from '@azure/identity';
import type { GetTokenOptions, TokenCredential } from '@azure/identity';
import { lazyCredential } from './lazy-credential.ts';
import type { LazyCredential, LazyCredentialOptions } from './lazy-credential.ts';
import { tokenEndpoint } from './token-endpoint.ts';
import type { TokenEndpoint, TokenEndpointPolicy } from './token-endpoint.ts';

/** Where tokens are asked for, and how long. */
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
  /** Who names the tenant of an account in a config has allowed it. */
  readonly additionallyAllowedTenants: string[];
  /** Developer tools are ended after so long; it leaves time to say which one it was. */
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
        // MSAL makes a network error of everything.
        endpoint.throwIfThrottled();
        throw error;
      }
    },
  });
}

/** What the credentials of developer tools take of the options: they send no requests of their own. */
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
    // A hiccup is sat out here, within two seconds; what lasts longer is a matter of our own back-off.
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
