import { answerDeviceCode, answerDeviceLogin } from './device-code.ts';
import { answerDiscovery, answerInstanceDiscovery } from './discovery.ts';
import { failureResponse } from './failure-response.ts';
import { failures } from './failure.ts';
import type { IdentityFaults, IdentityPlace } from './identity-faults.ts';
import { json } from '../neighbour/listener.ts';
import type { PlainHandler, PlainRequest, PlainResponse } from '../neighbour/listener.ts';
import { percentDecoded } from '../percent-decoded.ts';
import { answerAppService, answerImds, appServicePath, imdsPath } from './managed-identity.ts';
import { answerAuthorize, answerLogout } from './sign-in.ts';
import { answerTokenRequest } from './token-endpoint.ts';
import type { Tenant } from './token-endpoint.ts';

/** One request to the sign-in service, without secrets. */
export interface IdentityRequest {
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly grantType?: string;
  readonly clientId?: string;
  readonly scope?: string;
  /** `0` when the connection was cut. */
  readonly status: number;
}

export interface Router {
  /** Authority, pages and managed identities. */
  readonly handle: PlainHandler;
  requests(): readonly IdentityRequest[];
}

interface RouteContext {
  readonly tenant: Tenant;
  readonly request: PlainRequest;
  readonly signInOrigin: string;
  /** First segment of the path: the tenant. */
  readonly name: string;
}

type Route = (context: RouteContext) => PlainResponse | Promise<PlainResponse>;

/** `{tenant}` and what follows it. */
const routes: readonly (readonly [method: string, pattern: RegExp, place: IdentityPlace, route: Route])[] = [
  ['GET', /^\/([^/]+)(?:\/v2\.0)?\/\.well-known\/openid-configuration$/, 'discovery', discovery],
  ['GET', /^\/([^/]+)\/discovery\/(?:v2\.0\/)?keys$/, 'discovery', keys],
  ['GET', /^\/(common)\/discovery\/instance$/, 'discovery', instance],
  ['POST', /^\/([^/]+)\/oauth2\/(?:v2\.0\/)?token\/?$/, 'token', token],
  ['POST', /^\/([^/]+)\/oauth2\/(?:v2\.0\/)?devicecode$/, 'token', deviceCode],
  ['GET', /^\/([^/]+)\/oauth2\/(?:v2\.0\/)?authorize$/, 'page', authorize],
  ['POST', /^\/([^/]+)\/oauth2\/(?:v2\.0\/)?authorize$/, 'page', authorize],
  ['GET', /^\/([^/]+)\/oauth2\/(?:v2\.0\/)?logout$/, 'page', logout],
  ['GET', /^\/(devicelogin)$/, 'page', deviceLogin],
  ['POST', /^\/(devicelogin)$/, 'page', deviceLogin],
];

const maxRequests = 1000;

/** Sends requests to the endpoints of the tenant, through the faults, and keeps a record. */
export function createRouter(options: {
  readonly tenant: Tenant;
  readonly faults: IdentityFaults;
  readonly identityHeader: string;
  /** Origin of the pages. */
  readonly signInOrigin: () => string;
}): Router {
  const { tenant, faults, identityHeader, signInOrigin } = options;
  const record: IdentityRequest[] = [];

  function recorded(inner: PlainHandler): PlainHandler {
    return async (request) => {
      const atMs = tenant.now();
      const response = await inner(request);
      const form = new URLSearchParams(request.method === 'POST' ? request.body : request.url.search);
      record.push({
        atMs,
        method: request.method,
        path: request.url.pathname,
        status: response === 'reset' ? 0 : response.status,
        ...optional('grantType', form.get('grant_type')),
        ...optional('clientId', form.get('client_id')),
        ...optional('scope', form.get('scope') ?? form.get('resource')),
      });
      if (record.length > maxRequests) record.shift();
      return response;
    };
  }

  const authority: PlainHandler = async (request) => {
    for (const [method, pattern, place, route] of routes) {
      const name = pattern.exec(request.url.pathname)?.[1];
      if (name === undefined) continue;
      if (place !== 'page' && request.method === 'OPTIONS') return preflight(method);
      if (method !== request.method) continue;
      const fault = await faults.strike(place, request.signal);
      if (fault !== undefined) return fault;
      const context = { tenant, request, name: percentDecoded(name), signInOrigin: signInOrigin() };
      return place === 'page' ? route(context) : readable(await route(context));
    }
    if (routes.some(([, pattern, place]) => place === 'token' && pattern.test(request.url.pathname)))
      return failureResponse(failures.wrongMethod(request.method), { request, nowMs: tenant.now() });
    return json(404, {
      error: 'not_found',
      error_description: `Nothing answers ${request.method} ${request.url.pathname} here.`,
    });
  };

  const handle: PlainHandler = async (request) => {
    const path = request.url.pathname.replace(/\/$/, '');
    if (path !== appServicePath && path !== imdsPath) return authority(request);
    const fault = await faults.strike('managed-identity', request.signal);
    if (fault !== undefined) return fault;
    return path === imdsPath
      ? answerImds(tenant, request)
      : answerAppService(tenant, identityHeader, request);
  };

  return { handle: recorded(handle), requests: () => [...record] };
}

// A page of this machine asks for documents and tokens from an origin of its own.
const anyOrigin = { 'access-control-allow-origin': '*' };

function readable(response: PlainResponse): PlainResponse {
  return { ...response, headers: { ...response.headers, ...anyOrigin } };
}

function preflight(method: string): PlainResponse {
  const headers = {
    'access-control-allow-methods': `${method}, OPTIONS`,
    'access-control-allow-headers': '*',
    'access-control-max-age': '86400',
  };
  return readable({ status: 200, headers });
}

function discovery({ tenant, request, name, signInOrigin }: RouteContext): PlainResponse {
  return answerDiscovery(tenant, name, { ...request, signInOrigin });
}

async function keys({ tenant }: RouteContext): Promise<PlainResponse> {
  return json(200, await tenant.issuer.keys());
}

function instance({ tenant }: RouteContext): PlainResponse {
  return answerInstanceDiscovery(tenant.directory, tenant.authority());
}

function token({ tenant, request, name }: RouteContext): Promise<PlainResponse> {
  return answerTokenRequest(tenant, name, request);
}

function deviceCode({ tenant, request, name, signInOrigin }: RouteContext): PlainResponse {
  return answerDeviceCode(tenant, name, { ...request, signInOrigin });
}

function authorize({ tenant, request, name }: RouteContext): PlainResponse {
  return answerAuthorize(tenant, name, request);
}

function logout({ tenant, request }: RouteContext): PlainResponse {
  return answerLogout(tenant, request);
}

function deviceLogin({ tenant, request }: RouteContext): PlainResponse {
  return answerDeviceLogin(tenant, request);
}

function optional<Key extends string>(key: Key, value: string | null): Partial<Record<Key, string>> {
  return value === null ? {} : ({ [key]: value } as Record<Key, string>);
}
