import { defineConfig, type Config } from '@aoai/config';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accountFacts } from '../doctor/account-facts.ts';
import type { Account, AccountDeployment } from './account.ts';
import { driftOf } from './drift.ts';
import { pulledConfig } from './pulled-config.ts';

const chat: AccountDeployment = {
  name: 'gpt-5.4',
  model: 'gpt-5.4',
  version: '2026-03-05',
  sku: 'DataZoneStandard',
  limits: { tpm: 200_000, rpm: 1200 },
  state: 'Succeeded',
};
const sweden: Account = {
  name: 'contoso-se',
  endpoint: 'https://contoso-se.openai.azure.com',
  region: 'swedencentral',
  takesKeys: false,
  isPublic: true,
  tags: { team: 'search' },
  deployments: [chat, { ...chat, name: 'ptu', sku: 'ProvisionedManaged', limits: { ptu: 50 } }],
};
const france: Account = {
  ...sweden,
  name: 'contoso-fr',
  endpoint: 'https://contoso-fr.openai.azure.com',
  region: 'francecentral',
  tags: {},
};

function pulled(accounts: readonly Account[]): Config {
  return defineConfig(pulledConfig(accounts) as Parameters<typeof defineConfig>[0]);
}

describe('pulledConfig', () => {
  test('describes accounts and deployments', () => {
    expect(pulledConfig([sweden])).toEqual({
      resources: {
        'contoso-se': {
          endpoint: 'https://contoso-se.openai.azure.com',
          region: 'swedencentral',
          tags: { team: 'search' },
        },
      },
      deployments: {
        'gpt-5.4': {
          resource: 'contoso-se',
          deployment: 'gpt-5.4',
          model: 'gpt-5.4',
          version: '2026-03-05',
          sku: 'DataZoneStandard',
          limits: { tpm: 200_000, rpm: 1200 },
        },
        ptu: {
          resource: 'contoso-se',
          deployment: 'ptu',
          model: 'gpt-5.4',
          version: '2026-03-05',
          sku: 'ProvisionedManaged',
          limits: { ptu: 50 },
        },
      },
    });
  });

  test('puts the account before names that two accounts share', () => {
    expect(Object.keys(pulledConfig([sweden, france]).deployments)).toEqual([
      'contoso-se-gpt-5.4',
      'contoso-se-ptu',
      'contoso-fr-gpt-5.4',
      'contoso-fr-ptu',
    ]);
  });

  test('what was pulled does not differ from what is there', () => {
    const deployment = fc.record({
      name: fc.stringMatching(/^[a-z][a-z0-9.-]{1,20}$/),
      model: fc.constantFrom('gpt-5.4', 'text-embedding-3-small', 'something-new'),
      version: fc.constantFrom('1', '2026-03-05'),
      sku: fc.constantFrom('GlobalStandard', 'Standard', 'SomethingNew', 'GlobalBatch'),
      limits: fc.record({ tpm: fc.integer({ min: 1 }), rpm: fc.integer({ min: 1 }) }, { requiredKeys: [] }),
      state: fc.constant('Succeeded'),
    });
    const account = fc.record({
      name: fc.stringMatching(/^[a-z][a-z0-9-]{1,20}$/),
      deployments: fc.uniqueArray(deployment, { selector: ({ name }) => name, minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(account, { selector: ({ name }) => name, minLength: 1, maxLength: 3 }),
        (parts) => {
          const accounts = parts.map((part) => ({
            ...sweden,
            ...part,
            endpoint: `https://${part.name}.openai.azure.com`,
          }));
          expect(driftOf(pulled(accounts), accounts)).toEqual([]);
        },
      ),
    );
  });
});

describe('driftOf', () => {
  const config = pulled([sweden]);

  test('names every difference', () => {
    const changed: Account = {
      ...sweden,
      region: 'francecentral',
      deployments: [
        { ...chat, model: 'gpt-5.5', version: '2026-04-24', sku: 'GlobalStandard', limits: { tpm: 100_000 } },
        { ...chat, name: 'new' },
      ],
    };
    expect(driftOf(config, [changed, france])).toEqual([
      { path: 'resources.contoso-se.region', config: 'swedencentral', azure: 'francecentral' },
      { path: 'deployments.gpt-5.4.model', config: 'gpt-5.4', azure: 'gpt-5.5' },
      { path: 'deployments.gpt-5.4.version', config: '2026-03-05', azure: '2026-04-24' },
      { path: 'deployments.gpt-5.4.sku', config: 'DataZoneStandard', azure: 'GlobalStandard' },
      { path: 'deployments.gpt-5.4.limits.tpm', config: 200_000, azure: 100_000 },
      { path: 'deployments.gpt-5.4.limits.rpm', config: 1200 },
      { path: 'deployments.ptu', config: 'ptu' },
      { path: '+deployments.new', azure: 'gpt-5.4 in contoso-se' },
      { path: '+resources.contoso-fr', azure: 'https://contoso-fr.openai.azure.com' },
    ]);
  });

  test('does not compare what the config does not say, or what stands behind a gateway', () => {
    const loose = defineConfig({
      resources: {
        a: { endpoint: 'https://contoso-se.cognitiveservices.azure.com' },
        gateway: { endpoint: 'https://ai.contoso.com', basePath: '/genai' },
      },
      deployments: {
        chat: { resource: 'a', deployment: 'gpt-5.4', model: 'gpt-5.4', sku: 'DataZoneStandard' },
        ptu: { resource: 'a', deployment: 'ptu', model: 'gpt-5.4', sku: 'ProvisionedManaged' },
      },
      allowHosts: ['ai.contoso.com'],
    });
    expect(
      driftOf(loose, [{ ...sweden, endpoint: 'https://contoso-se.cognitiveservices.azure.com' }]),
    ).toEqual([]);
    expect(driftOf(loose, [])).toEqual([
      { path: 'resources.a', config: 'https://contoso-se.cognitiveservices.azure.com' },
    ]);
  });
});

describe('accountFacts', () => {
  const config = pulled([sweden]);
  const now = () => Date.parse('2026-11-22T12:00:00Z');
  const problemsOf = (
    accounts: readonly Account[],
    parts: { readonly usesKey?: boolean; readonly config?: Config } = {},
  ) =>
    accountFacts(parts.config ?? config, 'contoso-se', { accounts, usesKey: parts.usesKey ?? false, now })
      .filter(({ status }) => status !== 'ok')
      .map(({ status, problem, subject }) => `${status} ${problem ?? ''} ${subject}`);

  test.each([
    ['a healthy account', sweden, []],
    ['another region', { ...sweden, region: 'eastus2' }, ['error wrong-region resources.contoso-se.region']],
    [
      'a missing deployment',
      { ...sweden, deployments: [chat] },
      ['error deployment-missing deployments.ptu'],
    ],
    [
      'another model, less quota, not ready',
      {
        ...sweden,
        deployments: [
          { ...chat, model: 'gpt-5.5', limits: { tpm: 1000, rpm: 6 }, state: 'Creating' },
          ...sweden.deployments.slice(1),
        ],
      },
      [
        'warning not-ready deployments.gpt-5.4',
        'error wrong-model deployments.gpt-5.4',
        'error quota-lower deployments.gpt-5.4',
        'error quota-lower deployments.gpt-5.4',
      ],
    ],
    [
      'another sku',
      { ...sweden, deployments: [{ ...chat, sku: 'GlobalStandard' }, ...sweden.deployments.slice(1)] },
      ['error wrong-sku deployments.gpt-5.4'],
    ],
  ])('of %s', (_, account, expected) => {
    expect(problemsOf([account])).toEqual(expected);
  });

  test.each([
    ['2026-11-22', ['error model-retired deployments.gpt-5.4']],
    ['2026-11-23', ['warning model-retiring deployments.gpt-5.4']],
    ['2027-02-20', ['warning model-retiring deployments.gpt-5.4']],
    ['2027-02-21', []],
    ['2027-04-14', []],
  ])('knows of a model that Azure ends on %s', (retires, expected) => {
    const account = { ...sweden, deployments: [{ ...chat, retires }, ...sweden.deployments.slice(1)] };
    expect(problemsOf([account])).toEqual(expected);
  });

  test('says in how many days a model ends, and what to move to', () => {
    const account = (replacement?: string): Account => ({
      ...sweden,
      deployments: [
        { ...chat, retires: '2026-11-24', ...(replacement === undefined ? {} : { replacement }) },
        ...sweden.deployments.slice(1),
      ],
    });
    const found = (accounts: readonly Account[]) =>
      accountFacts(config, 'contoso-se', { accounts, usesKey: false, now }).find(
        ({ check }) => check === 'lifecycle',
      );
    expect(found([account()])).toMatchObject({
      cause: 'gpt-5.4 retires on 2026-11-24, in 2 days.',
      fix: 'Choose a current model.',
    });
    expect(found([account('gpt-6')])?.fix).toBe('Move to gpt-6.');
  });

  test.each([
    [{ tpm: 200_000, rpm: 1_200 }, []],
    [{ tpm: 199_999, rpm: 1_200 }, ['tpm']],
    [{ tpm: 200_001, rpm: 1_199 }, ['rpm']],
    [{}, []],
  ])('a quota of %j is less than what the config counts on for %j', (limits, less) => {
    const account = { ...sweden, deployments: [{ ...chat, limits }, ...sweden.deployments.slice(1)] };
    const found = accountFacts(config, 'contoso-se', { accounts: [account], usesKey: false, now });
    expect(found.flatMap(({ check, cause }) => (check === 'quota' ? [cause.split(',')[0]] : []))).toEqual(
      less.map((limit) => `The config counts on ${limit === 'tpm' ? 200_000 : 1_200} ${limit}`),
    );
  });

  test('a version that the config does not name may be any, one that it names is that one', () => {
    const other = { ...chat, version: '2027-01-01' };
    const account = { ...sweden, deployments: [other, ...sweden.deployments.slice(1)] };
    expect(problemsOf([account])).toEqual(['error wrong-model deployments.gpt-5.4']);
    const { version: _, ...unversioned } = config.deployments['gpt-5.4'] ?? {};
    const lax = { ...config, deployments: { ...config.deployments, 'gpt-5.4': unversioned } } as Config;
    expect(problemsOf([account], { config: lax })).toEqual([]);
  });

  test('a key that the account takes is no fault, and a region that the config does not say neither', () => {
    expect(problemsOf([{ ...sweden, takesKeys: true }], { usesKey: true })).toEqual([]);
    const { region: _, ...placeless } = config.resources['contoso-se'] ?? {};
    const lax = { ...config, resources: { 'contoso-se': placeless } } as Config;
    expect(problemsOf([{ ...sweden, region: 'eastus2' }], { config: lax })).toEqual([]);
  });

  test('holds the sku that is really there against the policy', () => {
    const strict = { ...config, policy: { processing: ['EU'] } };
    const account = {
      ...sweden,
      deployments: [{ ...chat, sku: 'GlobalStandard' }, ...sweden.deployments.slice(1)],
    };
    expect(problemsOf([account], { config: strict })).toEqual([
      'error sku-outside-policy deployments.gpt-5.4',
    ]);
  });

  test('knows when keys are refused, and when the account is not in the subscription', () => {
    expect(problemsOf([sweden], { usesKey: true })).toEqual(['error key-auth-disabled resources.contoso-se']);
    expect(problemsOf([france])).toEqual(['warning account-unknown resources.contoso-se']);
  });
});
