import type { Config, Deployment } from '@aoai/config';
import type { Account, AccountDeployment } from './account.ts';

/** One difference between a config and what is in Azure. */
export interface Drift {
  /** Path in the config: `deployments.chat.sku`; `+` marks what the config does not have. */
  readonly path: string;
  /** The value in the config; absent when the config has none. */
  readonly config?: unknown;
  /** The value in Azure; absent when Azure has none. */
  readonly azure?: unknown;
}

/** Every difference. Missing keys are not compared: without a version every version matches, without limits all limits. */
export function driftOf(config: Config, accounts: readonly Account[]): readonly Drift[] {
  const resources = Object.entries(config.resources);
  const known = resources.flatMap(([name, resource]): Drift[] => {
    // Behind a gateway the account is not visible from outside.
    if (resource.basePath !== '') return [];
    const account = accountOf(accounts, resource.endpoint);
    if (account === undefined) return [{ path: `resources.${name}`, config: resource.endpoint }];
    const region = resource.region ?? account.region;
    return [
      ...(region === account.region
        ? []
        : [{ path: `resources.${name}.region`, config: region, azure: account.region }]),
      ...deploymentDrift(config, name, account),
    ];
  });
  const unknown = accounts.filter(
    ({ endpoint }) => !resources.some(([, resource]) => resource.endpoint === endpoint),
  );
  return [
    ...known,
    ...unknown.map(({ name, endpoint }) => ({ path: `+resources.${name}`, azure: endpoint })),
  ];
}

/** The account that answers at an endpoint. */
export function accountOf(accounts: readonly Account[], endpoint: string): Account | undefined {
  // One account has several hosts, which begin with the same label.
  const label = (text: string) => URL.parse(text)?.hostname.split('.', 1)[0];
  const isAzure = /\.azure\.(com|us|cn)$/.test(URL.parse(endpoint)?.hostname ?? '');
  return (
    accounts.find((account) => account.endpoint === endpoint) ??
    (isAzure ? accounts.find((account) => label(account.endpoint) === label(endpoint)) : undefined)
  );
}

function deploymentDrift(config: Config, resource: string, account: Account): readonly Drift[] {
  const own = Object.entries(config.deployments).filter(([, deployment]) => deployment.resource === resource);
  const differing = own.flatMap(([key, deployment]): readonly Drift[] => {
    const actual = account.deployments.find(({ name }) => name === deployment.deployment);
    if (actual === undefined) return [{ path: `deployments.${key}`, config: deployment.deployment }];
    return compare(key, deployment, actual);
  });
  const extra = account.deployments.filter(
    ({ name }) => !own.some(([, { deployment }]) => deployment === name),
  );
  return [
    ...differing,
    ...extra.map(({ name, model }) => ({ path: `+deployments.${name}`, azure: `${model} in ${resource}` })),
  ];
}

function compare(key: string, wanted: Deployment, actual: AccountDeployment): readonly Drift[] {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['model', wanted.model, actual.model],
    ['version', wanted.version, actual.version],
    ['sku', wanted.sku, actual.sku],
    ['limits.tpm', wanted.limits.tpm, actual.limits.tpm],
    ['limits.rpm', wanted.limits.rpm, actual.limits.rpm],
    ['limits.ptu', wanted.limits.ptu, actual.limits.ptu],
  ];
  return pairs
    .filter(([, said, real]) => said !== undefined && said !== real)
    .map(([field, said, real]) => ({
      path: `deployments.${key}.${field}`,
      config: said,
      ...(real !== undefined && { azure: real }),
    }));
}
