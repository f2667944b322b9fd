import type { TokenCredential } from '@azure/identity';
import type { Credential } from './credential.ts';
import { createTokenSource } from './token-source.ts';
import type { TokenSource } from './token-source.ts';

/** How `entraId` keeps its tokens. */
export interface EntraIdOptions {
  /**
   * How long one token request may take.
   * @default 15_000
   */
  readonly timeoutMs?: number;
  readonly now?: () => number;
  readonly random?: () => number;
}

/** One cache for the process: as many clients as you like, one token request per credential and scope. */
const sources = new WeakMap<TokenCredential, Map<string, TokenSource>>();

/**
 * Signs calls with Entra ID tokens of `credential`, any `TokenCredential`. Tokens are shared by the whole process, fetched
 * once, refreshed before they expire and kept while a refresh fails.
 */
export function entraId(
  credential: TokenCredential = defaultCredential,
  options: EntraIdOptions = {},
): Credential {
  if (typeof (credential as Partial<TokenCredential> | null)?.getToken !== 'function') {
    throw new TypeError(
      'Cannot sign in: `credential` has no `getToken`. Give a credential of "@azure/identity".',
    );
  }
  let tokens = sources.get(credential);
  if (tokens === undefined) {
    tokens = new Map();
    sources.set(credential, tokens);
  }
  const ofScope = tokens;
  function source(scope: string): TokenSource {
    const known = ofScope.get(scope);
    if (known !== undefined) return known;
    const created = createSource(credential, scope, options);
    ofScope.set(scope, created);
    return created;
  }
  return Object.freeze<Credential>({
    kind: 'entra-id',
    headers: ({ scope, signal }) => source(scope).headers(signal),
    refresh: ({ scope, ...refused }) => source(scope).refresh(refused),
  });
}

function createSource(credential: TokenCredential, scope: string, options: EntraIdOptions): TokenSource {
  const { timeoutMs = 15_000, now = Date.now, random = Math.random } = options;
  return createTokenSource({
    scope,
    timeoutMs,
    now,
    random,
    ask: ({ signal, claims }) =>
      // `enableCae` says that claims challenges are understood, as Azure's own SDKs do.
      credential.getToken(scope, {
        abortSignal: signal,
        enableCae: true,
        ...(claims === undefined ? {} : { claims }),
      }),
  });
}

let loaded: Promise<TokenCredential> | undefined;

const defaultCredential: TokenCredential = {
  getToken: async (scopes, options) => (await loadDefault()).getToken(scopes, options),
};

async function loadDefault(): Promise<TokenCredential> {
  loaded ??= import('@azure/identity').then(({ DefaultAzureCredential }) => new DefaultAzureCredential());
  return loaded;
}
