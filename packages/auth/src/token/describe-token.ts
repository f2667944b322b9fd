/** The claims of a token. They are not verified: use them for logs and diagnoses, not for decisions. */
export interface TokenDescription {
  /** An app (managed identity, service principal) or a person. */
  readonly subject: 'app' | 'user';
  readonly tenantId: string | undefined;
  /** The principal that roles are assigned to. */
  readonly objectId: string | undefined;
  /** The client id of the app that asked for the token. */
  readonly appId: string | undefined;
  /** ARM id of the managed identity, if the token is of one. */
  readonly managedIdentity: string | undefined;
  readonly audience: string | undefined;
  readonly issuer: string | undefined;
  /** App roles. Azure roles are not in a token. */
  readonly roles: readonly string[];
  /** Delegated permissions. */
  readonly scopes: readonly string[];
  readonly issuedAt: Date | undefined;
  readonly expiresAt: Date | undefined;
  readonly isExpired: boolean;
}

/**
 * Describes an Entra ID token without showing it. `Bearer …` is accepted too.
 * @throws TypeError when it is not a JSON Web Token.
 */
export function describeToken(
  token: string,
  { now = Date.now }: { readonly now?: () => number } = {},
): TokenDescription {
  const claims = claimsOf(token);
  const text = (name: string): string | undefined => {
    const value = claims[name];
    return typeof value === 'string' ? value : undefined;
  };
  const expiresAt = dateOf(claims['exp']);
  const scopes = text('scp')?.split(' ') ?? [];
  return {
    subject: text('idtyp') === 'user' || scopes.length > 0 ? 'user' : 'app',
    tenantId: text('tid'),
    objectId: text('oid'),
    appId: text('appid') ?? text('azp'),
    managedIdentity: text('xms_mirid') ?? text('xms_az_rid'),
    audience: text('aud'),
    issuer: text('iss'),
    roles: listOf(claims['roles']),
    scopes,
    issuedAt: dateOf(claims['iat']),
    expiresAt,
    isExpired: expiresAt !== undefined && expiresAt.getTime() <= now(),
  };
}

function claimsOf(token: string): Record<string, unknown> {
  const [, payload] = token.replace(/^Bearer\s+/i, '').split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8'));
    if (typeof claims === 'object' && claims !== null) return claims as Record<string, unknown>;
  } catch {
    // The error below does not quote the text: it may be a part of a token.
  }
  throw new TypeError(
    'Cannot describe the token: it is not a JSON Web Token. Give the access token as it came.',
  );
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function dateOf(seconds: unknown): Date | undefined {
  return typeof seconds === 'number' && Number.isFinite(seconds) ? new Date(seconds * 1000) : undefined;
}
