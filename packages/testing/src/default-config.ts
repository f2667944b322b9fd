import { catalog, type Config, type Deployment } from '@aoai/config';

/** A deployment without limits. */
export function plainDeployment(resource: string, deployment: string, model: string): Deployment {
  return { resource, deployment, model, sku: 'GlobalStandard', limits: {}, tags: {} };
}

/** One resource, where every model of the catalogue is a deployment of the same name. */
export function defaultConfig(): Config {
  const names = Object.keys(catalog.models.entries);
  return {
    names,
    resources: {
      mock: {
        endpoint: 'https://mock.openai.azure.com',
        basePath: '',
        api: 'v1',
        cloud: 'public',
        region: 'swedencentral',
        keyHeader: 'api-key',
        tags: {},
      },
    },
    deployments: Object.fromEntries(names.map((model) => [model, plainDeployment('mock', model, model)])),
    pools: {},
    policy: {},
  };
}
