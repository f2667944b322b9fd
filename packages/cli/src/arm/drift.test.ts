import { defineConfig } from '@aoai/config';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Account } from './account.ts';
import { chat, france, pulled, sweden } from './contoso.fake.ts';
import { accountOf, driftOf } from './drift.ts';
import { pulledConfig } from './pulled-config.ts';

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

  test('names units that differ, and hosts of one account that begin alike', () => {
    const [first = chat, ptu = chat] = sweden.deployments;
    const fewer = { ...sweden, deployments: [first, { ...ptu, limits: { ptu: 49 } }] };
    expect(driftOf(config, [fewer])).toEqual([{ path: 'deployments.ptu.limits.ptu', config: 50, azure: 49 }]);
    const at = (endpoint: string) =>
      accountOf([{ ...sweden, endpoint }], 'https://contoso-se.openai.azure.com');
    expect(at('https://contoso-se.cognitiveservices.azure.com')?.name).toBe('contoso-se');
    expect(at('https://contoso.cognitiveservices.azure.com')).toBeUndefined();
    // A host of somebody else that begins alike is another.
    for (const endpoint of ['https://contoso-se.example.com', 'https://contoso-se.azure.com.example', 'text'])
      expect(accountOf([sweden], endpoint)).toBeUndefined();
    expect(accountOf([france, sweden], sweden.endpoint)).toBe(sweden);
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
