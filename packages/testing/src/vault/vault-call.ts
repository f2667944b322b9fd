import { bearerToken } from '../bearer-token.ts';
import type { Identity } from '../identity/identity.ts';
import type { PlainRequest } from '../neighbour/listener.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';
import { badParameter } from './vault-error.ts';

/** A request to the vault. */
export interface VaultCall {
  readonly request: PlainRequest;
  readonly identity: Identity;
  /** Endpoint of the vault: the start of every id. */
  readonly origin: string;
}

/**
 * Checks the caller, and that a role of it allows `action`, for example `keys/wrap/action`, if given.
 * @throws {NeighbourError} when none does.
 */
export function allow({ request, identity, origin }: VaultCall, action?: string): void {
  const token = bearerToken(request.headers.authorization);
  if (token === undefined)
    throw new NeighbourError(401, 'Unauthorized', 'AKV10000: Request is missing a Bearer or PoP token.');
  const demand = action === undefined ? {} : { dataAction: `Microsoft.KeyVault/vaults/${action}` };
  const verdict = identity.verify(token, { service: 'vault', origin, ...demand });
  if (verdict.ok) return;
  if (verdict.problem === 'wrong-tenant')
    throw new NeighbourError(
      401,
      'Unauthorized',
      `AKV10032: Invalid issuer. Expected one of https://sts.windows.net/${verdict.resourceTenantId}/, found https://sts.windows.net/${verdict.tokenTenantId}/.`,
    );
  if (verdict.problem === 'invalid-token')
    throw new NeighbourError(
      401,
      'Unauthorized',
      'AKV10022: Invalid audience, signature or lifetime. Expected https://vault.azure.net.',
    );
  const { clientId, objectId } = verdict.principal;
  throw new NeighbourError(
    403,
    'Forbidden',
    `Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nCaller: appid=${clientId};oid=${objectId}\r\nAction: 'Microsoft.KeyVault/vaults/${action ?? ''}'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: null\r\n`,
  );
}

/** The body as an object. @throws {NeighbourError} when it is none. */
export function bodyOf({ request }: VaultCall): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(request.body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // The same answer as for JSON of another shape.
  }
  throw badParameter('The request body is not a valid JSON object.');
}
