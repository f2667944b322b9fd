import { randomBytes } from 'node:crypto';
import type { App, User } from './directory.ts';
import { failures } from './failure.ts';
import type { Failure } from './failure.ts';
import type { PlainRequest, PlainResponse } from '../neighbour/listener.ts';
import type { Target } from './service.ts';
import { accountPage, consentPage, formPostPage, messagePage, passwordPage } from './sign-in-page.ts';
import { delegated } from './token.ts';
import { isFailure, readTarget } from './token-endpoint.ts';
import type { Tenant } from './token-endpoint.ts';

const codeLifetimeMs = 600_000;
const cookieName = 'ESTSAUTH';

/** A request to authorize that may be answered at its redirect URI. */
interface Authorization {
  readonly tenant: Tenant;
  readonly tenantId: string;
  readonly query: URLSearchParams;
  readonly app: App;
  readonly redirectUri: string;
}

/** Answers `/{tenant}/oauth2/v2.0/authorize`: the page by GET, the choice on it by POST. */
export function answerAuthorize(tenant: Tenant, tenantName: string, request: PlainRequest): PlainResponse {
  const query = request.url.searchParams;
  const tenantId = tenant.directory.tenant(tenantName);
  // Nothing is sent to a redirect URI that is not registered for the app.
  if (tenantId === undefined) return refusal(failures.unknownTenant(tenantName));
  const clientId = query.get('client_id');
  if (clientId === null) return refusal(failures.missingParameter('client_id'));
  const app = tenant.directory.client(clientId);
  if (app === undefined) return refusal(failures.unknownApp(clientId, tenant.directory.tenantName));
  const redirectUri = query.get('redirect_uri') ?? app.redirectUris?.[0] ?? '';
  if (!isRegistered(app, redirectUri)) return refusal(failures.wrongRedirect(redirectUri, app.clientId));
  const authorization: Authorization = { tenant, tenantId, query, app, redirectUri };
  const target = check(authorization);
  if (isFailure(target)) return sendBack(authorization, failed(target));
  const form = new URLSearchParams(request.method === 'POST' ? request.body : '');
  const visit = { ...authorization, target, form, session: sessionOf(tenant, request) };
  return request.method === 'POST' ? continueVisit(visit) : openVisit(visit);
}

function check({ tenant, query }: Authorization): Target | Failure {
  const type = query.get('response_type') ?? '';
  if (type !== 'code') return failures.unsupportedResponseType(type);
  if (
    query.get('code_challenge') !== null &&
    !['S256', 'plain', null].includes(query.get('code_challenge_method'))
  )
    return failures.invalidGrant();
  return readTarget(tenant, query);
}

interface Visit extends Authorization {
  readonly target: Target;
  readonly form: URLSearchParams;
  /** The user who has signed in with this browser before. */
  readonly session: User | undefined;
}

function openVisit(visit: Visit): PlainResponse {
  const { tenant, query, session, app } = visit;
  const prompt = query.get('prompt');
  const hinted = tenant.directory.user(query.get('login_hint') ?? '');
  const isHinted = hinted === undefined || hinted === session;
  if (session !== undefined && isHinted && prompt !== 'login' && prompt !== 'select_account')
    return finish(visit, session);
  if (prompt === 'none') return sendBack(visit, failed(failures.loginRequired()));
  if (hinted !== undefined) return signIn(visit, hinted);
  return accountPage(app, tenant.directory.users);
}

function continueVisit(visit: Visit): PlainResponse {
  // The page that asks for consent comes after the sign-in.
  if (visit.form.has('consent') && visit.session !== undefined) return finish(visit, visit.session);
  const user = visit.tenant.directory.user(visit.form.get('user') ?? '');
  return user === undefined ? openVisit(visit) : signIn(visit, user);
}

function signIn(visit: Visit, user: User): PlainResponse {
  const password = visit.form.get('password');
  if (user.disabled === true) return refusal(failures.disabledUser());
  if (user.password !== undefined && password !== user.password) return passwordPage(user, password !== null);
  return finish(visit, user);
}

function finish(visit: Visit, user: User): PlainResponse {
  const { tenant, app, form, query } = visit;
  const consent = form.get('consent');
  if (!tenant.grants.hasConsent(app, user) || (query.get('prompt') === 'consent' && consent !== 'accept')) {
    if (consent === 'cancel') return sendBack(visit, failed(failures.declined()));
    if (query.get('prompt') === 'none')
      return sendBack(visit, failed(failures.consentRequired(app.clientId, app.name)));
    if (consent !== 'accept')
      return remembering(tenant, user, consentPage(app, user, permissions(visit.target)));
    tenant.grants.addConsent(app, user);
  }
  const code = tenant.grants.addCode(codeFor(visit, user));
  const fields = new Map([
    ['code', code],
    ['session_state', randomBytes(8).toString('hex')],
  ]);
  const answer = sendBack(visit, fields);
  return visit.session === user ? answer : remembering(tenant, user, answer);
}

/** The answer with a cookie that identifies the browser the next time. */
export function remembering({ grants }: Tenant, user: User, response: PlainResponse): PlainResponse {
  const cookie = `${cookieName}=${grants.addSession(user)}; Path=/; HttpOnly; SameSite=Lax`;
  return { ...response, headers: { ...response.headers, 'set-cookie': cookie } };
}

/** The permissions that the consent page lists. */
export function permissions(target: Target): string[] {
  return [...delegated(target), ...target.openid];
}

function codeFor(
  { tenant, tenantId, app, target, query, redirectUri }: Visit,
  user: User,
): Parameters<Tenant['grants']['addCode']>[0] {
  const challenge = query.get('code_challenge');
  const nonce = query.get('nonce');
  const method = query.get('code_challenge_method') === 'S256' ? 'S256' : 'plain';
  return {
    tenantId,
    app,
    user,
    target,
    redirectUri,
    expiresAtMs: tenant.now() + codeLifetimeMs,
    ...(nonce === null ? {} : { nonce }),
    ...(challenge === null ? {} : { challenge: { value: challenge, method } }),
  };
}

/** Answers `/{tenant}/oauth2/v2.0/logout`. */
export function answerLogout(tenant: Tenant, request: PlainRequest): PlainResponse {
  const cookie = sessionCookie(request);
  if (cookie !== undefined) tenant.grants.endSession(cookie);
  const target = request.url.searchParams.get('post_logout_redirect_uri');
  const isKnown = target !== null && tenant.directory.apps.some((app) => isRegistered(app, target));
  const expired = `${cookieName}=; Path=/; Max-Age=0`;
  // What a header cannot hold is encoded.
  if (isKnown) return { status: 302, headers: { location: new URL(target).href, 'set-cookie': expired } };
  const page = messagePage(200, 'You signed out', 'You may close this page.');
  return { ...page, headers: { ...page.headers, 'set-cookie': expired } };
}

/** The user who has signed in with this browser before. */
export function sessionOf(tenant: Tenant, request: PlainRequest): User | undefined {
  const cookie = sessionCookie(request);
  return cookie === undefined ? undefined : tenant.grants.session(cookie);
}

function sessionCookie(request: PlainRequest): string | undefined {
  return new RegExp(`(?:^|; )${cookieName}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];
}

/** An app that registers nothing may use this machine. As in Entra ID, the port of a loopback URI is free. */
function isRegistered(app: App, redirectUri: string): boolean {
  const wanted = loopbackWithoutPort(redirectUri);
  if (app.redirectUris === undefined) return wanted !== redirectUri || isLoopback(redirectUri);
  return app.redirectUris.some(
    (known) => known === redirectUri || (isLoopback(known) && loopbackWithoutPort(known) === wanted),
  );
}

function isLoopback(uri: string): boolean {
  return URL.canParse(uri) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(uri).hostname);
}

function loopbackWithoutPort(uri: string): string {
  if (!isLoopback(uri)) return uri;
  const url = new URL(uri);
  url.port = '';
  return url.href;
}

function failed(failure: Failure): ReadonlyMap<string, string> {
  return new Map([
    ['error', failure.suberror ?? (failure.error === 'invalid_grant' ? 'access_denied' : failure.error)],
    ['error_description', `AADSTS${failure.code}: ${failure.message}`],
  ]);
}

/** A page with the reason why signing in is impossible. */
export function refusal(failure: Failure): PlainResponse {
  return messagePage(
    400,
    'Sorry, but we’re having trouble signing you in',
    `AADSTS${failure.code}: ${failure.message}`,
  );
}

function sendBack({ query, redirectUri }: Authorization, fields: ReadonlyMap<string, string>): PlainResponse {
  const state = query.get('state');
  const all = new Map([...fields, ...(state === null ? [] : [['state', state] as const])]);
  const mode = query.get('response_mode') ?? 'query';
  if (mode === 'form_post') return formPostPage(redirectUri, all);
  const url = new URL(redirectUri);
  if (mode === 'fragment') url.hash = new URLSearchParams([...all]).toString();
  else for (const [name, value] of all) url.searchParams.set(name, value);
  return { status: 302, headers: { location: url.href, 'cache-control': 'no-store' } };
}
