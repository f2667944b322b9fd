import type { AuthInfo, OAuthTokenVerifier } from '@modelcontextprotocol/server';
import { OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';

export interface BearerOptions {
  /** `https://login.microsoftonline.com/<tenant id>/v2.0` */
  readonly authority: string;
  /** Whom the token has to be for: the API's client id and its URI. */
  readonly audience: readonly string[];
}

/** Who a token speaks for. */
export interface Caller {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
}

/**
 * Checks a bearer token by itself: signature, issuer, audience, expiry. Tokens of an app without a person are refused: a tool
 * acts with somebody's rights, or not at all.
 */
export function bearerVerifier({ authority, audience }: BearerOptions): OAuthTokenVerifier {
  const base = authority.replace(/\/v2\.0\/?$/, '');
  const tenantId = new URL(base).pathname.split('/')[1] ?? '';
  const keys = createRemoteJWKSet(new URL(`${base}/discovery/v2.0/keys`));
  const issuer = [`${base}/v2.0`, `https://sts.windows.net/${tenantId}/`];
  return {
    verifyAccessToken: async (token) => {
      try {
        const { payload } = await jwtVerify(token, keys, {
          algorithms: ['RS256'],
          audience: [...audience],
          issuer,
        });
        return authInfoOf(token, payload);
      } catch (error) {
        if (error instanceof OAuthError) throw error;
        throw new OAuthError(OAuthErrorCode.InvalidToken, 'The token is not valid for this server.');
      }
    },
  };
}

function authInfoOf(token: string, payload: JWTPayload): AuthInfo {
  const { scp, oid, exp } = payload;
  if (typeof scp !== 'string' || payload.idtyp === 'app' || typeof oid !== 'string') {
    throw new OAuthError(OAuthErrorCode.InvalidToken, 'The token speaks for an app. Sign in as a person.');
  }
  const roles = Array.isArray(payload.roles) ? payload.roles.filter((role) => typeof role === 'string') : [];
  const caller: Caller = { id: oid, name: typeof payload.name === 'string' ? payload.name : oid, roles };
  return {
    token,
    clientId: typeof payload.azp === 'string' ? payload.azp : '',
    scopes: scp.split(' '),
    ...(exp === undefined ? {} : { expiresAt: exp }),
    extra: { caller },
  };
}

/** The person behind a verified request. */
export function callerOf(authInfo: AuthInfo | undefined): Caller {
  const caller = authInfo?.extra?.caller as Caller | undefined;
  if (caller === undefined) throw new Error('The request carries no verified token.');
  return caller;
}
