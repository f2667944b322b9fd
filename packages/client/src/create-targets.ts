import { entraId, scopeFor } from '@aoai/auth';
import type { Credential } from '@aoai/auth';
import type { Config } from '@aoai/config';
import type { ClientOptions, TokenSource } from './client-options.ts';
import type { CircuitRules } from './quota.ts';
import type { Target } from './target.ts';

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
    return credential;
  };
  return new Map(
    Object.entries(config.deployments).map(([name, deployment]) => {
      const resource = config.resources[deployment.resource];
      if (resource === undefined) {
        throw new TypeError(`Invalid config: deployment ${JSON.stringify(name)} has no resource.`);
      }
      const { host } = new URL(resource.endpoint);
      const target: Target = {
        name,
        deployment,
        resource,
        credential: credentialOf(deployment.resource),
        scope: scopeFor(resource.endpoint, resource.api),
        quota: {
          key: `${host}/${deployment.deployment}`,
          limits: deployment.limits,
          provisioned: /provisioned/i.test(deployment.sku) || deployment.limits.ptu !== undefined,
          circuit,
        },
        server: host,
        latency: { ms: 0 },
      };
      return [name, target];
    }),
  );
}

function asCredential(credential: Credential | TokenSource | undefined): Credential {
  if (credential === undefined) return entraId();
  return 'getToken' in credential ? entraId(credential) : credential;
}
