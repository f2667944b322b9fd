import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { configJsonSchema } from './index.ts';

test('the published schema is that of the code: run vitest with -u to write it anew', async () => {
  await expect(`${JSON.stringify(configJsonSchema(), null, 2)}\n`).toMatchFileSnapshot('../schema.json');
});

test('describes every property, and offers the known words without excluding others', () => {
  const { definitions } = configJsonSchema() as {
    definitions: Record<
      string,
      { properties?: Record<string, { description?: string; anyOf?: { enum?: string[] }[] }> }
    >;
  };
  for (const [section, { properties = {} }] of Object.entries(definitions)) {
    if (section === 'env') continue;
    for (const [key, { description }] of Object.entries(properties)) {
      expect([section, key, description]).toEqual([
        section,
        key,
        expect.stringMatching(/^\S.+, for example .+\.$/),
      ]);
    }
  }
  const sku = definitions['deployment']?.properties?.['sku']?.anyOf;
  expect(sku?.[0]?.enum).toContain('DataZoneStandard');
  expect(sku?.[1]).toEqual({ type: 'string' });
});

describe('an editor with the schema', () => {
  const schema = z.fromJSONSchema(configJsonSchema());
  const sweden = { endpoint: { $env: 'ENDPOINT' }, region: 'swedencentral', api: 'v1' };
  const chat = {
    resource: 'sweden',
    deployment: 'd',
    sku: 'SomethingNew',
    limits: { tpm: { $env: 'TPM' }, rpm: 6 },
  };

  test.each([
    [
      'the smallest config',
      {
        resources: { sweden: { endpoint: 'https://a.openai.azure.com' } },
        deployments: { chat: { resource: 'sweden', deployment: 'd' } },
      },
    ],
    ['references to the environment', { $schema: 'x', resources: { sweden }, deployments: { chat } }],
    [
      'tiers, weights and policy',
      {
        resources: { sweden },
        deployments: { chat },
        pools: {
          a: ['chat'],
          b: [['chat'], [{ deployment: 'chat', weight: 2 }]],
          c: { tiers: [['chat']], leadOn: ['context_length_exceeded', 'mine'] },
        },
        policy: { processing: ['EU', 'atlantis'], clouds: ['public'] },
        allowHosts: ['a.b'],
      },
    ],
  ])('accepts %s', (_, config) => {
    expect(schema.safeParse(config)).toMatchObject({ success: true });
  });

  test.each([
    ['no deployments', { resources: { sweden } }],
    ['an unknown key', { resources: { sweden: { ...sweden, apiKey: 'x' } }, deployments: { chat } }],
    ['a resource without endpoint', { resources: { sweden: { region: 'x' } }, deployments: { chat } }],
    [
      'a weight of 0',
      { resources: { sweden }, deployments: { chat }, pools: { a: [{ deployment: 'chat', weight: 0 }] } },
    ],
    ['an unknown clause', { resources: { sweden }, deployments: { chat }, policy: { apiKeys: 'never' } }],
    [
      'a reference that is none',
      { resources: { sweden: { endpoint: { env: 'X' } } }, deployments: { chat } },
    ],
  ])('marks %s', (_, config) => {
    expect(schema.safeParse(config)).toMatchObject({ success: false });
  });
});
