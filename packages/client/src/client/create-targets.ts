import { entraId, inTenant, scopeFor } from '@aoai/auth';
import type { Credential } from '@aoai/auth';
import { catalog, entryOf, policyBreaches } from '@aoai/config';
import type { Config, Deployment } from '@aoai/config';
import type { ClientOptions, TokenSource } from './client-options.ts';
import type { CircuitRules } from '../quota/quota.ts';
import type { Target } from '../route/target.ts';

/** The targets of a config, by the names of its deployments. */
export function createTargets(
  config: Config,
  options: ClientOptions,
  circuit: CircuitRules,
): ReadonlyMap<string, Target> {
  const byResource = new Map<string, Credential>();
  const fallback = asCredential(options.credential);
  const credentialOf = (resource: string): Credential => {
    const own = options.credentials?.[resource];
    const credential = own === undefined ? fallback : (byResource.get(resource) ?? asCredential(own));
    byResource.set(resource, credential);
    if (config.policy.apiKeys === 'forbid' && credential.kind === 'api-key') {
      throw new TypeError(
        `Cannot use an API key for resource ${JSON.stringify(resource)}: \`policy.apiKeys\` is "forbid". Pass an Entra ID \`credential\`.`,
      );
    }
    return credential;
  };
  const breaches = policyBreaches(config);
  const keyHeaders = [...new Set(Object.values(config.resources).map(({ keyHeader }) => keyHeader))].filter(
    (name) => name !== 'api-key',
  );
  const forbiddenOf = (name: string, { resource }: Deployment): Target['forbidden'] => {
    const breach = breaches.find(({ deployment: broken, resource: of }) =>
      broken === undefined ? of === resource : broken === name,
    );
    return breach && { target: name, policy: breach.clause, reason: breach.message };
  };
  const named = namedDeployments(config, (name, deployment) => forbiddenOf(name, deployment) === undefined);
  return new Map(
    Object.entries(config.deployments).map(([name, deployment]) => {
      const resource = config.resources[deployment.resource];
      if (resource === undefined) {
        throw new TypeError(`Invalid config: deployment ${JSON.stringify(name)} has no resource.`);
      }
      const { host } = new URL(resource.endpoint);
      const perPtu = entryOf(catalog.models, deployment.model)?.perPtu;
      const target: Target = {
        name,
        deployment,
        resource,
        credential: inTenant(credentialOf(deployment.resource), resource.tenantId),
        keyHeaders,
        scope: scopeFor(resource.endpoint, resource.api, resource),
        quota: {
          key: `${host}/${deployment.deployment}`,
          limits: deployment.limits,
          provisioned: /provisioned/i.test(deployment.sku),
          circuit,
          ...(perPtu === undefined ? undefined : { ptu: perPtu }),
        },
        named: named.get(deployment.resource) ?? new Map(),
        forbidden: forbiddenOf(name, deployment),
        server: host,
      };
      return [name, target];
    }),
  );
}

/** For each resource the deployments that may be called, by every name that means them. Names of the config win. */
function namedDeployments(
  config: Config,
  mayBeCalled: (name: string, deployment: Deployment) => boolean,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const byResource = new Map<string, Map<string, string>>();
  const add = (name: string, { resource, deployment }: Deployment): void => {
    const names = byResource.get(resource) ?? new Map<string, string>();
    byResource.set(resource, names.set(name, deployment));
  };
  const allowed = Object.entries(config.deployments).filter(([name, each]) => mayBeCalled(name, each));
  for (const [, deployment] of allowed) add(deployment.deployment, deployment);
  for (const [name, pool] of Object.entries(config.pools)) {
    // From last to first, so that the first member in a resource stays.
    for (const member of pool.flat().reverse()) {
      const found = allowed.find(([each]) => each === member.deployment);
      if (found !== undefined) add(name, found[1]);
    }
  }
  for (const [name, deployment] of allowed) add(name, deployment);
  return byResource;
}

/** One target for each resource, for requests that name no deployment: files, batches, stored responses. */
export function resourceTargets(targets: ReadonlyMap<string, Target>): ReadonlyMap<string, Target> {
  const resources = new Map<string, Target>();
  for (const target of targets.values()) {
    const name = target.deployment.resource;
    const { circuit } = target.quota;
    const quota = { key: target.server, limits: {}, provisioned: false, circuit };
    // What a resource keeps, such as files, may go to it as long as one of its deployments may be called.
    const forbidden = isAllowed(targets, name) ? undefined : target.forbidden;
    if (!resources.has(name)) resources.set(name, { ...target, name, quota, forbidden });
  }
  return resources;
}

function isAllowed(targets: ReadonlyMap<string, Target>, resource: string): boolean {
  const own = [...targets.values()].filter(({ deployment }) => deployment.resource === resource);
  return own.some(({ forbidden }) => forbidden === undefined);
}

function asCredential(credential: Credential | TokenSource | undefined): Credential {
  if (credential === undefined) return entraId();
  return 'getToken' in credential ? entraId(credential) : credential;
}
