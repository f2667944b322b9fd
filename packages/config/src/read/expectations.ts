import { exampleModel, exampleVersion } from '../catalog/example-model.ts';

/** What a key of a config expects, in words, with an example. */
interface Expectation {
  readonly expected: string;
  readonly example: string;
}

const expectations: Readonly<Record<string, Expectation>> = {
  resources: {
    expected: 'resources by name',
    example: '{ sweden: { endpoint: env("AZURE_OPENAI_ENDPOINT") } }',
  },
  deployments: {
    expected: 'deployments by name',
    example: `{ chat: { resource: "sweden", deployment: "${exampleModel}" } }`,
  },
  pools: { expected: 'pools by name', example: '{ chat: [["chat-ptu"], ["chat-france"]] }' },
  policy: { expected: 'a policy', example: '{ processing: ["EU"] }' },
  allowHosts: { expected: 'a list of host names', example: '["ai.contoso.com"]' },
  endpoint: { expected: 'the resource endpoint', example: '"https://my-resource.openai.azure.com"' },
  basePath: { expected: 'the path of the gateway', example: '"/genai"' },
  api: { expected: '"v1" or a dated api-version', example: '"2024-10-21"' },
  cloud: { expected: '"public", "us-gov" or "china"', example: '"public"' },
  region: { expected: 'an Azure region', example: '"swedencentral"' },
  tenantId: { expected: 'the id of an Entra ID tenant', example: '"3f2504e0-4f89-41d3-9a0c-0305e82c3301"' },
  keyHeader: { expected: 'the name of a header', example: '"Ocp-Apim-Subscription-Key"' },
  tags: { expected: 'texts by name', example: '{ team: "search" }' },
  resource: { expected: 'the name of a resource of this config', example: '"sweden"' },
  deployment: { expected: 'the name of a deployment', example: `"${exampleModel}"` },
  model: { expected: 'the name of a model', example: `"${exampleModel}"` },
  version: { expected: 'the version of the model', example: `"${exampleVersion}"` },
  sku: { expected: 'the ARM name of a sku', example: '"DataZoneStandard"' },
  limits: { expected: 'the quota of the deployment', example: '{ tpm: 200000, rpm: 200 }' },
  tpm: { expected: 'tokens per minute, a whole number above 0', example: '200000' },
  rpm: { expected: 'requests per minute, a whole number above 0', example: '200' },
  ptu: { expected: 'provisioned throughput units, a whole number above 0', example: '15' },
  price: { expected: 'prices per million tokens', example: '{ input: 0.25, output: 2 }' },
  input: { expected: 'a price per million tokens, 0 or more', example: '0.25' },
  output: { expected: 'a price per million tokens, 0 or more', example: '2' },
  cachedInput: { expected: 'a price per million tokens, 0 or more', example: '0.025' },
  tiers: { expected: 'tiers of deployments', example: '[["chat-ptu"], ["chat-france"]]' },
  leadOn: { expected: 'a list of codes of refusals', example: '["context_length_exceeded"]' },
  contentFilter: { expected: 'the name of a content-filter policy', example: '"strict"' },
  weight: { expected: 'a share of the traffic, above 0', example: '2' },
  processing: { expected: 'regions and data zones', example: '["EU"]' },
  apiKeys: { expected: '"allow" or "forbid"', example: '"forbid"' },
  previewApis: { expected: '"allow" or "forbid"', example: '"forbid"' },
  models: { expected: 'lists of models', example: '{ deny: ["gpt-4o"] }' },
  allow: { expected: 'a list of models', example: `["${exampleModel}"]` },
  deny: { expected: 'a list of models', example: '["gpt-4o"]' },
  clouds: { expected: 'a list of clouds', example: '["public"]' },
};

const items: Readonly<Record<string, Expectation>> = {
  resources: { expected: 'a resource', example: '{ endpoint: "https://my-resource.openai.azure.com" }' },
  deployments: { expected: 'a deployment', example: `{ resource: "sweden", deployment: "${exampleModel}" }` },
  pools: { expected: 'tiers of deployments', example: '[["chat-ptu"], ["chat-france"]]' },
};

/** What the value at the end of a path should be. An item of a list is described by its list; `undefined` for free keys. */
export function expectationAt(path: readonly (string | number)[]): Expectation | undefined {
  const [section = ''] = path;
  // A resource may be named "model".
  if (path.length === 2 && Object.hasOwn(items, section)) return items[section];
  if (path.at(-2) === 'tags') return { expected: 'a text', example: '"search"' };
  const key = path.findLast((part) => typeof part === 'string');
  return typeof key === 'string' && Object.hasOwn(expectations, key) ? expectations[key] : undefined;
}
