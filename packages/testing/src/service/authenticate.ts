import { bearerToken } from '../bearer-token.ts';
import type { OperationRequest, Principal } from './operation.ts';
import type { WireResponse } from './wire-response.ts';
import { ephemeralKeyOf } from './ephemeral-keys.ts';
import { isRegionalHost } from './choose-resource.ts';
import type { MockResource } from './mock-resource.ts';
import { bareError, gatewayError } from './envelopes.ts';

/** Checks a bearer token: the identity behind it, or the error that Azure answers with. */
export type TokenCheck = (token: string, request: OperationRequest) => Principal | WireResponse;

/** Identifies the caller, or answers with an error of docs/wire/authentication.md#3.1. */
export function authenticate(
  request: OperationRequest,
  checkToken: TokenCheck | undefined,
): Principal | WireResponse {
  const { headers, resource } = request;
  const key =
    headers['api-key'] ??
    headers['ocp-apim-subscription-key'] ??
    headers[resource.config.keyHeader.toLowerCase()];
  if (ephemeralKeyOf(request) !== undefined) return keyPrincipal;
  if (key !== undefined) return checkKey(resource, String(key));
  const bearer = bearerToken(headers.authorization);
  if (bearer === undefined) return invalidToken();
  // v1 declares the key as an `authorization` header too, for plain OpenAI clients.
  if (request.surface === 'v1' && resource.apiKeys.has(bearer)) return checkKey(resource, bearer);
  if (isRegionalHost(request)) return noSubdomain();
  return checkToken?.(bearer, request) ?? invalidToken();
}

function checkKey(resource: MockResource, key: string): Principal | WireResponse {
  if (!resource.takesKeys) return keysDisabled();
  return resource.apiKeys.has(key) ? keyPrincipal : wrongKey();
}

const keyPrincipal: Principal = { kind: 'api-key' };

/** 401 for an unknown API key. */
export function wrongKey(): WireResponse {
  const message =
    'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.';
  return { ...gatewayError(401, { code: '401', message }), reason: 'PermissionDenied' };
}

/** 401 for a token that is missing, forged, expired or for another audience. */
export function invalidToken(): WireResponse {
  return bareError(401, {
    message:
      'Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.',
  });
}

/** 403 when only tokens are accepted (azure-search-openai-demo#1617). */
function keysDisabled(): WireResponse {
  return gatewayError(403, {
    code: 'AuthenticationTypeDisabled',
    message: 'Key based authentication is disabled for this resource.',
    spaced: true,
  });
}

/** 400 for a token at the shared host of a region. */
function noSubdomain(): WireResponse {
  return gatewayError(400, {
    code: 'BadRequest',
    message: 'Please provide a custom subdomain for token authentication, otherwise API key is required.',
  });
}
