import { expect, test } from 'vitest';
import { defineConfig } from '../define-config.ts';
import type { Config } from '../config.ts';
import { lint } from '../lint.ts';
import type { LintOptions } from '../lint.ts';

// What a finding says, word for word; which of them there are is in `lint.test.ts`.

const now = () => Date.parse('2026-11-22T12:00:00Z');
const base = { resource: 'account', deployment: 'd', model: 'gpt-5.4', sku: 'DataZoneStandard' } as const;

interface Parts {
  readonly resource?: object;
  readonly deployments: Readonly<Record<string, object>>;
  readonly pools?: Readonly<Record<string, readonly string[]>>;
  readonly policy?: Config['policy'];
}

/** The findings about a config that may have been given its policy later. */
function findings({ resource, deployments, pools = {}, policy }: Parts, options: LintOptions = {}): unknown {
  const config: Config = defineConfig({
    resources: {
      account: { endpoint: 'https://contoso.openai.azure.com', region: 'swedencentral', ...resource },
    },
    deployments: Object.fromEntries(
      Object.entries(deployments).map(([name, part]) => [name, { ...base, ...part }]),
    ),
    pools,
  });
  return lint(policy === undefined ? config : { ...config, policy }, { now, ...options });
}

test.each<[string, Parts, object]>([
  [
    'a model without a version that is near its end',
    { deployments: { chat: { model: 'gpt-5.2' } } },
    {
      rule: 'model-retiring',
      severity: 'warning',
      path: 'deployments.chat.model',
      message: '"gpt-5.2" retires on 2026-12-12, in 20 days. Move to "gpt-5.4".',
    },
  ],
  [
    'a version that is near its end',
    { deployments: { chat: { model: 'gpt-5.2', version: '2025-12-11' } } },
    {
      rule: 'model-retiring',
      severity: 'warning',
      path: 'deployments.chat.model',
      message: '"gpt-5.2" 2025-12-11 retires on 2026-12-12, in 20 days. Move to "gpt-5.4".',
    },
  ],
  [
    'a model that retired long ago',
    { deployments: { chat: { model: 'o1-mini' } } },
    {
      rule: 'model-retired',
      severity: 'error',
      path: 'deployments.chat.model',
      message: '"o1-mini" retired on 2025-10-27: calls are answered with an error. Move to "gpt-5.4-mini".',
    },
  ],
  [
    'a model that nobody knows',
    { deployments: { chat: { model: 'gpt-7' } } },
    {
      rule: 'model-unknown',
      severity: 'warning',
      path: 'deployments.chat.model',
      message:
        '"gpt-7" is not in the catalog of 2026-07-07. Did you mean "gpt-5"? If it is newer than this package, nothing is wrong.',
    },
  ],
  [
    'a version that nobody knows',
    { deployments: { chat: { version: '2030-01-01' } } },
    {
      rule: 'model-version-unknown',
      severity: 'warning',
      path: 'deployments.chat.version',
      message:
        '"gpt-5.4" is not known to have a version "2030-01-01"; known: "2026-03-05". If it is newer than this package, nothing is wrong.',
    },
  ],
  [
    'a model in a region that does not have it',
    { resource: { region: 'francecentral' }, deployments: { chat: { model: 'gpt-5.4-pro' } } },
    {
      rule: 'model-not-in-region',
      severity: 'warning',
      path: 'deployments.chat.model',
      message:
        '"gpt-5.4-pro" was not offered in "francecentral" when the catalog was made; it was in "eastus2", "southcentralus", "polandcentral", "swedencentral".',
    },
  ],
  [
    'an image model on an api without images',
    { resource: { api: '2024-06-01' }, deployments: { chat: { model: 'gpt-image-2' } } },
    {
      rule: 'feature-missing',
      severity: 'error',
      path: 'resources.account.api',
      message:
        '"2024-06-01" lacks gpt-image, and "chat" is a "gpt-image-2". Use "v1" or "2025-04-01-preview".',
    },
  ],
  [
    'batches on an api without batches',
    {
      resource: { api: '2024-06-01' },
      deployments: { chat: { model: 'text-embedding-3-small', sku: 'DataZoneBatch' } },
    },
    {
      rule: 'feature-missing',
      severity: 'error',
      path: 'resources.account.api',
      message: '"2024-06-01" lacks batch, and "chat" has the sku "DataZoneBatch". Use "v1" or "2024-10-21".',
    },
  ],
  [
    'a reasoning model on an api that has max_tokens only',
    { resource: { api: '2024-06-01' }, deployments: { chat: {} } },
    {
      rule: 'feature-missing',
      severity: 'error',
      path: 'resources.account.api',
      message:
        '"2024-06-01" lacks max-completion-tokens, and "chat" is a "gpt-5.4", which refuses max_tokens. Use "v1" or "2024-10-21".',
    },
  ],
  [
    'provisioned units below the least',
    { deployments: { chat: { sku: 'GlobalProvisionedManaged', limits: { ptu: 10 } } } },
    {
      rule: 'ptu-size',
      severity: 'warning',
      path: 'deployments.chat.limits.ptu',
      message: '"GlobalProvisionedManaged" comes in steps of 5 units from 15; 10 is none of them.',
    },
  ],
  [
    'two models in a pool',
    { deployments: { a: {}, b: { model: 'gpt-5.4-mini' } }, pools: { both: ['a', 'b'] } },
    {
      rule: 'pool-mixes-models',
      severity: 'warning',
      path: 'pools.both',
      message:
        'mixes "gpt-5.4" and "gpt-5.4-mini": the same call may be answered by another model. Use one model, or keep it if that is meant.',
    },
  ],
  [
    'two embedding models in a pool',
    {
      deployments: { a: { model: 'text-embedding-3-small' }, b: { model: 'text-embedding-3-large' } },
      pools: { both: ['a', 'b'] },
    },
    {
      rule: 'pool-mixes-models',
      severity: 'error',
      path: 'pools.both',
      message:
        'mixes "text-embedding-3-small" and "text-embedding-3-large": vectors of different models cannot be compared. Use one model.',
    },
  ],
  [
    'a pool of chat and embeddings',
    { deployments: { a: {}, b: { model: 'text-embedding-3-small' } }, pools: { both: ['a', 'b'] } },
    {
      rule: 'pool-mixes-kinds',
      severity: 'error',
      path: 'pools.both',
      message:
        'mixes "gpt-5.4" and "text-embedding-3-small", which do different things. Give each its own pool.',
    },
  ],
  [
    'a pool of a zone and the world',
    { deployments: { a: {}, b: { sku: 'GlobalStandard' } }, pools: { both: ['a', 'b'] } },
    {
      rule: 'pool-mixes-processing',
      severity: 'warning',
      path: 'pools.both',
      message:
        'failover changes where data is processed: EU, any region. Say what is allowed in `policy.processing`.',
    },
  ],
  [
    'a batch sku in a pool',
    { deployments: { a: {}, b: { sku: 'DataZoneBatch' } }, pools: { both: ['a', 'b'] } },
    {
      rule: 'batch-sku-in-pool',
      severity: 'error',
      path: 'pools.both',
      message: '"b" has the sku "DataZoneBatch", which takes batches only. Remove it from the pool.',
    },
  ],
  [
    'a policy that names a region whose geography has another one',
    {
      resource: { region: 'uksouth' },
      deployments: { chat: { sku: 'Standard' } },
      policy: { processing: ['uksouth'] },
    },
    {
      rule: 'within-geography',
      severity: 'info',
      path: 'deployments.chat.sku',
      message:
        'Microsoft processes data of "Standard" in the region, and “for operational purposes” in its geography, United Kingdom: also "ukwest" (documents of 2026-08-06). Check that your rule allows it.',
    },
  ],
  [
    'a regional host',
    {
      resource: { endpoint: 'https://swedencentral.api.cognitive.microsoft.com' },
      deployments: { chat: {} },
    },
    {
      rule: 'regional-endpoint',
      severity: 'warning',
      path: 'resources.account.endpoint',
      message:
        'a regional host takes an API key only. Use the custom subdomain of the resource to sign in with Entra ID.',
    },
  ],
  [
    'a host of a private DNS zone',
    {
      resource: { endpoint: 'https://contoso.privatelink.openai.azure.com' },
      deployments: { chat: {} },
    },
    {
      rule: 'private-link-endpoint',
      severity: 'warning',
      path: 'resources.account.endpoint',
      message:
        'a host of a private DNS zone has no certificate of its own, so TLS fails. Use "https://contoso.openai.azure.com", whose DNS answers with the private address.',
    },
  ],
])('of %s it says what, where and what to do', (_, parts, finding) => {
  expect(findings(parts)).toEqual([finding]);
});

test.each<[string, Parts]>([
  ['a model that is offered in its region', { deployments: { chat: { model: 'gpt-5.4-pro' } } }],
  [
    'a resource that does not say its region',
    { resource: { region: undefined }, deployments: { chat: { model: 'gpt-5.4-pro', sku: 'Standard' } } },
  ],
  [
    'the least provisioned units',
    { deployments: { chat: { sku: 'GlobalProvisionedManaged', limits: { ptu: 15 } } } },
  ],
  ['provisioned units of an unknown number', { deployments: { chat: { sku: 'ProvisionedManaged' } } }],
  [
    'a pool of a zone and of one of its regions',
    { deployments: { a: {}, b: { sku: 'Standard' } }, pools: { both: ['a', 'b'] } },
  ],
  [
    'a policy that names all regions of the geography',
    {
      resource: { region: 'uksouth' },
      deployments: { chat: { sku: 'Standard' } },
      policy: { processing: ['uksouth', 'ukwest'] },
    },
  ],
  [
    'a policy that names the zone',
    { deployments: { chat: { sku: 'Standard' } }, policy: { processing: ['EU', 'swedencentral'] } },
  ],
  [
    'a policy that names a region that the catalog does not know',
    {
      resource: { region: 'atlantiscentral' },
      deployments: { chat: { sku: 'Standard' } },
      policy: { processing: ['atlantiscentral'] },
    },
  ],
])('of %s it says nothing', (_, parts) => {
  expect(findings(parts)).toEqual([]);
});

test('errors come first, then warnings, then what is good to know', () => {
  const found = findings({
    resource: { endpoint: 'https://a.openai.azure.cn', api: '2024-06-01' },
    deployments: { a: { model: 'gpt-5.2' }, b: { model: 'o1-mini' } },
  }) as readonly { readonly severity: string }[];
  expect(found.map(({ severity }) => severity)).toEqual(['error', 'error', 'warning', 'info']);
});
