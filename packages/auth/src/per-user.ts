import type { AuthHeaders, Credential } from './credential.ts';

/** The user token of the call that is being made. */
export type UserToken = string | (() => string | Promise<string>);

/**
 * Creates a credential that signs each call as its own user. `credentialOf` makes the credential of one user token; at most
 * `maxUsers` of them are kept, the least recently used go first. A user is known by the whole token and by nothing in it:
 * claims of a forged token could name anybody.
 */
export function createPerUserCredentials(
  credentialOf: (userToken: string) => Credential,
  maxUsers: number,
): (userToken: UserToken) => Credential {
  const users = new Map<string, Credential>();

  function of(userToken: string): Credential {
    const credential = users.get(userToken) ?? credentialOf(userToken);
    // A map keeps the order of insertion: the first key is the one that was not used for longest.
    users.delete(userToken);
    users.set(userToken, credential);
    if (users.size > maxUsers) {
      for (const oldest of users.keys()) {
        users.delete(oldest);
        break;
      }
    }
    return credential;
  }

  return (userToken) => {
    const current = typeof userToken === 'string' ? () => userToken : userToken;
    return Object.freeze<Credential>({
      kind: 'entra-id',
      headers: (request): AuthHeaders | Promise<AuthHeaders> => {
        const token = current();
        if (typeof token === 'string') return of(checked(token)).headers(request);
        return token.then((one) => of(checked(one)).headers(request));
      },
      refresh: async (request) => of(checked(await current())).refresh(request),
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
