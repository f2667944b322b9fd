import { NeighbourError } from '../neighbour/neighbour-error.ts';

/** An account that Resource Manager is asked about. */
export interface ArmNames {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

export const provider = 'Microsoft.CognitiveServices';

/** `/subscriptions/…/accounts/{account}`. */
export function accountId({ subscriptionId, resourceGroup }: ArmNames, account: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${provider}/accounts/${account}`;
}

/** Parts of a path, by the names of its segments; keys are lower case, as Resource Manager ignores case in them. */
export function readPath(path: string): readonly string[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent);
}

/** Checks the subscription and the group of a path, both of which ignore case. */
export function checkNames(names: ArmNames, subscriptionId: string, resourceGroup: string | undefined): void {
  if (subscriptionId.toLowerCase() !== names.subscriptionId.toLowerCase())
    throw new NeighbourError(
      404,
      'SubscriptionNotFound',
      `The subscription '${subscriptionId}' could not be found.`,
    );
  if (resourceGroup !== undefined && resourceGroup.toLowerCase() !== names.resourceGroup.toLowerCase())
    throw new NeighbourError(
      404,
      'ResourceGroupNotFound',
      `Resource group '${resourceGroup}' could not be found.`,
    );
}
