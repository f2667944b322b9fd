import { compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader, importSPKI } from 'jose';
import type { JSONWebKeySet, JWTPayload } from 'jose';
import { percentDecoded } from '../percent-decoded.ts';
import { publicKeyOf } from '../neighbour/certificate.ts';
import type { App, Directory } from './directory.ts';
import { failures } from './failure.ts';
import type { Failure } from './failure.ts';
import type { TokenIssuer } from './token.ts';

/** The app that a token request comes from, and how it proved that. */
export interface AuthenticatedClient {
  readonly app: App;
  readonly proof: 0 | 1 | 2;
}

export interface ClientContext {
  readonly directory: Directory;
  readonly issuer: TokenIssuer;
  readonly tenantId: string;
  readonly authority: string;
  readonly nowMs: number;
}

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const exchangeAudience = 'api://AzureADTokenExchange';

/** Checks the app's secret, certificate or federated token. */
export async function authenticateClient(
  form: URLSearchParams,
  headers: { readonly authorization?: string | undefined },
  context: ClientContext,
): Promise<AuthenticatedClient | Failure> {
  const basic = basicCredentials(headers.authorization);
  const assertion = form.get('client_assertion');
  const clientId = form.get('client_id') ?? basic?.id ?? claimsOf(assertion ?? '')?.sub;
  if (clientId === undefined) return failures.missingParameter('client_id');
  const app = context.directory.client(clientId);
  if (app === undefined) return failures.unknownApp(clientId, context.directory.tenantName);
  const secret = form.get('client_secret') ?? basic?.secret ?? null;
  if (secret !== null) return checkSecret(app, secret);
  if (assertion === null) return { app, proof: 0 };
  if (form.get('client_assertion_type') !== jwtBearer)
    return failures.missingParameter('client_assertion_type');
  return checkAssertion(app, assertion, context);
}

function checkSecret(app: App, secret: string): AuthenticatedClient | Failure {
  if (app.secrets.includes(secret)) return { app, proof: 1 };
  return app.expiredSecrets?.includes(secret) === true
    ? failures.expiredSecret(app.clientId)
    : failures.wrongSecret(app.clientId);
}

async function checkAssertion(
  app: App,
  assertion: string,
  context: ClientContext,
): Promise<AuthenticatedClient | Failure> {
  const claims = claimsOf(assertion);
  if (claims === undefined) return failures.unreadableAssertion();
  const audiences = typeof claims.aud === 'string' ? [claims.aud] : (claims.aud ?? []);
  const ownAudiences = audiencesOf(context);
  const isFederated = audiences.includes(exchangeAudience) || claims.iss !== claims.sub;
  const problem = isFederated
    ? await checkFederated({ app, assertion, claims, audiences }, context)
    : await checkCertificate({ app, assertion, claims, audiences }, ownAudiences);
  if (problem !== undefined) return problem;
  const now = context.nowMs / 1000;
  const isTimely = claims.exp !== undefined && claims.exp > now && (claims.nbf ?? 0) <= now + 300;
  return isTimely ? { app, proof: 2 } : failures.assertionExpired();
}

interface Assertion {
  readonly app: App;
  readonly assertion: string;
  readonly claims: JWTPayload;
  readonly audiences: readonly string[];
}

async function checkCertificate(
  { app, assertion, claims, audiences }: Assertion,
  ownAudiences: readonly string[],
): Promise<Failure | undefined> {
  if (claims.sub?.toLowerCase() !== app.clientId) return failures.assertionIssuer();
  if (!audiences.some((audience) => ownAudiences.includes(audience)))
    return failures.assertionAudience(audiences.join(' '), ownAudiences[0] ?? '');
  for (const certificate of app.certificates) if (await isSignedBy(assertion, certificate)) return undefined;
  return failures.assertionSignature(app.clientId);
}

async function checkFederated(
  { app, assertion, claims, audiences }: Assertion,
  context: ClientContext,
): Promise<Failure | undefined> {
  const ofIssuer = app.federatedCredentials.filter(({ issuer }) => issuer === claims.iss);
  if (ofIssuer.length === 0) return failures.noFederatedIssuer(claims.iss ?? '');
  const ofSubject = ofIssuer.filter(({ subject }) => subject === claims.sub);
  if (ofSubject.length === 0) return failures.noFederatedSubject(claims.sub ?? '');
  const record = ofSubject.find(({ audience = exchangeAudience }) => audiences.includes(audience));
  if (record === undefined) return failures.noFederatedAudience(audiences.join(' '));
  const isGenuine =
    record.jwks === undefined
      ? context.issuer.claims(assertion) !== undefined
      : await isSignedWith(assertion, record.jwks as JSONWebKeySet);
  return isGenuine ? undefined : failures.assertionSignature(app.clientId);
}

// Only signatures are checked here: times are checked with the mock's clock.
async function isSignedBy(assertion: string, certificate: string): Promise<boolean> {
  try {
    const { alg: algorithm = '' } = decodeProtectedHeader(assertion);
    if (!/^(RS|PS|ES)(256|384|512)$/.test(algorithm)) return false;
    const key = await importSPKI(
      publicKeyOf(certificate).export({ type: 'spki', format: 'pem' }).toString(),
      algorithm,
    );
    await compactVerify(assertion, key);
    return true;
  } catch {
    return false;
  }
}

async function isSignedWith(assertion: string, keys: JSONWebKeySet): Promise<boolean> {
  try {
    await compactVerify(assertion, createLocalJWKSet(keys));
    return true;
  } catch {
    return false;
  }
}

function audiencesOf({ authority, tenantId, directory }: ClientContext): string[] {
  return [tenantId, directory.tenantName, 'common', 'organizations', 'adfs'].flatMap((tenant) =>
    ['oauth2/v2.0/token', 'oauth2/token', 'v2.0', ''].map(
      (path) => `${authority}/${tenant}${path === '' ? '' : `/${path}`}`,
    ),
  );
}

/** The claims of an assertion; `undefined` when it is none, or a claim is not of its type (RFC 7519, section 4.1). */
function claimsOf(assertion: string): JWTPayload | undefined {
  try {
    const claims: Readonly<Record<string, unknown>> = decodeJwt(assertion);
    const audiences = Array.isArray(claims['aud']) ? (claims['aud'] as unknown[]) : [claims['aud']];
    const texts = [claims['iss'], claims['sub'], ...audiences];
    const dates = [claims['exp'], claims['nbf']];
    const isTyped = texts.every(isAbsentOr('string')) && dates.every(isAbsentOr('number'));
    return isTyped ? claims : undefined;
  } catch {
    return undefined;
  }
}

function isAbsentOr(type: 'string' | 'number'): (claim: unknown) => boolean {
  return (claim) => claim === undefined || typeof claim === type;
}

function basicCredentials(header: string | undefined): { id: string; secret: string } | undefined {
  const encoded = /^Basic (.+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  // Both are to be encoded (RFC 6749, section 2.3.1). What Entra ID says to those that are not is not known: they are
  // taken as they stand here, and fail as wrong ids and wrong secrets do.
  return { id: percentDecoded(id), secret: percentDecoded(secret.join(':')) };
}
