import type { CloudName } from '@aoai/config';
import type { App, Directory, User } from './directory.ts';
import { isAllowed } from './role.ts';
import { accepts } from './service.ts';
import type { ServiceName } from './service.ts';
import type { Claims, TokenIssuer } from './token.ts';

/** The requirements of a service for a bearer token. */
export interface Demand {
  readonly service: ServiceName;
  /** @default any cloud */
  readonly cloud?: CloudName;
  /** Tenant of the resource. @default the tenant of the mock */
  readonly tenantId?: string;
  /** Key of the resource in the config, for role assignments. */
  readonly resource?: string;
  /** For example `Microsoft.CognitiveServices/accounts/OpenAI/deployments/embeddings/action`. */
  readonly dataAction?: string;
  /** For the control plane, for example `Microsoft.CognitiveServices/accounts/read`. */
  readonly action?: string;
  /** Address of the service on this machine, which counts as its audience as well. */
  readonly origin?: string;
}

/** The identity of a token. */
export interface Principal {
  readonly kind: 'app' | 'user';
  readonly objectId: string;
  readonly name: string;
  readonly tenantId: string;
  /** Client id of the app that asked for the token. */
  readonly clientId: string;
  /** Delegated permissions of a person's token, or application permissions of an app's. */
  readonly permissions: readonly string[];
}

export type Verification =
  | { readonly ok: true; readonly principal: Principal }
  | { readonly ok: false; readonly problem: 'invalid-token' }
  | {
      readonly ok: false;
      readonly problem: 'wrong-tenant';
      readonly tokenTenantId: string;
      readonly resourceTenantId: string;
    }
  | { readonly ok: false; readonly problem: 'no-role'; readonly principal: Principal };

export interface VerifyContext {
  readonly directory: Directory;
  readonly issuer: TokenIssuer;
  readonly now: () => number;
  readonly revoked: ReadonlySet<string>;
}

/** Checks signature, audience, expiry, tenant and role, in the order of the service. */
export function verify(context: VerifyContext, token: string, demand: Demand): Verification {
  const claims = context.issuer.claims(token);
  if (claims === undefined || !isCurrent(context, claims)) return { ok: false, problem: 'invalid-token' };
  const audience = String(claims.aud);
  if (audience !== demand.origin && !accepts(demand.service, demand.cloud, audience))
    return { ok: false, problem: 'invalid-token' };
  const tokenTenantId = String(claims['tid']);
  const resourceTenantId = (demand.tenantId ?? context.directory.tenantId).toLowerCase();
  if (tokenTenantId !== resourceTenantId)
    return { ok: false, problem: 'wrong-tenant', tokenTenantId, resourceTenantId };
  const found = principalOf(context.directory, claims);
  if (found === undefined) return { ok: false, problem: 'invalid-token' };
  const principal: Principal = {
    kind: found.kind,
    objectId: found.objectId,
    name: found.name,
    tenantId: tokenTenantId,
    clientId: String(claims['appid'] ?? claims['azp']),
    permissions: permissionsIn(claims),
  };
  return hasRole(context.directory, found, demand)
    ? { ok: true, principal }
    : { ok: false, problem: 'no-role', principal };
}

function permissionsIn({ scp, roles }: Claims): string[] {
  if (typeof scp === 'string') return scp.split(' ').filter((name) => name !== '');
  return Array.isArray(roles) ? roles.map(String) : [];
}

function isCurrent({ now, revoked }: VerifyContext, claims: Claims): boolean {
  const seconds = now() / 1000;
  return (claims.exp ?? 0) > seconds && (claims.nbf ?? 0) <= seconds && !revoked.has(String(claims['uti']));
}

function principalOf(directory: Directory, claims: Claims): App | User | undefined {
  const objectId = String(claims['oid']);
  return (
    directory.users.find((user) => user.objectId === objectId) ??
    directory.apps.find((app) => app.objectId === objectId)
  );
}

function hasRole(directory: Directory, principal: App | User, demand: Demand): boolean {
  const scope = demand.resource === undefined ? {} : { resource: demand.resource };
  if (demand.action !== undefined)
    return isAllowed(directory, principal, { kind: 'action', name: demand.action, ...scope });
  if (demand.dataAction === undefined) return true;
  return isAllowed(directory, principal, { kind: 'data-action', name: demand.dataAction, ...scope });
}
