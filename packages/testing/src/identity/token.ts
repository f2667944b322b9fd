import { generateKeyPair, randomUUID, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, exportJWK, SignJWT } from 'jose';
import type { JWK, JWTPayload } from 'jose';
import type { App, Directory, User } from './directory.ts';
import { accepts } from './service.ts';
import type { Target } from './service.ts';

/** Claims of an access token that has been checked. */
export type Claims = JWTPayload & Readonly<Record<string, unknown>>;

/** The subject of a token and its permissions. */
interface Grant {
  readonly tenantId: string;
  readonly app: App;
  /** Absent when the app acts for itself. */
  readonly user?: User;
  readonly target: Target;
  /** How the app authenticated: 0 not at all, 1 with a secret, 2 with a certificate or assertion. */
  readonly clientProof: 0 | 1 | 2;
  readonly lifetimeMs: number;
  /** Moves the times in the token, as a wrong clock at the issuer would. @default 0 */
  readonly skewMs?: number;
}

/** An access token and its expiry. */
interface IssuedToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** Signs and checks the tokens of the tenant. */
export interface TokenIssuer {
  access(grant: Grant): Promise<IssuedToken>;
  id(grant: Grant, nonce: string | undefined): Promise<string>;
  keys(): Promise<{ readonly keys: readonly JWK[] }>;
  /** Signs with a new key from now on. The old keys stay valid unless they are `revoked`. */
  rotateKeys(options?: { readonly revoked?: boolean }): Promise<void>;
  /** The claims of a token signed here, without a look at audience, expiry or tenant; `undefined` for any other. */
  claims(token: string): Claims | undefined;
}

interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JWK & { readonly kid: string };
}

/** Microsoft dates tokens five minutes back, so that they work on machines with slow clocks. */
const backdateMs = 300_000;

/** How many checked tokens are remembered: checking a signature costs more than the rest of an answer. */
const rememberedTokens = 1000;

let sharedKey: Promise<SigningKey> | undefined;
/** The key, once it exists: before that, no token can be valid. */
let readyKey: SigningKey | undefined;

/** RSA keys take tens of milliseconds: the first is made at its first use, once for all mocks of the process. */
function firstKey(): Promise<SigningKey> {
  sharedKey ??= createSigningKey().then((key) => (readyKey = key));
  return sharedKey;
}

async function createSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { privateKey, publicKey, jwk: { ...jwk, kid, use: 'sig', alg: 'RS256' } };
}

/** An issuer for `directory`. `issuer` is the origin of the authority. */
export function createTokenIssuer(
  directory: Directory,
  options: {
    readonly now: () => number;
    readonly authority: () => string;
    /** Origin of Microsoft Graph, which a token with too many groups points at. */
    readonly graph: () => string;
  },
): TokenIssuer {
  const checked = new Map<string, Claims>();
  /** Keys of this issuer's own, the newest last. */
  const ownKeys: SigningKey[] = [];
  let isFirstRevoked = false;

  const signingKey = async (): Promise<SigningKey> => ownKeys.at(-1) ?? firstKey();
  const validKeys = (): SigningKey[] => [
    ...(readyKey === undefined || isFirstRevoked ? [] : [readyKey]),
    ...ownKeys,
  ];

  async function sign(claims: Record<string, unknown>): Promise<string> {
    const { privateKey, jwk } = await signingKey();
    // Only tokens of version 1.0 name the key a second time (docs/wire/entra.md#10.3).
    const x5t = claims['ver'] === '1.0' ? { x5t: jwk.kid } : {};
    return new SignJWT(claims)
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', ...x5t, kid: jwk.kid })
      .sign(privateKey);
  }

  function check(token: string): Claims | undefined {
    if (!isSignedWith(token, validKeys())) return undefined;
    const claims = decodeJwt(token);
    if (checked.size >= rememberedTokens) checked.clear();
    checked.set(token, claims);
    return claims;
  }

  return {
    async access(grant) {
      const now = options.now() + (grant.skewMs ?? 0);
      const expiresAtMs = (Math.floor(now / 1000) + Math.round(grant.lifetimeMs / 1000)) * 1000;
      const token = await sign({
        ...times(now, expiresAtMs),
        ...accessClaims(grant, directory, { authority: options.authority(), graph: options.graph() }),
      });
      return { token, expiresAtMs };
    },
    async id(grant, nonce) {
      const now = options.now() + (grant.skewMs ?? 0);
      return sign({
        ...times(now, now + 3_600_000),
        aud: grant.app.clientId,
        iss: `${options.authority()}/${grant.tenantId}/v2.0`,
        ...personClaims(grant, directory, options.graph()),
        ...(grant.user !== undefined &&
          grant.target.openid.includes('email') && { email: grant.user.username }),
        ...(nonce === undefined ? {} : { nonce }),
        tid: grant.tenantId,
        ver: '2.0',
      });
    },
    async keys() {
      await signingKey();
      return { keys: validKeys().map(({ jwk }) => jwk) };
    },
    async rotateKeys({ revoked = false } = {}) {
      const next = await createSigningKey();
      if (revoked) {
        isFirstRevoked = true;
        ownKeys.length = 0;
        checked.clear();
      }
      ownKeys.push(next);
    },
    claims: (token) => checked.get(token) ?? check(token),
  };
}

/** Only RS256, whatever the header says. Synchronous, so that no request waits for its own token. */
function isSignedWith(token: string, keys: readonly SigningKey[]): boolean {
  const [header = '', payload = '', signature = '', ...rest] = token.split('.');
  if (rest.length > 0 || signature === '') return false;
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    const key = keys.find(({ jwk }) => jwk.kid === kid)?.publicKey;
    if (alg !== 'RS256' || key === undefined) return false;
    return verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}

function times(nowMs: number, expiresAtMs: number): Record<string, number> {
  const issuedAt = Math.floor((nowMs - backdateMs) / 1000);
  return { iat: issuedAt, nbf: issuedAt, exp: Math.floor(expiresAtMs / 1000) };
}

/** The claims of an access token (docs/wire/entra.md#10.3). */
function accessClaims(
  grant: Grant,
  directory: Directory,
  { authority, graph }: { readonly authority: string; readonly graph: string },
): Record<string, unknown> {
  const { tenantId, app, target } = grant;
  const principal = grant.user ?? app;
  const apiName = target.api?.name ?? (isGraph(target) ? 'graph' : undefined);
  const roles = apiName === undefined ? undefined : principal.appRoles?.[apiName];
  const common = {
    aud: target.audience,
    ...(grant.user === undefined
      ? { oid: app.objectId, sub: app.objectId, idtyp: 'app' }
      : { ...personClaims(grant, directory, graph), scp: delegated(target).join(' ') }),
    ...(roles === undefined ? {} : { roles }),
    tid: tenantId,
    uti: randomUUID().replaceAll('-', '').slice(0, 22),
    ver: target.version,
  };
  const proof = String(grant.clientProof);
  if (target.version === '2.0')
    return { ...common, iss: `${authority}/${tenantId}/v2.0`, azp: app.clientId, azpacr: proof };
  return { ...common, iss: `https://sts.windows.net/${tenantId}/`, appid: app.clientId, appidacr: proof };
}

function personClaims(grant: Grant, directory: Directory, graph: string): Record<string, unknown> {
  const { user } = grant;
  if (user === undefined) return {};
  return {
    oid: user.objectId,
    sub: user.objectId,
    name: user.name,
    preferred_username: user.username,
    upn: user.username,
    ...groupClaims(user, directory.groupIds(user), graph),
  };
}

/** How many groups a token names (learn.microsoft.com/entra/identity-platform/access-token-claims-reference). */
const maxGroups = 200;

/** Above the limit a token names no groups, and says where to read them. */
function groupClaims(user: User, groups: readonly string[], graph: string): Record<string, unknown> {
  if (groups.length === 0) return {};
  if (groups.length <= maxGroups) return { groups };
  const endpoint = `${graph}/v1.0/users/${user.objectId}/getMemberObjects`;
  return { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint } } };
}

/** The permissions behind a target: `.default` stands for all that the API offers. */
export function delegated(target: Target): readonly string[] {
  const ofService = isGraph(target) ? ['User.Read'] : ['user_impersonation'];
  const all = target.api === undefined ? ofService : (target.api.scopes ?? []);
  return target.scopes.includes('.default') ? all : target.scopes;
}

function isGraph({ audience }: Target): boolean {
  return accepts('graph', undefined, audience);
}
