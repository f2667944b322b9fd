import type { AuthHeaders, Credential } from '../credential.ts';
import { describeToken } from '../token/describe-token.ts';
import { CredentialError } from '../errors.ts';

/** The user token of the current call. */
export type UserToken = string | (() => string | Promise<string>);

export interface PerUserOptions {
  /** Makes the credential of one user token. */
  readonly credentialOf: (userToken: string) => Credential;
  /** How many users are remembered; the least recently used are dropped first. */
  readonly maxUsers: number;
  readonly now: () => number;
}

interface User {
  readonly credential: Credential;
  readonly endsAtMs: number;
}

/** How much the clocks of Entra ID and of this machine may differ. */
const skewMs = 5 * 60_000;

/**
 * Creates credentials that sign each call as its own user. Each distinct user token is a separate user: claims of a
 * forged token could name anybody. An expired user token serves nobody, even if an access token for it is still
 * cached.
 */
export function createPerUserCredentials({
  credentialOf,
  maxUsers,
  now,
}: PerUserOptions): (userToken: UserToken) => Credential {
  const users = new Map<string, User>();

  function of(given: unknown): Credential {
    const userToken = checked(given);
    const known = users.get(userToken);
    const endsAtMs = known?.endsAtMs ?? endOf(userToken);
    // A map keeps the order of insertion: the first key is the least recently used one.
    users.delete(userToken);
    if (now() >= endsAtMs) throw expired();
    const user = known ?? { credential: credentialOf(userToken), endsAtMs };
    users.set(userToken, user);
    const [oldest] = users.size > maxUsers ? users.keys() : [];
    if (oldest !== undefined) users.delete(oldest);
    return user.credential;
  }

  return (userToken) => {
    const current = typeof userToken === 'string' ? () => userToken : userToken;
    return Object.freeze<Credential>({
      kind: 'entra-id',
      headers: (request): AuthHeaders | Promise<AuthHeaders> => {
        const token = current();
        if (token instanceof Promise) return token.then((one) => of(one).headers(request));
        return of(token).headers(request);
      },
      refresh: async (request) => of(await current()).refresh(request),
    });
  };
}

function checked(userToken: unknown): string {
  const token = typeof userToken === 'string' ? userToken.replace(/^Bearer\s+/i, '').trim() : '';
  if (token !== '') return token;
  throw new TypeError(
    'Cannot call on behalf of a user: `userToken` is empty. Pass the access token of the signed-in person.',
  );
}

/** The expiry that the token claims. It is not verified: a forged one gains nothing, because Entra ID refuses the token. */
function endOf(userToken: string): number {
  try {
    return (describeToken(userToken).expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) + skewMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function expired(): CredentialError {
  return new CredentialError(
    'Cannot call on behalf of a user: `userToken` has expired. Have the person sign in again and pass the new access token.',
  );
}
