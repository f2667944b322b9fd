import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import { links } from './chain-links.ts';
import type { ChainLink } from './chain-links.ts';
import type { CredentialError } from '../errors.ts';
import type { TriedCredential } from '../errors.ts';
import { identityCredential } from './identity-credential.ts';
import type { AuthorityOptions } from './identity-credential.ts';
import { nothingFound, unavailability } from './nothing-found.ts';
import { isUnavailable } from './unavailable.ts';

/** After a search that found nothing: how long until the next search. */
const rememberMs = 10_000;

interface LiveLink extends ChainLink {
  readonly lazy: TokenCredential;
}

/**
 * The credential of a machine, whatever it has: the chain of `DefaultAzureCredential` in its order, narrowed by
 * `AZURE_TOKEN_CREDENTIALS`. All credentials are checked at the same time, so that callers do not wait for those that
 * cannot work here.
 */
export function defaultChain(
  options: AuthorityOptions,
  env: NodeJS.ProcessEnv = process.env,
): TokenCredential {
  let chain: readonly LiveLink[] | undefined;
  let winner: LiveLink | undefined;
  let hasEverWorked = false;
  let failed: { readonly error: CredentialError; readonly atMs: number } | undefined;

  async function getToken(scopes: string | string[], asked?: GetTokenOptions): Promise<AccessToken | null> {
    if (failed !== undefined && Date.now() - failed.atMs < rememberMs && Date.now() >= failed.atMs)
      throw failed.error;
    chain ??= links(env).map((link) => ({
      ...link,
      lazy: identityCredential(link.create, { ...options, secrets: secretsOf(env) }),
    }));
    const tried: TriedCredential[] = [];
    if (winner !== undefined) {
      const outcome = await tryLink(winner, scopes, asked);
      if ('token' in outcome) return outcome;
      winner = undefined;
    }
    const problems = chain.map((link) => link.problem());
    for (const [index, link] of chain.entries()) {
      const problem = await problems[index];
      const outcome = problem === undefined ? await tryLink(link, scopes, asked) : { problem, fix: link.fix };
      if ('token' in outcome) {
        winner = link;
        hasEverWorked = true;
        return outcome;
      }
      tried.push({ credential: link.name, ...outcome });
    }
    const error = nothingFound(tried);
    // A credential that has worked before gets the usual back-off only.
    if (!hasEverWorked) failed = { error, atMs: Date.now() };
    throw error;
  }

  return { getToken };
}

function secretsOf(env: NodeJS.ProcessEnv): readonly string[] {
  const names = [
    'AZURE_CLIENT_SECRET',
    'AZURE_CLIENT_CERTIFICATE_PASSWORD',
    'AZURE_PASSWORD',
    'IDENTITY_HEADER',
  ];
  return names.map((name) => env[name] ?? '');
}

type Unavailable = Omit<TriedCredential, 'credential'>;

/** The next credential is tried only when this one is not available. A refusal ends the search. */
async function tryLink(
  link: LiveLink,
  scopes: string | string[],
  asked?: GetTokenOptions,
): Promise<AccessToken | Unavailable> {
  try {
    const token = await link.lazy.getToken(scopes, asked);
    return token ?? { problem: 'it has no token', fix: link.fix, wasAsked: true };
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return { ...unavailability(error, link.fix), wasAsked: true };
  }
}
