import type { Directory } from './directory.ts';
import { failureResponse } from './failure-response.ts';
import { failures } from './failure.ts';
import { json } from '../neighbour/listener.ts';
import type { PlainRequest, PlainResponse } from '../neighbour/listener.ts';
import type { Tenant } from './token-endpoint.ts';

/** The OpenID Connect configuration of a tenant. MSAL requires that issuer and authority have the same origin. */
export function answerDiscovery(
  tenant: Tenant,
  tenantName: string,
  request: PlainRequest & { readonly signInOrigin: string },
): PlainResponse {
  const tenantId = tenant.directory.tenant(tenantName);
  if (tenantId === undefined)
    return failureResponse(failures.noSuchAuthority(tenantName), { request, nowMs: tenant.now() });
  const authority = tenant.authority();
  // MSAL treats `adfs` as a server of its own kind, with its endpoints under that name.
  const isAdfs = tenantName.toLowerCase() === 'adfs';
  const base = isAdfs ? `${authority}/adfs` : `${authority}/${tenantId}`;
  // Pages are served without TLS, so that a browser shows them without a warning.
  const pages = base.replace(authority, request.signInOrigin);
  const version = isAdfs ? '' : '/v2.0';
  return json(200, {
    issuer: isAdfs ? base : `${base}/v2.0`,
    authorization_endpoint: `${pages}/oauth2${version}/authorize`,
    token_endpoint: `${base}/oauth2${version}/token`,
    device_authorization_endpoint: `${pages}/oauth2${version}/devicecode`,
    end_session_endpoint: `${pages}/oauth2${version}/logout`,
    jwks_uri: `${authority}/${tenantId}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    code_challenge_methods_supported: ['plain', 'S256'],
    claims_supported: [
      'sub',
      'iss',
      'aud',
      'exp',
      'iat',
      'nonce',
      'preferred_username',
      'name',
      'tid',
      'ver',
    ],
    request_uri_parameter_supported: false,
    http_logout_supported: true,
    tenant_region_scope: 'EU',
    cloud_instance_name: 'microsoftonline.com',
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: 'graph.microsoft.com',
    rbac_url: 'https://pas.windows.net',
  });
}

/** The cloud discovery of `login.microsoftonline.com`: here it names this authority. */
export function answerInstanceDiscovery(directory: Directory, authority: string): PlainResponse {
  const { host } = new URL(authority);
  return json(200, {
    tenant_discovery_endpoint: `${authority}/${directory.tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  });
}
