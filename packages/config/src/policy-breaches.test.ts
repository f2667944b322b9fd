import { describe, expect, test } from 'vitest';
import { catalog, ConfigError, defineConfig, mayProcess, policyBreaches } from './index.ts';
import type { ConfigInput, ConfigIssue, Policy } from './index.ts';

function input(part: {
  readonly policy: Policy;
  readonly resource?: object;
  readonly deployment?: object;
}): ConfigInput<'account', 'chat', never> {
  return {
    resources: {
      account: { endpoint: 'https://contoso.openai.azure.com', region: 'swedencentral', ...part.resource },
    },
    deployments: {
      chat: {
        resource: 'account',
        deployment: 'd',
        model: 'gpt-5-mini',
        sku: 'DataZoneStandard',
        ...part.deployment,
      },
    },
    policy: part.policy,
  };
}

function issuesOf(part: Parameters<typeof input>[0]): readonly ConfigIssue[] {
  try {
    defineConfig(input(part));
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

/** One region of each kind: in each zone, in none, and one that the catalog does not know. */
const places = {
  swedencentral: 'EU',
  norwayeast: 'EU',
  switzerlandnorth: 'EU',
  northeurope: 'EU',
  eastus2: 'US',
  japaneast: 'APAC',
  usgovvirginia: 'USGov',
  uksouth: undefined,
  uaenorth: undefined,
  atlantiscentral: undefined,
} as const;

const zones = ['EU', 'US', 'APAC', 'USGov'] as const;

const skuTable = Object.entries(catalog.skus.entries).flatMap(([sku, { processing }]) =>
  Object.entries(places).flatMap(([region, zoneOfRegion]) =>
    zones.map((zone) => ({
      sku,
      region,
      zone,
      // Written independently of the code, so that the test can disagree with it.
      allowed: processing !== 'anywhere' && zoneOfRegion === zone,
    })),
  ),
);

describe('processing', () => {
  test.each(skuTable)(
    '$sku in $region under the zone $zone: allowed is $allowed',
    ({ sku, region, zone, allowed }) => {
      const issues = issuesOf({ policy: { processing: [zone] }, resource: { region }, deployment: { sku } });
      expect(issues.map((issue) => issue.path)).toEqual(allowed ? [] : ['deployments.chat.sku']);
      if (!allowed) expect(issues[0]?.message).toContain(`\`policy.processing\` ["${zone}"] forbids`);
    },
  );

  test.each([
    ['Standard', 'swedencentral', ['swedencentral'], true],
    ['ProvisionedManaged', 'swedencentral', ['swedencentral'], true],
    ['Standard', 'swedencentral', ['Sweden Central'], true],
    ['Standard', 'uksouth', ['uksouth'], true],
    ['Standard', 'atlantiscentral', ['atlantiscentral'], true],
    ['Standard', 'uksouth', ['ukwest'], false],
    ['Standard', 'francecentral', ['swedencentral'], false],
    ['DataZoneStandard', 'swedencentral', ['swedencentral'], false],
    ['GlobalStandard', 'swedencentral', ['swedencentral'], false],
    ['DataZoneStandard', 'swedencentral', ['eu'], true],
    ['Standard', 'eastus', ['EU', 'eastus'], true],
    ['SomethingNew', 'swedencentral', ['EU'], false],
    ['GlobalStandard', 'swedencentral', ['EU', 'US', 'APAC', 'USGov'], false],
  ])('%s in %s under %j: allowed is %s', (sku, region, processing, allowed) => {
    const issues = issuesOf({ policy: { processing }, resource: { region }, deployment: { sku } });
    expect(issues.length === 0).toBe(allowed);
  });

  test('says what to do about a global sku', () => {
    expect(issuesOf({ policy: { processing: ['EU'] }, deployment: { sku: 'GlobalStandard' } })).toEqual([
      {
        path: 'deployments.chat.sku',
        message:
          '`policy.processing` ["EU"] forbids "GlobalStandard": it may process data in any Azure region. Use a sku that stays in ["EU"], for example "DataZoneStandard" or "Standard".',
      },
    ]);
  });

  test('refuses the default sku, which is global', () => {
    const config: ConfigInput<'a', 'chat', never> = {
      resources: { a: { endpoint: 'https://a.openai.azure.com', region: 'swedencentral' } },
      deployments: { chat: { resource: 'a', deployment: 'd' } },
      policy: { processing: ['EU'] },
    };
    expect(() => defineConfig(config)).toThrow(
      'deployments.chat.sku: `policy.processing` ["EU"] forbids "GlobalStandard"',
    );
  });

  test('asks for the region when it needs one', () => {
    const config: ConfigInput<'a', 'chat', never> = {
      resources: { a: { endpoint: 'https://a.openai.azure.com' } },
      deployments: { chat: { resource: 'a', deployment: 'd', sku: 'Standard' } },
      policy: { processing: ['EU'] },
    };
    expect(() => defineConfig(config)).toThrow(
      'resources.a.region: `policy.processing` ["EU"] forbids what it cannot check. Set `region` to the Azure region of the resource, for example "swedencentral".',
    );
  });

  test.each([['EUR'], ['swedencentrall'], ['europe!'], ['']])('refuses %j as a place', (place) => {
    const paths = issuesOf({ policy: { processing: [place] } }).map((issue) => issue.path);
    expect(paths).toContain('policy.processing[0]');
  });

  test('refuses an empty list, which would forbid everything', () => {
    expect(issuesOf({ policy: { processing: [] } }).map((issue) => issue.path)).toEqual([
      'policy.processing',
    ]);
  });
});

describe('models', () => {
  test.each([
    [{ deny: ['gpt-4o'] }, 'gpt-4o', false],
    [{ deny: ['gpt-4o'] }, 'gpt-4o-mini', true],
    [{ deny: ['gpt-4*'] }, 'gpt-4o-mini', false],
    [{ deny: ['GPT-4O'] }, 'gpt-4o', false],
    [{ allow: ['gpt-5-mini'] }, 'gpt-5-mini', true],
    [{ allow: ['gpt-5-mini'] }, 'gpt-5', false],
    [{ allow: ['gpt-5*'] }, 'gpt-5.4', true],
    [{ allow: ['gpt-5*'], deny: ['gpt-5.4'] }, 'gpt-5.4', false],
    [{ allow: [] }, 'gpt-5', false],
    [{}, 'anything', true],
  ])('%j: %s, allowed is %s', (models, model, allowed) => {
    const issues = issuesOf({ policy: { models }, deployment: { model } });
    expect(issues.map((issue) => issue.path)).toEqual(allowed ? [] : ['deployments.chat.model']);
  });

  test('does not guess a model where the policy is about models', () => {
    const issues = issuesOf({ policy: { models: { deny: ['gpt-4o'] } }, deployment: { model: undefined } });
    expect(issues).toEqual([
      {
        path: 'deployments.chat.model',
        message: '`policy.models` needs it. Write the name of the model behind the deployment.',
      },
    ]);
  });
});

describe('clouds', () => {
  test.each([
    [['public'], 'https://a.openai.azure.com', true],
    [['us-gov'], 'https://a.openai.azure.com', false],
    [['us-gov'], 'https://a.openai.azure.us', true],
    [['public', 'china'], 'https://a.openai.azure.cn', true],
  ] as const)('%j: %s, allowed is %s', (clouds, endpoint, allowed) => {
    const issues = issuesOf({ policy: { clouds }, resource: { endpoint } });
    expect(issues.map((issue) => issue.path)).toEqual(allowed ? [] : ['resources.account.endpoint']);
  });
});

describe('previewApis', () => {
  test.each([
    ['v1', true],
    ['2024-10-21', true],
    ['2025-04-01-preview', false],
    ['2024-02-15-preview', false],
    ['2031-01-01-preview', false],
    ['2031-01-01', true],
  ])('%s, allowed is %s', (api, allowed) => {
    const issues = issuesOf({ policy: { previewApis: 'forbid' }, resource: { api } });
    expect(issues.map((issue) => issue.path)).toEqual(allowed ? [] : ['resources.account.api']);
  });
});

describe('apiKeys', () => {
  test.each([
    ['https://contoso.openai.azure.com', true],
    ['https://swedencentral.api.cognitive.microsoft.com', false],
  ])('forbidden: %s, allowed is %s', (endpoint, allowed) => {
    const issues = issuesOf({ policy: { apiKeys: 'forbid' }, resource: { endpoint } });
    expect(issues.map((issue) => issue.path)).toEqual(allowed ? [] : ['resources.account.endpoint']);
  });
});

test('policyBreaches names the clause, so that a client can refuse a config that it was handed', () => {
  const config = defineConfig(input({ policy: {}, deployment: { sku: 'GlobalStandard' } }));
  expect(policyBreaches(config)).toEqual([]);
  expect(mayProcess(config, 'chat')).toBe(true);
  const stricter = { ...config, policy: { processing: ['EU'] } };
  expect(policyBreaches(stricter)).toMatchObject([
    { clause: 'processing', deployment: 'chat', resource: 'account' },
  ]);
  expect(mayProcess(stricter, 'chat')).toBe(false);
  expect(mayProcess(stricter, 'nobody')).toBe(false);
});
