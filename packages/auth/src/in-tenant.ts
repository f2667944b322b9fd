import type { Credential } from './credential.ts';

/** The same credential for one tenant: the tenant of the account that is called. */
export function inTenant(credential: Credential, tenantId: string | undefined): Credential {
  if (tenantId === undefined || credential.kind === 'api-key') return credential;
  return Object.freeze<Credential>({
    kind: credential.kind,
    headers: (request) => credential.headers({ tenantId, ...request }),
    refresh: (request) => credential.refresh({ tenantId, ...request }),
  });
}
