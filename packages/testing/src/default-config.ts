import { catalog, modelNamedBy, type Config, type Deployment } from '@aoai/config';
import { mockDeployment, type MockDeployment } from './service/mock-deployment.ts';
import type { Capability } from './service/model-traits.ts';

/** A deployment without limits. */
function plainDeployment(resource: string, deployment: string, model: string): Deployment {
  return { resource, deployment, model, sku: 'GlobalStandard', limits: {}, tags: {} };
}

const everyCapability: readonly Capability[] = [
  'chatCompletion',
  'completion',
  'embeddings',
  'imageGenerations',
  'realtime',
  'speech',
  'transcriptions',
  'responses',
];

/** Old models that are not in the catalogue, by the names that deployments use for them. */
const olderModels: readonly (readonly [RegExp, string])[] = [
  [/gpt-3\.?5-turbo-instruct/i, 'gpt-35-turbo-instruct'],
  [/^davinci-002$/, 'davinci-002'],
  [/^babbage-002$/, 'babbage-002'],
  [/gpt-3\.5-turbo-16k/i, 'gpt-35-turbo-16k'],
  [/gpt-3\.5-turbo/i, 'gpt-35-turbo'],
  [/dall-?e-?3/i, 'dall-e-3'],
];

function olderModelNamedBy(name: string): string | undefined {
  return olderModels.find(([pattern]) => pattern.test(name))?.[1];
}

/** A deployment of the model that its name contains; otherwise of `model`, with every capability. */
export function inventDeployment(resource: string, name: string, model: string): MockDeployment {
  const named = olderModelNamedBy(name) ?? modelNamedBy(name);
  const deployment = mockDeployment(name, plainDeployment(resource, name, named ?? model));
  if (named !== undefined) return deployment;
  return { ...deployment, traits: { ...deployment.traits, capabilities: everyCapability } };
}

/** One resource, where every model of the catalogue is a deployment of the same name. */
export function defaultConfig(): Config {
  const names = [...Object.keys(catalog.models.entries), 'gpt-35-turbo-instruct', 'dall-e-3'];
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
