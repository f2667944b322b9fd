// How to use it: `createSignIn(azure.settings)` signs people in with Entra ID (authorization code with PKCE). The settings
// are SIGN_IN_AUTHORITY, SIGN_IN_CLIENT_ID, SIGN_IN_CLIENT_SECRET, SIGN_IN_SCOPE. `site.ts` puts it behind addresses;
// `signIn.onBehalfOf(session)` is a credential with the person's own rights. The same file stands in every sample.
import { onBehalfOf, type Credential } from '@aoai/auth';
import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import * as oidc from 'openid-client';
import { isLoopback } from './azure.ts';
import type { Person, Session, SignedIn } from './session.ts';

/** What has to come back from the browser for a sign-in to be finished. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

export interface SignIn {
  /** Where to send the browser, and what to keep on the server until it comes back. */
  begin(redirectUri: string): Promise<{ readonly url: URL; readonly pending: PendingSignIn }>;
  /** The person who came back to `url`. @throws when anything about it is wrong. */
  finish(url: URL, pending: PendingSignIn): Promise<SignedIn>;
  refresh(signedIn: SignedIn): Promise<SignedIn>;
  /** Calls services with the person's own rights. */
  onBehalfOf(session: Session): Credential;
}

/** @throws when settings are missing. Entra ID is first asked when somebody signs in. */
export function createSignIn(settings: Readonly<Record<string, string | undefined>>): SignIn {
  const { SIGN_IN_AUTHORITY: authority, SIGN_IN_CLIENT_ID: clientId, SIGN_IN_SCOPE: scope } = settings;
  const {
    SIGN_IN_CLIENT_SECRET: clientSecret,
    MICROSOFT_GRAPH_ENDPOINT: graph = 'https://graph.microsoft.com',
  } = settings;
  if (!authority || !clientId || !clientSecret || !scope)
    throw new Error(
      'Cannot sign people in: set `SIGN_IN_AUTHORITY`, `SIGN_IN_CLIENT_ID`, `SIGN_IN_CLIENT_SECRET` and `SIGN_IN_SCOPE`. README.md says where they come from.',
    );
  const tenantId = new URL(authority).pathname.split('/')[1] ?? '';
  const scopes = `openid profile offline_access ${scope}`;
  const app = {
    tenantId,
    clientId,
    clientSecret,
    authorityHost: new URL(authority).origin,
    disableInstanceDiscovery: isLoopback(authority),
  };

  let discovered: Promise<oidc.Configuration> | undefined;
  const configuration = (): Promise<oidc.Configuration> => {
    // The mock shows its pages without TLS, so that a browser does not warn.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- for an authority on this machine only
    const execute = isLoopback(authority) ? [oidc.allowInsecureRequests] : [];
    discovered ??= oidc.discovery(new URL(authority), clientId, clientSecret, undefined, { execute });
    discovered.catch(() => (discovered = undefined));
    return discovered;
  };

  let keys: ReturnType<typeof createRemoteJWKSet> | undefined;
  /** The claims of a token that was issued by this tenant, for this app, and is valid now. */
  async function verify(accessToken: string): Promise<JWTPayload> {
    const { jwks_uri: address = '', issuer } = (await configuration()).serverMetadata();
    keys ??= createRemoteJWKSet(new URL(address));
    const { payload } = await jwtVerify(accessToken, keys, {
      algorithms: ['RS256'],
      audience: [clientId ?? '', `api://${clientId ?? ''}`],
      // An app registration issues tokens of version 1.0 unless its manifest asks for 2.0.
      issuer: [issuer, `https://sts.windows.net/${tenantId}/`],
    });
    return payload;
  }

  async function signedIn(tokens: oidc.TokenEndpointResponse): Promise<SignedIn> {
    const claims = await verify(tokens.access_token);
    const groups = hasTooManyGroups(claims)
      ? await groupsFromGraph(tokens.access_token)
      : texts(claims.groups);
    return {
      person: personOf(claims, groups),
      accessToken: tokens.access_token,
      expiresAtMs: (claims.exp ?? 0) * 1000,
      refreshToken: tokens.refresh_token,
    };
  }

  /** A token has room for 200 groups. Who is in more is asked for at Microsoft Graph. */
  async function groupsFromGraph(userToken: string): Promise<string[]> {
    const credential = onBehalfOf({ ...app, userToken });
    const headers = await credential.headers({ scope: 'https://graph.microsoft.com/.default' });
    const groups: string[] = [];
    let next: string | undefined =
      `${graph}/v1.0/me/transitiveMemberOf/microsoft.graph.group?$select=id&$top=999`;
    while (next !== undefined) {
      const response = await fetch(next, { headers: { ...headers } });
      if (!response.ok)
        throw new Error(`Cannot read the groups of a person: Microsoft Graph answered ${response.status}.`);
      const page = (await response.json()) as { value: { id: string }[]; '@odata.nextLink'?: string };
      groups.push(...page.value.map(({ id }) => id));
      next = page['@odata.nextLink'];
    }
    return groups;
  }

  return {
    async begin(redirectUri) {
      const [state, nonce, verifier] = [
        oidc.randomState(),
        oidc.randomNonce(),
        oidc.randomPKCECodeVerifier(),
      ];
      const url = oidc.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: scopes,
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return { url, pending: { state, nonce, verifier, redirectUri } };
    },
    async finish(url, { state, nonce, verifier, redirectUri }) {
      const returned = new URL(redirectUri);
      returned.search = url.search;
      const tokens = await oidc.authorizationCodeGrant(await configuration(), returned, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      return signedIn(tokens);
    },
    async refresh({ refreshToken, person }) {
      if (refreshToken === undefined) throw new Error('The sign-in has ended. Sign in again.');
      const tokens = await oidc.refreshTokenGrant(await configuration(), refreshToken, { scope: scopes });
      const fresh = await signedIn(tokens);
      if (fresh.person.id !== person.id)
        throw new Error('The sign-in belongs to somebody else. Sign in again.');
      return { ...fresh, refreshToken: fresh.refreshToken ?? refreshToken };
    },
    onBehalfOf: (session) => onBehalfOf({ ...app, userToken: () => session.accessToken() }),
  };
}

function hasTooManyGroups({ _claim_names: names }: JWTPayload): boolean {
  return typeof names === 'object' && names !== null && 'groups' in names;
}

function personOf(claims: JWTPayload, groups: readonly string[]): Person {
  const text = (name: string): string => (typeof claims[name] === 'string' ? claims[name] : '');
  if (text('oid') === '') throw new Error('The token names nobody. Sign in again.');
  return {
    id: text('oid'),
    name: text('name') || text('preferred_username'),
    username: text('preferred_username') || text('upn'),
    groups,
    roles: texts(claims.roles),
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
