import type { Credential } from '../credential.ts';
import { boundedCache } from './bounded-cache.ts';
import { entraId } from './entra-id.ts';
import { identityCredential } from './identity-credential.ts';
import { createPerUserCredentials } from './per-user.ts';
import type { UserToken } from './per-user.ts';

/**
 * The app that acts, and the user that it acts for. The app proves itself by one of `clientSecret`, `certificatePath`
 * and `clientAssertion`.
 */
export interface OnBehalfOfOptions {
  /**
   * The access token that the signed-in person got for this app. A function is asked for each call, so that one client can
   * serve everybody (keep the token of a request in an `AsyncLocalStorage`).
   */
  readonly userToken: UserToken;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly certificatePath?: string;
  /** A token that stands for the app, for example of its managed identity: no secret at all. */
  readonly clientAssertion?: () => Promise<string>;
  readonly authorityHost?: string;
  readonly disableInstanceDiscovery?: boolean;
  /**
   * How many users are remembered; the least recently used are forgotten first.
   * @default 1000
   */
  readonly maxUsers?: number;
  /** @default 15_000 */
  readonly timeoutMs?: number;
}

type App = Omit<OnBehalfOfOptions, 'userToken'>;
type Users = ReturnType<typeof createPerUserCredentials>;

/** Each app has one store of users in the process, however often `onBehalfOf` is called. */
const mostApps = 100;
const apps = boundedCache<Users>(mostApps);
const appsOfAssertion = new WeakMap<() => Promise<string>, typeof apps>();

/**
 * Signs calls with the rights of the signed-in person (OAuth 2.0 on-behalf-of). Tokens are kept per user token and bounded in
 * number; no user ever gets the token of another one.
 *
 * @throws TypeError when an option is missing, or when the app has no proof or several.
 */
export function onBehalfOf({ userToken, ...app }: OnBehalfOfOptions): Credential {
  if (typeof userToken !== 'function' && (typeof userToken !== 'string' || userToken.trim() === '')) {
    throw new TypeError(
      'Cannot call on behalf of a user: `userToken` is empty. Pass the access token of the signed-in person.',
    );
  }
  return usersOf(app)(userToken);
}

function usersOf(app: App): Users {
  const known = app.clientAssertion === undefined ? apps : ofAssertion(app.clientAssertion);
  const key = JSON.stringify(Object.entries(app).sort());
  return known(key, () => {
    check(app);
    return createPerUserCredentials({
      credentialOf: (userToken) => credentialOf(app, userToken),
      maxUsers: app.maxUsers ?? 1000,
      now: Date.now,
    });
  });
}

function ofAssertion(clientAssertion: () => Promise<string>): typeof apps {
  const known = appsOfAssertion.get(clientAssertion) ?? boundedCache<Users>(mostApps);
  appsOfAssertion.set(clientAssertion, known);
  return known;
}

function check({
  tenantId,
  clientId,
  clientSecret,
  certificatePath,
  clientAssertion,
  maxUsers = 1,
}: App): void {
  for (const [name, value] of Object.entries({ tenantId, clientId })) {
    if (typeof value !== 'string' || value === '')
      throw new TypeError(`Cannot call on behalf of a user: \`${name}\` is empty. Set it.`);
  }
  const proofs = [clientSecret, certificatePath, clientAssertion].filter(
    (proof) => proof !== undefined && proof !== '',
  );
  if (proofs.length !== 1) {
    throw new TypeError(
      `Cannot call on behalf of a user: ${proofs.length} proofs of the app are given. Give one of \`clientSecret\`, \`certificatePath\`, \`clientAssertion\`.`,
    );
  }
  if (!Number.isInteger(maxUsers) || maxUsers < 1) {
    throw new RangeError(
      `Cannot call on behalf of a user: \`maxUsers\` is ${maxUsers}. Give a whole number from 1.`,
    );
  }
}

function credentialOf(app: App, userAssertionToken: string): Credential {
  const { tenantId, clientId, clientSecret, certificatePath, clientAssertion, timeoutMs = 15_000 } = app;
  const { authorityHost, disableInstanceDiscovery } = app;
  const lazy = identityCredential(
    ({ OnBehalfOfCredential }, shared) => {
      const common = { ...shared, tenantId, clientId, userAssertionToken };
      if (clientSecret !== undefined) return new OnBehalfOfCredential({ ...common, clientSecret });
      if (certificatePath !== undefined) return new OnBehalfOfCredential({ ...common, certificatePath });
      return new OnBehalfOfCredential({ ...common, getAssertion: clientAssertion ?? noAssertion });
    },
    {
      timeoutMs,
      ...(authorityHost === undefined ? {} : { authorityHost }),
      ...(disableInstanceDiscovery === undefined ? {} : { disableInstanceDiscovery }),
      forgetful: true,
      secrets: [userAssertionToken, ...(clientSecret === undefined ? [] : [clientSecret])],
    },
  );
  return entraId(lazy, { timeoutMs });
}

function noAssertion(): Promise<string> {
  return Promise.reject(
    new TypeError('Cannot call on behalf of a user: `clientAssertion` is missing. Set it.'),
  );
}
