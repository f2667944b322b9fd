import type { Account } from './account.ts';

/** A config as it is written to a file. */
export interface PulledConfig {
  readonly resources: Readonly<Record<string, object>>;
  readonly deployments: Readonly<Record<string, object>>;
}

/**
 * The config that describes these accounts. Deployments keep their names; if two have the same name, the name of the
 * account is put in front.
 */
export function pulledConfig(accounts: readonly Account[]): PulledConfig {
  const names = accounts.flatMap(({ deployments }) => deployments.map(({ name }) => name));
  const isUnique = (name: string) => names.filter((other) => other === name).length === 1;
  return {
    resources: Object.fromEntries(
      accounts.map(({ name, endpoint, region, tenantId, tags }) => [
        name,
        {
          endpoint,
          region,
          ...(tenantId !== undefined && { tenantId }),
          ...(Object.keys(tags).length > 0 && { tags }),
        },
      ]),
    ),
    deployments: Object.fromEntries(
      accounts.flatMap((account) =>
        account.deployments.map(({ name, model, version, sku, limits }) => [
          isUnique(name) ? name : `${account.name}-${name}`,
          {
            resource: account.name,
            deployment: name,
            model,
            ...(version !== undefined && { version }),
            sku,
            ...(Object.keys(limits).length > 0 && { limits }),
          },
        ]),
      ),
    ),
  };
}
