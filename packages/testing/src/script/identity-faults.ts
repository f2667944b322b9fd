import { invalidToken, wrongKey } from '../service/authenticate.ts';
import { gatewayError } from '../service/envelopes.ts';
import type { WireResponse } from '../service/wire-response.ts';
import type { Fault } from './fault.ts';

/** 401: the key is wrong, or the token is missing, expired or for another audience. Azure answers these cases differently. */
export function unauthorized(): Fault {
  return {
    name: 'unauthorized',
    intervention: ({ headers }) => ({
      response: headers['api-key'] === undefined ? invalidToken() : wrongKey(),
    }),
  };
}

/** 401: the token is valid, but the principal has no role (MicrosoftDocs/azure-docs#114370). */
export function permissionDenied(): Fault {
  const error = {
    code: 'PermissionDenied',
    message: 'Principal does not have access to API/Operation.',
    spaced: true,
  };
  return fixed('permissionDenied', { ...gatewayError(401, error), reason: 'PermissionDenied' });
}

/** 403: the resource accepts no keys (azure-search-openai-demo#1617). */
export function keysDisabled(): Fault {
  const error = {
    code: 'AuthenticationTypeDisabled',
    message: 'Key based authentication is disabled for this resource.',
    spaced: true,
  };
  return fixed('keysDisabled', gatewayError(403, error));
}

/** 400: the token comes from another tenant than the resource (ai-rag-chat-evaluator#94). */
export function wrongTenant(): Fault {
  return {
    name: 'wrongTenant',
    intervention: ({ random, principal }) => ({
      response: gatewayError(400, {
        code: 'Tenant provided in token does not match resource token',
        message: `Token tenant ${principal.tenantId ?? random.guid()} does not match resource tenant.`,
      }),
    }),
  };
}

/** 403: the network of the caller is not allowed; with `privateEndpoint` no public network is. */
export function firewalled({ privateEndpoint = false }: { readonly privateEndpoint?: boolean } = {}): Fault {
  const message = privateEndpoint
    ? 'Public access is disabled. Please configure private endpoint.'
    : 'Access denied due to Virtual Network/Firewall rules.';
  return fixed('firewalled', gatewayError(403, { code: '403', message }));
}

function fixed(name: string, response: WireResponse): Fault {
  return { name, intervention: () => ({ response }) };
}
