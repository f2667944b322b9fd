import type { Clock } from '../clock.ts';
import { guidFrom } from '../identity/directory.ts';
import type { Identity } from '../identity/identity.ts';
import { permissionsOf } from '../identity/role.ts';
import { json } from '../neighbour/listener.ts';
import type { PlainResponse } from '../neighbour/listener.ts';
import { createNeighbour } from '../neighbour/neighbour.ts';
import type { Neighbour, NeighbourServer } from '../neighbour/neighbour.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import type { MockResource } from '../service/mock-resource.ts';
import { accountJson, armAccount } from './account.ts';
import type { ArmAccount } from './account.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';
import { armErrorResponse } from './arm-error.ts';
import { allow, authenticate, inSameLocation, isAllowed, notFound } from './arm-call.ts';
import type { Call } from './arm-call.ts';
import { inDeployments } from './deployment-operations.ts';
import type { DeploymentExtras } from './deployment.ts';
import { accountModels, locationModels } from './model-list.ts';
import { usages } from './quota.ts';
import type { QuotaLimits } from './quota.ts';
import { checkNames, provider, readPath } from './scope.ts';
import type { ArmNames } from './scope.ts';

/** Where the resources of the mock live in Azure, and how much quota there is. */
export interface ArmOptions {
  /** @default a GUID that stays the same */
  readonly subscriptionId?: string;
  /** @default 'aoai-mock' */
  readonly resourceGroup?: string;
  /**
   * Quota by usage name, in capacity: `{ 'OpenAI.GlobalStandard.gpt-5.6-luna': 250 }`.
   * @default 1000 for each model and sku, 300 provisioned units, or what the config uses when that is more
   */
  readonly quota?: QuotaLimits;
}

/** The part of Azure Resource Manager that manages Azure OpenAI accounts. Its endpoint is what an ARM client takes. */
export interface ResourceManager extends Neighbour {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

/** A resource with its address on this machine. */
export interface PlayedResource {
  readonly resource: MockResource;
  readonly endpoint: string;
}

/** Plays Resource Manager over the resources of the mock: what it creates can be called, what it deletes cannot. */
export function createResourceManager(
  resources: () => readonly PlayedResource[],
  options: ArmOptions & { readonly identity: Identity; readonly clock: Clock; readonly host?: string },
): ResourceManager & NeighbourServer {
  const { identity, quota = {}, resourceGroup = 'aoai-mock', host } = options;
  const names: ArmNames = {
    subscriptionId: options.subscriptionId ?? guidFrom('subscription', 'aoai'),
    resourceGroup,
  };
  const extras = new WeakMap<MockDeployment, DeploymentExtras>();
  const neighbour = createNeighbour({
    service: 'Resource Manager',
    clock: options.clock,
    host,
    refuse: armErrorResponse,
    transient: (status) => ({
      error:
        status === 429
          ? { code: 'TooManyRequests', message: 'The request is being throttled.' }
          : { code: 'ServerTimeout', message: 'The request timed out. Please try again.' },
    }),
    answer: (request) =>
      answer({
        names,
        identity,
        quota,
        extras,
        request,
        origin: neighbour.endpoint,
        accounts: accounts(resources()),
      }),
  });
  return Object.assign(neighbour, names);
}

/** Two resources whose hosts begin alike keep their keys as names. */
function accounts(resources: readonly PlayedResource[]): ArmAccount[] {
  const all = resources.map(({ resource, endpoint }) => armAccount(resource, endpoint));
  return all.map((account) => {
    const isUnique = all.filter(({ name }) => name === account.name).length === 1;
    return isUnique ? account : { ...account, name: account.resource.name };
  });
}

function answer(call: Call): PlainResponse {
  const { request, names } = call;
  const path = readPath(request.url.pathname);
  const lower = path.map((segment) => segment.toLowerCase());
  if (lower[0] !== 'subscriptions') throw notFound(request);
  const apiVersion = request.url.searchParams.get('api-version');
  if (apiVersion === null)
    throw new NeighbourError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  if (!/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(apiVersion))
    throw new NeighbourError(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${apiVersion}' is invalid.`,
    );
  const [, subscription] = path;
  if (subscription === undefined || path.length === 2) return subscriptions(call, subscription);
  const inGroup = lower[2] === 'resourcegroups';
  authenticate(call);
  checkNames(names, subscription, inGroup ? path[3] : undefined);
  const start = inGroup ? 4 : 2;
  if (lower[start] !== 'providers' || lower[start + 1] !== provider.toLowerCase()) throw notFound(request);
  const [kind = '', name = '', ...more] = path.slice(start + 2);
  const operation = [request.method, ...more].join('/').toLowerCase();
  if (kind.toLowerCase() === 'locations') return inLocation(call, name, operation);
  if (kind.toLowerCase() !== 'accounts') throw notFound(request);
  if (name !== '') return inAccount(call, accountNamed(call, name), { operation, more });
  if (operation !== 'get') throw notFound(request);
  return listAccounts(call);
}

function subscriptions(call: Call, id: string | undefined): PlainResponse {
  const { request, names, identity } = call;
  authenticate(call);
  if (request.method !== 'GET') throw notFound(request);
  const own = {
    id: `/subscriptions/${names.subscriptionId}`,
    subscriptionId: names.subscriptionId,
    tenantId: identity.tenantId,
    displayName: 'Mock subscription',
    state: 'Enabled',
  };
  if (id === undefined) return json(200, { value: [own] });
  checkNames(names, id, undefined);
  return json(200, own);
}

/** A caller sees the accounts that its roles cover; if they cover none, the list is empty. */
function listAccounts(call: Call): PlainResponse {
  const visible = call.accounts.filter((account) => isAllowed(call, 'accounts/read', account));
  const [first] = call.accounts;
  if (visible.length === 0 && first !== undefined) allow(call, 'accounts/read', first);
  const value = visible.map((account) => accountJson(call.names, account, { isKeyless: isKeyless(account) }));
  return json(200, { value });
}

function accountNamed({ accounts: all, names }: Call, name: string): ArmAccount {
  const account = all.find((entry) => entry.name.toLowerCase() === name.toLowerCase());
  if (account !== undefined) return account;
  throw new NeighbourError(
    404,
    'ResourceNotFound',
    `The Resource '${provider}/accounts/${name}' under resource group '${names.resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

interface AccountPath {
  /** Method and the path below the account, in lower case: `get/models`. */
  readonly operation: string;
  readonly more: readonly string[];
}

function inAccount(call: Call, account: ArmAccount, { operation, more }: AccountPath): PlainResponse {
  const [child, name, ...deeper] = more;
  if (child?.toLowerCase() === 'deployments' && deeper.length === 0)
    return inDeployments(call, account, name);
  switch (operation) {
    case 'get':
      allow(call, 'accounts/read', account);
      return json(200, accountJson(call.names, account, { isKeyless: isKeyless(account) }));
    case 'get/models':
      allow(call, 'accounts/models/read', account);
      return json(200, { value: accountModels() });
    case 'get/usages':
      allow(call, 'accounts/usages/read', account);
      return json(200, { value: [] });
    case 'get/providers/microsoft.authorization/permissions':
      return listPermissions(call, account);
    case 'post/listkeys':
      return listKeys(call, account);
    default:
      throw notFound(call.request);
  }
}

/** What the caller itself may do, as `{scope}/providers/Microsoft.Authorization/permissions` tells. */
function listPermissions(call: Call, account: ArmAccount): PlainResponse {
  const { directory } = call.identity;
  const { objectId } = authenticate(call);
  const principal = [...directory.users, ...directory.apps].find((entry) => entry.objectId === objectId);
  const value = principal === undefined ? [] : permissionsOf(directory, principal, account.resource.name);
  return json(200, { value: value.map((entry) => ({ ...entry, notActions: [], notDataActions: [] })) });
}

function isKeyless({ resource }: ArmAccount): boolean {
  return !resource.takesKeys;
}

function listKeys(call: Call, account: ArmAccount): PlainResponse {
  allow(call, 'accounts/listKeys/action', account);
  const [key1 = '', key2 = key1] = account.resource.apiKeys;
  if (isKeyless(account))
    throw new NeighbourError(400, 'BadRequest', 'Failed to list key. disableLocalAuth is set to be true');
  return json(200, { key1, key2 });
}

function inLocation(call: Call, location: string, operation: string): PlainResponse {
  switch (operation) {
    case 'get/models':
      allow(call, 'locations/models/read', undefined);
      return json(200, { value: locationModels() });
    case 'get/usages':
      allow(call, 'locations/usages/read', undefined);
      return json(200, { value: usagesIn(call, location.toLowerCase().replaceAll(' ', '')) });
    default:
      throw notFound(call.request);
  }
}

function usagesIn(call: Call, location: string): unknown[] {
  return usages(inSameLocation(call, location), call.quota).map((usage) => ({
    name: { value: usage.name, localizedValue: usage.label },
    currentValue: usage.used,
    limit: usage.limit,
    unit: 'Count',
  }));
}
