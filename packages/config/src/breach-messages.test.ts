import { expect, test } from 'vitest';
import { defineConfig } from './define-config.ts';
import { ConfigError } from './errors.ts';
import { policyBreaches } from './policy-breaches.ts';
import type { Policy } from './policy.ts';

// What a broken policy says, and where; which deployments break it is in `policy-breaches.test.ts`.

const europe = { processing: ['EU'] };

interface Breaking {
  readonly endpoint?: string;
  readonly region?: string;
  readonly api?: string;
  readonly cloud?: 'china';
  readonly sku?: string;
  readonly model?: string;
}

test.each<[Policy, Breaking, string, string]>([
  [
    europe,
    { sku: 'DataZoneStandard', region: 'eastus2' },
    'deployments.chat.sku',
    '`policy.processing` ["EU"] forbids "DataZoneStandard" in "eastus2": it may process data anywhere in the data zone "US". Use a resource in ["EU"], or "Standard" for one region.',
  ],
  [
    { processing: ['EU', 'uksouth'] },
    { sku: 'Standard', region: 'ukwest' },
    'deployments.chat.sku',
    '`policy.processing` ["EU", "uksouth"] forbids "Standard" in "ukwest": it processes data there. Use a resource in ["EU", "uksouth"].',
  ],
  [
    europe,
    { sku: 'Standard', endpoint: 'https://nowhere.openai.azure.com' },
    'resources.account.region',
    '`policy.processing` ["EU"] forbids what it cannot check. Set `region` to the Azure region of the resource, for example "swedencentral".',
  ],
  [
    europe,
    { sku: 'SomethingNew' },
    'deployments.chat.sku',
    '`policy.processing` ["EU"] forbids what it cannot check. The sku "SomethingNew" is not in the catalog. Use a known one, for example "DataZoneStandard".',
  ],
  [
    europe,
    { sku: 'DataZoneStandard', region: 'uksouth' },
    'deployments.chat.sku',
    '`policy.processing` ["EU"] forbids what it cannot check. The region "uksouth" is in no known data zone. Use "Standard", or a resource in another region.',
  ],
  [
    { models: { deny: ['gpt-5.4*'] } },
    { model: 'gpt-5.4-mini' },
    'deployments.chat.model',
    '`policy.models.deny` forbids "gpt-5.4-mini". Deploy another model.',
  ],
  [
    { models: { allow: ['gpt-5.4', 'o3*'] } },
    { model: 'gpt-4o' },
    'deployments.chat.model',
    '`policy.models.allow` does not name "gpt-4o". Deploy one of ["gpt-5.4", "o3*"].',
  ],
  [
    { clouds: ['us-gov'] },
    {},
    'resources.account.endpoint',
    '`policy.clouds` ["us-gov"] forbids the cloud "public". Use a resource in ["us-gov"], or change the policy.',
  ],
  [
    { clouds: ['public'] },
    { endpoint: 'https://127.0.0.1', cloud: 'china' },
    'resources.account.cloud',
    '`policy.clouds` ["public"] forbids the cloud "china". Use a resource in ["public"], or change the policy.',
  ],
  [
    { previewApis: 'forbid' },
    { api: '2025-04-01-preview' },
    'resources.account.api',
    '`policy.previewApis` forbids "2025-04-01-preview", a preview. Use "v1" or "2024-10-21".',
  ],
  [
    { apiKeys: 'forbid' },
    { endpoint: 'https://swedencentral.api.cognitive.microsoft.com' },
    'resources.account.endpoint',
    '`policy.apiKeys` forbids "swedencentral.api.cognitive.microsoft.com": a regional host takes an API key only. Use the custom subdomain, for example "https://my-resource.openai.azure.com".',
  ],
])('%j breaks at %j: %s', (policy, { sku = 'Standard', model = 'gpt-5.4', ...resource }, path, message) => {
  const sweden = resource.endpoint?.includes('nowhere') === true ? {} : { region: 'swedencentral' };
  const account = { endpoint: 'https://contoso.openai.azure.com', ...sweden, ...resource };
  const config = defineConfig({
    resources: { account },
    deployments: { chat: { resource: 'account', deployment: 'd', model, sku } },
  });
  expect(policyBreaches({ ...config, policy })).toMatchObject([{ path, message, resource: 'account' }]);
});

test('a pattern is a beginning, and nothing else is', () => {
  const config = defineConfig({
    resources: { a: { endpoint: 'https://a.openai.azure.com' } },
    deployments: { chat: { resource: 'a', deployment: 'd', model: 'gpt-5.4' } },
  });
  for (const [pattern, forbids] of [
    ['gpt-5.4', true],
    ['GPT-*', true],
    ['*', true],
    ['g*', true],
    ['gpt-5.4*', true],
    ['gpt-5.4-*', false],
    ['gx*', false],
    ['pt-5.4', false],
    ['gpt-5', false],
  ] as const)
    expect(policyBreaches({ ...config, policy: { models: { deny: [pattern] } } })).toHaveLength(
      forbids ? 1 : 0,
    );
});

test.each([
  [50, 51, undefined],
  [51, 52, '… and 1 more.'],
  [120, 52, '… and 70 more.'],
])('of %i mistakes the message has %i lines', (count, lines, last) => {
  const issues = Array.from({ length: count }, (_, at) => ({ path: `a${at}`, message: 'wrong.' }));
  const error = new ConfigError(issues, { source: '/x.json' });
  const shown = error.message.split('\n');
  expect(shown[0]).toBe('Invalid config "/x.json":');
  expect(shown).toHaveLength(lines);
  expect(shown.at(-1)).toBe(last ?? `a${count - 1}: wrong.`);
  expect(error.issues).toEqual(issues);
  expect(Object.hasOwn(error, 'cause')).toBe(false);
  const cause = new Error('why');
  expect(new ConfigError(issues, { cause })).toMatchObject({ cause });
});
