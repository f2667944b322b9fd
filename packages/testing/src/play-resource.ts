import type { Config } from '@aoai/config';
import { inventDeployment } from './default-config.ts';
import { mockDeployment } from './service/mock-deployment.ts';
import { mockResource, type MockResource, type Outbound } from './service/mock-resource.ts';

export interface PlayOptions {
  readonly apiKey: string;
  readonly outbound: Outbound;
  /** Plays every name that the config does not have, as a deployment of this model. */
  readonly anyDeployment?: string;
  readonly takesKeys?: boolean;
  readonly seed?: number | string;
  readonly https?: boolean;
}

/** Plays one resource of a config, with its deployments. */
export function playResource(
  config: Config,
  name: string,
  { apiKey, anyDeployment, takesKeys, seed = 1, https = false, outbound }: PlayOptions,
): MockResource {
  const resource = config.resources[name];
  if (resource === undefined) throw new RangeError(`Unknown resource: ${JSON.stringify(name)}.`);
  const deployments = Object.entries(config.deployments)
    .filter(([, deployment]) => deployment.resource === name)
    .map(([key, deployment]) => mockDeployment(key, deployment));
  return mockResource(name, resource, {
    deployments,
    apiKeys: new Set([apiKey]),
    secret: `${seed}/${name}`,
    scheme: https ? 'https' : 'http',
    outbound,
    takesKeys: takesKeys ?? config.policy.apiKeys !== 'forbid',
    ...(anyDeployment !== undefined && {
      anyDeployment: (wanted: string) => inventDeployment(name, wanted, anyDeployment),
    }),
  });
}
