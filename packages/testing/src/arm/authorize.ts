import { bearerToken } from '../bearer-token.ts';
import type { Identity } from '../identity/identity.ts';
import type { Principal } from '../identity/verify.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';

/** An action of a caller, and its scope. */
export interface ArmAction {
  /** For example `Microsoft.CognitiveServices/accounts/read`. Absent: any caller of the tenant may do it. */
  readonly name?: string;
  /** Path of the object of the action. */
  readonly scope: string;
  /** Address of Resource Manager on this machine. */
  readonly origin: string;
  /** Key of the resource in the config, when it is about one. */
  readonly resource?: string;
}

/** Who calls Resource Manager. @throws {NeighbourError} for a token that is missing, wrong, or without the role. */
export function authorize(
  identity: Identity,
  authorization: string | undefined,
  action: ArmAction,
): Principal {
  const token = bearerToken(authorization);
  if (token === undefined)
    throw new NeighbourError(
      401,
      'AuthenticationFailed',
      "Authentication failed. The 'Authorization' header is missing.",
    );
  const verdict = identity.verify(token, {
    service: 'management',
    origin: action.origin,
    ...(action.name === undefined ? {} : { action: action.name }),
    ...(action.resource === undefined ? {} : { resource: action.resource }),
  });
  if (verdict.ok) return verdict.principal;
  if (verdict.problem === 'invalid-token')
    throw new NeighbourError(
      401,
      'InvalidAuthenticationToken',
      'The access token is invalid, has expired or was obtained for the wrong audience.',
    );
  if (verdict.problem === 'wrong-tenant')
    throw new NeighbourError(
      401,
      'InvalidAuthenticationTokenTenant',
      `The access token is from the wrong issuer 'https://sts.windows.net/${verdict.tokenTenantId}/'. It must match the tenant 'https://sts.windows.net/${verdict.resourceTenantId}/' associated with this subscription.`,
    );
  const { name, objectId } = verdict.principal;
  throw new NeighbourError(
    403,
    'AuthorizationFailed',
    `The client '${name}' with object id '${objectId}' does not have authorization to perform action '${action.name ?? ''}' over scope '${action.scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}
