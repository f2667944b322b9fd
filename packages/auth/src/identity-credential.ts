import type * as Identity from '@azure/identity';
import type { TokenCredential } from '@azure/identity';
import { lazyCredential } from './lazy-credential.ts';
import type { LazyCredential, LazyCredentialOptions } from './lazy-credential.ts';

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
  readonly additionalPolicies: { policy: DeadlinePolicy; position: 'perRetry' }[];
}

interface DeadlinePolicy {
  readonly name: string;
  sendRequest<Request extends { timeout: number }, Response>(
    request: Request,
    next: (request: Request) => Promise<Response>,
  ): Promise<Response>;
}

/** A credential of `@azure/identity`, which is loaded with the first token. */
export function identityCredential(
  create: (identity: typeof Identity, shared: SharedOptions) => TokenCredential,
  options: AuthorityOptions & LazyCredentialOptions,
): LazyCredential {
  return lazyCredential(async () => create(await import('@azure/identity'), sharedOptions(options)), options);
}

function sharedOptions({
  authorityHost,
  disableInstanceDiscovery,
  timeoutMs,
}: AuthorityOptions): SharedOptions {
  const authority = authorityHost ?? process.env['AZURE_AUTHORITY_HOST'];
  return {
    ...(authorityHost === undefined ? {} : { authorityHost }),
    disableInstanceDiscovery: disableInstanceDiscovery ?? isLoopback(authority),
    // A hiccup is sat out here, within two seconds; what lasts longer is a matter of our own back-off.
    retryOptions: { maxRetries: 3, retryDelayInMs: 250 },
    // Azure's pipeline has no limit of its own: a token endpoint that hangs would hold its socket for ever.
    additionalPolicies: [{ policy: deadlinePolicy(timeoutMs), position: 'perRetry' }],
  };
}

function deadlinePolicy(timeoutMs: number): DeadlinePolicy {
  return {
    name: 'aoaiDeadline',
    sendRequest: (request, next) => {
      if (request.timeout === 0) request.timeout = timeoutMs;
      return next(request);
    },
  };
}

function isLoopback(authority: string | undefined): boolean {
  const host = authority === undefined ? undefined : URL.parse(authority)?.hostname;
  return host !== undefined && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
}
