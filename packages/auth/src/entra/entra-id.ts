import type { TokenCredential } from '@azure/identity';
import type { Credential } from '../credential.ts';
import { boundedCache } from './bounded-cache.ts';
import { credentialFor } from './entra-source.ts';
import type { EntraIdSource } from './entra-source.ts';
import type { LazyCredential } from './lazy-credential.ts';
import { isUnavailable } from './unavailable.ts';
import { createTokenSource } from '../token/token-source.ts';
import type { TokenSource } from '../token/token-source.ts';

/** How `entraId` asks for tokens. */
export interface EntraIdOptions {
  /**
   * How long one token request may take.
   * @default 15_000
   */
  readonly timeoutMs?: number;
  /**
   * Where tokens come from. A `TokenCredential` of your own has its own setting.
   * @default `AZURE_AUTHORITY_HOST`, else the public cloud
   */
  readonly authorityHost?: string;
  /** @default true when the authority is on loopback */
  readonly disableInstanceDiscovery?: boolean;
  readonly now?: () => number;
  readonly random?: () => number;
}

/** One cache for the process: all clients together make one token request per credential, scope and tenant. */
const sources = new WeakMap<TokenCredential, ReturnType<typeof boundedCache<TokenSource>>>();
const mostSources = 1000;

/**
 * Signs calls with Entra ID tokens: of any `TokenCredential`, of one way to sign in (`{ managedIdentity: true }`), or of what
 * the machine has (environment, workload identity, managed identity, developer tools; narrowed by
 * `AZURE_TOKEN_CREDENTIALS`). The whole process shares one token per credential and scope. It is refreshed before it ends,
 * in the background, and the old one is used while refreshing fails.
 *
 * @throws TypeError when `source` is neither a `TokenCredential` nor one complete way to sign in.
 */
export function entraId(source?: TokenCredential | EntraIdSource, options: EntraIdOptions = {}): Credential {
  const credential = resolve(source, options);
  const ofScope = sources.get(credential) ?? boundedCache<TokenSource>(mostSources);
  sources.set(credential, ofScope);
  const sourceOf = ({ scope, tenantId }: Wanted): TokenSource =>
    ofScope(tenantId === undefined ? scope : `${scope} ${tenantId}`, () =>
      createSource(credential, { scope, tenantId }, options),
    );
  return Object.freeze<Credential>({
    kind: 'entra-id',
    headers: (request) => sourceOf(request).headers(request.signal),
    refresh: ({ scope, tenantId, ...refused }) => sourceOf({ scope, tenantId }).refresh(refused),
  });
}

interface Wanted {
  readonly scope: string;
  readonly tenantId?: string | undefined;
}

function resolve(
  source: TokenCredential | EntraIdSource | undefined,
  { timeoutMs = 15_000, authorityHost, disableInstanceDiscovery }: EntraIdOptions,
): TokenCredential {
  const given: unknown = source;
  if (given === null || (given !== undefined && typeof given !== 'object')) {
    throw new TypeError(
      `Cannot sign in with a value of type "${given === null ? 'null' : typeof given}": give a \`TokenCredential\` or a way to sign in.`,
    );
  }
  if (source !== undefined && 'getToken' in source) return source;
  return credentialFor(source, {
    timeoutMs,
    ...(authorityHost === undefined ? {} : { authorityHost }),
    ...(disableInstanceDiscovery === undefined ? {} : { disableInstanceDiscovery }),
  });
}

function createSource(
  credential: TokenCredential,
  { scope, tenantId }: Wanted,
  options: EntraIdOptions,
): TokenSource {
  const { timeoutMs = 15_000, now = Date.now, random = Math.random } = options;
  return createTokenSource({
    timeoutMs,
    now,
    random,
    sign: (token) => ({ authorization: `Bearer ${token}` }),
    // Loaded on the first failure: most processes never need it.
    explain: async (cause) => (await import('./sign-in-error.ts')).explainSignIn(cause, scope),
    ask: ({ signal, claims, force }) => {
      if (force && isLazy(credential)) credential.renew();
      // `enableCae` says that claims challenges are understood, as Azure's own SDKs do.
      const tenant = tenantId === undefined ? {} : { tenantId };
      const request = { abortSignal: signal, enableCae: true, ...tenant };
      return claims === undefined
        ? credential.getToken(scope, request)
        : credential.getToken(scope, { ...request, claims }).catch((error: unknown) => {
            // The Azure CLI accepts no claims. They are for `az login`; after that the CLI has another token.
            if (!isUnavailable(error)) throw error;
            return credential.getToken(scope, request);
          });
    },
  });
}

function isLazy(credential: TokenCredential): credential is LazyCredential {
  return 'renew' in credential && typeof credential.renew === 'function';
}
