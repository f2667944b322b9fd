import { catalog, entryOf } from '@aoai/config';
import type {
  Account as ArmAccount,
  AccountModel,
  Deployment as ArmDeployment,
} from '@azure/arm-cognitiveservices';
import type { Account, AccountDeployment } from './account.ts';
import { publicEndpoint, scopeOf, type ManagementAccess } from './management-access.ts';

/** Which accounts are read, and with which credential. */
export interface ManagementOptions extends ManagementAccess {
  readonly subscriptionId: string;
  /** Only the accounts of this group. @default those of the whole subscription */
  readonly resourceGroup?: string;
}

/** The message when a subscription has no account, or none that may be read. */
export const nothingFound =
  'No Azure OpenAI account found: check the subscription, the resource group and the role "Reader".';

/** Every Azure OpenAI account of a subscription with its deployments, by name. */
export async function readAccounts(options: ManagementOptions): Promise<readonly Account[]> {
  const { CognitiveServicesManagementClient } = await import('@azure/arm-cognitiveservices');
  const { endpoint = publicEndpoint, signal } = options;
  const client = new CognitiveServicesManagementClient(options.credential, options.subscriptionId, {
    endpoint,
    credentialScopes: scopeOf(endpoint),
    userAgentOptions: { userAgentPrefix: 'aoai' },
  });
  const abort = signal === undefined ? {} : { abortSignal: signal };
  const listed =
    options.resourceGroup === undefined
      ? client.accounts.list(abort)
      : client.accounts.listByResourceGroup(options.resourceGroup, abort);
  const accounts: Promise<Account>[] = [];
  for await (const account of listed) {
    if (account.kind !== 'OpenAI' && account.kind !== 'AIServices') continue;
    const { group, name } = placeOf(account);
    accounts.push(
      described(
        account,
        client.deployments.list(group, name, abort),
        client.accounts.listModels(group, name, abort),
      ),
    );
  }
  return (await Promise.all(accounts)).toSorted((a, b) => a.name.localeCompare(b.name));
}

function placeOf({ id = '', name = '' }: ArmAccount): { readonly group: string; readonly name: string } {
  return { group: /\/resourceGroups\/([^/]+)\//i.exec(id)?.[1] ?? '', name };
}

async function described(
  account: ArmAccount,
  deployments: AsyncIterable<ArmDeployment>,
  models: AsyncIterable<AccountModel>,
): Promise<Account> {
  const { name = '', location = '', properties = {}, tags = {}, identity } = account;
  const [found, lifecycles] = await Promise.all([all(deployments), lifecycleOf(models)]);
  return {
    name,
    endpoint: URL.parse(properties.endpoint ?? '')?.origin ?? '',
    region: location.toLowerCase().replaceAll(' ', ''),
    ...(identity?.tenantId !== undefined && { tenantId: identity.tenantId }),
    takesKeys: properties.disableLocalAuth !== true,
    isPublic: properties.publicNetworkAccess !== 'Disabled',
    tags,
    deployments: found
      .map((deployment) => ({
        ...deploymentOf(deployment),
        ...lifecycles.get(keyOf(deployment.properties?.model)),
      }))
      .toSorted((a, b) => a.name.localeCompare(b.name)),
  };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

type Lifecycle = Pick<AccountDeployment, 'retires' | 'replacement'>;

/** When each model stops answering, by name and version. Newer than any table: Azure itself uses it. */
async function lifecycleOf(models: AsyncIterable<AccountModel>): Promise<ReadonlyMap<string, Lifecycle>> {
  const found = new Map<string, Lifecycle>();
  try {
    for await (const model of models) {
      const retires = /^\d{4}-\d{2}-\d{2}/.exec(model.deprecation?.inference ?? '')?.[0];
      const replacement = model.replacementConfig?.targetModelName;
      found.set(keyOf(model), {
        ...(retires !== undefined && { retires }),
        ...(replacement !== undefined && { replacement }),
      });
    }
  } catch {
    // A role may read deployments and still not list models; then the catalog is used.
  }
  return found;
}

function keyOf(model: { readonly name?: string; readonly version?: string } | undefined): string {
  return `${model?.name ?? ''} ${model?.version ?? ''}`;
}

function deploymentOf({ name = '', sku, properties = {} }: ArmDeployment): AccountDeployment {
  const { model, provisioningState = 'unknown', rateLimits = [] } = properties;
  const skuName = sku?.name ?? 'Standard';
  return {
    name,
    model: model?.name ?? '',
    ...(model?.version !== undefined && { version: model.version }),
    sku: skuName,
    limits: limitsOf(skuName, { capacity: sku?.capacity ?? properties.currentCapacity, rateLimits }),
    state: provisioningState,
  };
}

interface Capacity {
  readonly capacity: number | undefined;
  readonly rateLimits: readonly {
    readonly key?: string;
    readonly renewalPeriod?: number;
    readonly count?: number;
  }[];
}

/** Capacity counts provisioned units, or thousands of tokens a minute; requests have their own windows. */
function limitsOf(sku: string, { capacity, rateLimits }: Capacity): AccountDeployment['limits'] {
  const billing = entryOf(catalog.skus, sku)?.billing ?? 'per-token';
  if (billing === 'provisioned') return capacity === undefined ? {} : { ptu: capacity };
  if (billing === 'batch') return {};
  const perMinute = (key: string): number | undefined => {
    const rule = rateLimits.find((limit) => limit.key === key);
    if (rule?.count === undefined || rule.renewalPeriod === undefined) return undefined;
    return Math.round((rule.count * 60) / rule.renewalPeriod);
  };
  const tpm = perMinute('token') ?? (capacity === undefined ? undefined : capacity * 1000);
  const rpm = perMinute('request');
  return { ...(tpm !== undefined && { tpm }), ...(rpm !== undefined && { rpm }) };
}
