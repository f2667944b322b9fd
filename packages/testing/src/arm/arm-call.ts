import type { Identity } from '../identity/identity.ts';
import type { Principal } from '../identity/verify.ts';
import type { PlainRequest } from '../neighbour/listener.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import type { ArmAccount } from './account.ts';
import { nothingAt } from '../neighbour/neighbour.ts';
import type { NeighbourError } from '../neighbour/neighbour-error.ts';
import { authorize } from './authorize.ts';
import type { DeploymentExtras } from './deployment.ts';
import type { QuotaLimits } from './quota.ts';
import { accountId, provider } from './scope.ts';
import type { ArmNames } from './scope.ts';

/** One request to Resource Manager and the state that answers it. */
export interface Call {
  readonly names: ArmNames;
  readonly identity: Identity;
  readonly quota: QuotaLimits;
  readonly extras: WeakMap<MockDeployment, DeploymentExtras>;
  readonly request: PlainRequest;
  readonly origin: string;
  readonly accounts: readonly ArmAccount[];
}

/** Who calls. @throws {NeighbourError} for a token that is missing or wrong. */
export function authenticate({ identity, request, origin }: Call): Principal {
  return authorize(identity, request.headers.authorization, { scope: request.url.pathname, origin });
}

/** @throws {NeighbourError} unless the roles of the caller allow `action`, for example `accounts/read`. */
export function allow(
  { identity, request, names, origin }: Call,
  action: string,
  account: ArmAccount | undefined,
): void {
  const scope =
    account === undefined ? `/subscriptions/${names.subscriptionId}` : accountId(names, account.name);
  authorize(identity, request.headers.authorization, {
    name: `${provider}/${action}`,
    scope,
    origin,
    ...(account === undefined ? {} : { resource: account.resource.name }),
  });
}

/** Whether the roles of the caller allow `action`. */
export function isAllowed(call: Call, action: string, account: ArmAccount): boolean {
  try {
    allow(call, action, account);
    return true;
  } catch {
    return false;
  }
}

/** Deployments that share the quota of a region. */
export function inSameLocation({ accounts: all }: Call, location: string): MockDeployment[] {
  return all
    .filter((account) => account.location === location)
    .flatMap(({ resource }) => resource.deployments);
}

/** The answer for unknown paths. */
export function notFound(request: PlainRequest): NeighbourError {
  return nothingAt('Resource Manager', request);
}
