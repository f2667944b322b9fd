import { createHash } from 'node:crypto';
import { authenticateClient } from './client-authentication.ts';
import type { AuthenticatedClient } from './client-authentication.ts';
import type { Directory, User } from './directory.ts';
import { failureResponse, noStore } from './failure-response.ts';
import { failures } from './failure.ts';
import type { Failure } from './failure.ts';
import type { GrantStore, PendingCode, SignIn } from './grant-store.ts';
import { json } from '../neighbour/listener.ts';
import type { PlainRequest, PlainResponse } from '../neighbour/listener.ts';
import { namesManyResources, targetOfResource, targetOfScope } from './service.ts';
import type { Target } from './service.ts';
import { delegated } from './token.ts';
import type { TokenIssuer } from './token.ts';

/** The common state of the endpoints of the tenant. */
export interface Tenant {
  readonly directory: Directory;
  readonly issuer: TokenIssuer;
  readonly grants: GrantStore;
  readonly now: () => number;
  /** Origin of the HTTPS listener. */
  readonly authority: () => string;
  /** The current settings for tokens. */
  readonly settings: { lifetimeMs: number; skewMs: number };
}

/** A request for a token, with its app identified. */
interface TokenRequest {
  readonly tenant: Tenant;
  readonly tenantId: string;
  readonly form: URLSearchParams;
  readonly client: AuthenticatedClient;
}

interface Issue {
  readonly user?: User;
  readonly target: Target;
  readonly nonce?: string;
  readonly refreshable?: boolean;
}

type Answer = Issue | Failure;
type GrantHandler = (request: TokenRequest) => Answer | Promise<Answer>;

const refreshLifetimeMs = 90 * 86_400_000;

const handlers: ReadonlyMap<string, GrantHandler> = new Map(
  Object.entries<GrantHandler>({
    client_credentials: clientCredentials,
    authorization_code: authorizationCode,
    refresh_token: refreshToken,
    password,
    'urn:ietf:params:oauth:grant-type:jwt-bearer': onBehalfOf,
    'urn:ietf:params:oauth:grant-type:device_code': deviceCode,
    // What MSAL says.
    device_code: deviceCode,
  }),
);

/** Answers `POST /{tenant}/oauth2/v2.0/token`. */
export async function answerTokenRequest(
  tenant: Tenant,
  tenantName: string,
  request: PlainRequest,
): Promise<PlainResponse> {
  const form = new URLSearchParams(request.body);
  const result = await issue(tenant, tenantName, { form, headers: request.headers });
  return isFailure(result)
    ? failureResponse(result, { request, nowMs: tenant.now() })
    : json(200, result, noStore);
}

async function issue(
  tenant: Tenant,
  tenantName: string,
  { form, headers }: { readonly form: URLSearchParams; readonly headers: PlainRequest['headers'] },
): Promise<Record<string, unknown> | Failure> {
  const tenantId = tenant.directory.tenant(tenantName);
  if (tenantId === undefined) return failures.unknownTenant(tenantName);
  const grantType = form.get('grant_type');
  if (grantType === null) return failures.missingParameter('grant_type');
  const handler = handlers.get(grantType);
  if (handler === undefined) return failures.unsupportedGrant(grantType);
  const { directory, issuer } = tenant;
  const client = await authenticateClient(form, headers, {
    directory,
    issuer,
    tenantId,
    authority: tenant.authority(),
    nowMs: tenant.now(),
  });
  if (isFailure(client)) return client;
  const answer = await handler({ tenant, tenantId, form, client });
  return isFailure(answer) ? answer : tokenResponse({ tenant, tenantId, form, client }, answer);
}

async function tokenResponse(request: TokenRequest, answer: Issue): Promise<Record<string, unknown>> {
  const { tenant, tenantId, client } = request;
  const { user, target } = answer;
  const grant = {
    tenantId,
    app: client.app,
    target,
    clientProof: client.proof,
    ...tenant.settings,
    ...(user === undefined ? {} : { user }),
  };
  const { token, expiresAtMs } = await tenant.issuer.access(grant);
  const expiresIn = Math.max(0, Math.ceil((expiresAtMs - tenant.now() - tenant.settings.skewMs) / 1000));
  const response = {
    token_type: 'Bearer',
    expires_in: expiresIn,
    ext_expires_in: expiresIn,
    access_token: token,
  };
  if (user === undefined) return response;
  const signIn: SignIn = { tenantId, app: client.app, user, target };
  return {
    ...response,
    scope: [
      ...delegated(target).map((name) => `${target.api?.identifierUri ?? target.audience}/${name}`),
      ...target.openid,
    ].join(' '),
    ...(answer.refreshable === true && target.openid.includes('offline_access')
      ? {
          refresh_token: tenant.grants.addRefreshToken({
            ...signIn,
            expiresAtMs: tenant.now() + refreshLifetimeMs,
          }),
        }
      : {}),
    ...(target.openid.includes('openid')
      ? { id_token: await tenant.issuer.id(grant, answer.nonce), client_info: clientInfo(user, tenantId) }
      : {}),
  };
}

function clientInfo(user: User, tenantId: string): string {
  return Buffer.from(JSON.stringify({ uid: user.objectId, utid: tenantId })).toString('base64url');
}

function clientCredentials({ tenant, form, client }: TokenRequest): Answer {
  if (client.proof === 0) return failures.missingCredential();
  const target = readTarget(tenant, form);
  if (isFailure(target)) return target;
  if (!target.scopes.every((scope) => scope === '.default'))
    return failures.notDefaultScope(form.get('scope') ?? '');
  return { target };
}

function authorizationCode({ tenant, form, client }: TokenRequest): Answer {
  const code = tenant.grants.codes.get(form.get('code') ?? '');
  if (code?.app.clientId !== client.app.clientId) return failures.invalidGrant();
  if (code.redeemed) return failures.redeemedGrant();
  if (code.expiresAtMs <= tenant.now()) return failures.expiredGrant();
  if (form.get('redirect_uri') !== code.redirectUri) return failures.redirectMismatch();
  const proven = provenBy(form.get('code_verifier') ?? '', code.challenge);
  // A page in a browser has no secret: it proves itself with the verifier (RFC 7636).
  if (proven === undefined && client.proof === 0 && client.app.publicClient !== true)
    return failures.missingCredential();
  if (proven === false) return failures.wrongVerifier();
  code.redeemed = true;
  const target = narrowed(tenant, form, code.target);
  if (isFailure(target)) return target;
  return {
    user: code.user,
    target,
    refreshable: true,
    ...(code.nonce === undefined ? {} : { nonce: code.nonce }),
  };
}

function provenBy(verifier: string, challenge: PendingCode['challenge']): boolean | undefined {
  if (challenge === undefined) return undefined;
  const value =
    challenge.method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  return value === challenge.value;
}

function refreshToken({ tenant, form, client }: TokenRequest): Answer {
  const record = tenant.grants.refreshToken(form.get('refresh_token') ?? '');
  if (record?.app.clientId !== client.app.clientId) return failures.invalidGrant();
  if (client.proof === 0 && client.app.secrets.length > 0 && client.app.publicClient !== true)
    return failures.missingCredential();
  if (record.revoked) return failures.revokedGrant();
  if (record.expiresAtMs <= tenant.now()) return failures.expiredGrant();
  if (record.user.disabled === true) return failures.disabledUser();
  const target = narrowed(tenant, form, record.target);
  return isFailure(target) ? target : { user: record.user, target, refreshable: true };
}

/** One sign-in serves every resource that the app may use; `offline_access` is carried along. */
function narrowed(tenant: Tenant, form: URLSearchParams, original: Target): Target | Failure {
  if (form.get('scope') === null) return original;
  const target = readTarget(tenant, form);
  if (isFailure(target)) return target;
  // Asking for the OpenID scopes alone means the resource of the sign-in.
  const isOpenidOnly = target.scopes.length === 0;
  return {
    ...(isOpenidOnly ? original : target),
    openid: [...new Set([...original.openid, ...target.openid])],
  };
}

function password({ tenant, form, client }: TokenRequest): Answer {
  if (client.proof === 0 && client.app.publicClient !== true) return failures.notPublic();
  const target = readTarget(tenant, form);
  if (isFailure(target)) return target;
  const name = form.get('username') ?? '';
  const user = tenant.directory.user(name);
  if (user === undefined) return failures.unknownUser(name, tenant.directory.tenantName);
  if (user.disabled === true) return failures.disabledUser();
  if (user.password !== undefined && user.password !== form.get('password')) return failures.wrongPassword();
  if (!tenant.grants.hasConsent(client.app, user))
    return failures.consentRequired(client.app.clientId, client.app.name);
  return { user, target, refreshable: true };
}

function onBehalfOf({ tenant, tenantId, form, client }: TokenRequest): Answer {
  const { app } = client;
  if (client.proof === 0) return failures.missingCredential();
  if (form.get('requested_token_use') !== 'on_behalf_of')
    return failures.missingParameter('requested_token_use');
  const claims = tenant.issuer.claims(form.get('assertion') ?? '');
  if (claims?.['tid'] !== tenantId) return failures.userAssertionAudience();
  if (claims.aud !== app.clientId && claims.aud !== app.identifierUri)
    return failures.userAssertionAudience();
  if ((claims.exp ?? 0) * 1000 <= tenant.now()) return failures.badUserAssertion();
  const user = tenant.directory.user(String(claims['oid']));
  if (user === undefined) return failures.userAssertionIsApp(app.clientId);
  if (user.disabled === true) return failures.disabledUser();
  const target = readTarget(tenant, form);
  if (isFailure(target)) return target;
  if (!tenant.grants.hasConsent(app, user)) return failures.consentRequired(app.clientId, app.name);
  return { user, target, refreshable: true };
}

function deviceCode({ tenant, form, client }: TokenRequest): Answer {
  const device = tenant.grants.devices.get(form.get('device_code') ?? '');
  if (device?.app.clientId !== client.app.clientId) return failures.badDeviceCode();
  if (device.expiresAtMs <= tenant.now()) return failures.expiredDeviceCode();
  if (device.state.kind === 'pending') return failures.authorizationPending();
  tenant.grants.devices.delete(form.get('device_code') ?? '');
  if (device.state.kind === 'declined') return failures.declined();
  return { user: device.state.user, target: device.target, refreshable: true };
}

/** The target of `scope` (v2.0) or `resource` (v1). */
export function readTarget({ directory }: Tenant, form: URLSearchParams): Target | Failure {
  const resource = form.get('resource');
  const scope = form.get('scope');
  const wanted = scope ?? resource;
  if (wanted === null) return failures.missingParameter('scope');
  if (scope !== null && namesManyResources(scope)) return failures.manyResources(scope);
  const target = scope === null ? targetOfResource(wanted, directory) : targetOfScope(wanted, directory);
  if (target === undefined) {
    const name = wanted.split(/\s+/).find((word) => word.includes('/')) ?? '';
    return failures.unknownResource(name.replace(/\/[^/]*$/, ''), directory.tenantName);
  }
  const unknown = target.scopes.find((name) => target.api !== undefined && !offers(target, name));
  if (unknown === undefined) return target;
  const app = directory.client(form.get('client_id') ?? '');
  return failures.unknownScope(app?.name ?? '', unknown, target.api?.clientId ?? '');
}

function offers(target: Target, scope: string): boolean {
  return scope === '.default' || target.api?.scopes?.includes(scope) === true;
}

/** Whether a step failed. */
export function isFailure(value: object): value is Failure {
  return 'error' in value && 'code' in value;
}
