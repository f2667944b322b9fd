import type { Deployment } from '@aoai/config';
import { expect, test } from 'vitest';
import { mockDeployment } from '../service/mock-deployment.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import type { ArmAccount } from './account.ts';
import { deploymentJson, readDeployment } from './deployment.ts';

const account = { name: 'contoso', resource: { name: 'sweden' } } as ArmAccount;
const names = { subscriptionId: 'S', resourceGroup: 'G' };

function deployment(more: Partial<Deployment> = {}): MockDeployment {
  const config = {
    resource: 'sweden',
    deployment: 'chat',
    model: 'gpt-5',
    sku: 'Standard',
    limits: {},
    tags: {},
  };
  return mockDeployment('chat', { ...config, ...more });
}

function written(more: Partial<Deployment>, extras = {}): Record<string, unknown> {
  return deploymentJson(names, account, { deployment: deployment(more), extras });
}

function read(body: unknown, current?: MockDeployment) {
  return readDeployment(body, { account, name: 'chat', current });
}

test('a deployment is written with its model, capacity, tags and limits', () => {
  expect(written({ limits: { tpm: 10_000, rpm: 60 }, tags: { team: 'a' } })).toEqual({
    id: '/subscriptions/S/resourceGroups/G/providers/Microsoft.CognitiveServices/accounts/contoso/deployments/chat',
    name: 'chat',
    type: 'Microsoft.CognitiveServices/accounts/deployments',
    etag: '"chat-10"',
    sku: { name: 'Standard', capacity: 10 },
    tags: { team: 'a' },
    properties: {
      model: { format: 'OpenAI', name: 'gpt-5', version: '2025-08-07' },
      versionUpgradeOption: 'OnceNewDefaultVersionAvailable',
      raiPolicyName: 'Microsoft.DefaultV2',
      deploymentState: 'Running',
      currentCapacity: 10,
      capabilities: {
        chatCompletion: 'true',
        responses: 'true',
        maxContextToken: '400000',
        maxOutputToken: '128000',
      },
      provisioningState: 'Succeeded',
      rateLimits: [
        { key: 'request', renewalPeriod: 10, count: 10 },
        { key: 'token', renewalPeriod: 60, count: 10_000 },
      ],
    },
    systemData: {
      createdBy: 'mock',
      createdByType: 'User',
      createdAt: '2026-01-01T00:00:00.0000000Z',
      lastModifiedBy: 'mock',
      lastModifiedByType: 'User',
      lastModifiedAt: '2026-01-01T00:00:00.0000000Z',
    },
  });
});

test('what was given to Resource Manager alone comes back from it', () => {
  expect(written({}, { raiPolicyName: 'strict', routing: { a: 1 } })['properties']).toMatchObject({
    raiPolicyName: 'strict',
    routing: { a: 1 },
    versionUpgradeOption: 'OnceNewDefaultVersionAvailable',
  });
});

test.each<[Partial<Deployment>, unknown[]]>([
  [{ limits: { rpm: 12 } }, [{ key: 'request', renewalPeriod: 10, count: 2 }]],
  [{ limits: { rpm: 13 } }, [{ key: 'request', renewalPeriod: 60, count: 13 }]],
  [{ limits: { tpm: 5000 } }, [{ key: 'token', renewalPeriod: 60, count: 5000 }]],
  [{ limits: {} }, []],
  [{ sku: 'ProvisionedManaged', limits: { ptu: 50, rpm: 12 } }, []],
  [{ sku: 'GlobalBatch', limits: { tpm: 5000 } }, []],
])('%j has the rate limits %j', (more, rateLimits) => {
  expect(written(more)['properties']).toMatchObject({ rateLimits });
});

test('a model that writes no tokens has no limit of them', () => {
  expect(written({ model: 'text-embedding-3-small' })['properties']).toMatchObject({
    capabilities: { embeddings: 'true', maxContextToken: '8191' },
  });
  expect(JSON.stringify(written({ model: 'text-embedding-3-small' }))).not.toContain('maxOutputToken');
});

const nano = { model: { name: 'gpt-5-nano' } };

test.each<[unknown, object]>([
  [
    { properties: nano },
    {
      capacity: 1,
      config: { model: 'gpt-5-nano', sku: 'Standard', limits: { tpm: 1000, rpm: 6 }, tags: {} },
    },
  ],
  [
    {
      sku: { name: 'GlobalStandard', capacity: 20 },
      properties: { model: { format: 'OpenAI', name: 'gpt-5-nano', version: '2025-08-07' } },
      tags: { team: 'a', cost: 7 },
    },
    {
      capacity: 20,
      config: {
        model: 'gpt-5-nano',
        version: '2025-08-07',
        sku: 'GlobalStandard',
        limits: { tpm: 20_000, rpm: 120 },
        tags: { team: 'a', cost: '7' },
      },
    },
  ],
  [
    {
      sku: { name: 'ProvisionedManaged', capacity: 50 },
      properties: { model: { name: 'gpt-5', version: '' } },
    },
    { capacity: 50, config: { model: 'gpt-5', sku: 'ProvisionedManaged', limits: { ptu: 50 }, tags: {} } },
  ],
])(
  'a new deployment of %j gets what it asks for, and the usual for the rest',
  (body, { config, ...wanted }: { config?: object }) => {
    const place = { resource: 'sweden', deployment: 'chat' };
    expect(read(body)).toStrictEqual({ ...wanted, config: { ...place, ...config }, extras: {} });
  },
);

test('a change keeps what it does not name', () => {
  const current = deployment({
    model: 'gpt-4o',
    version: '2024-08-06',
    sku: 'GlobalStandard',
    limits: { tpm: 30_000 },
    tags: { team: 'a' },
  });
  const kept = read({}, current);
  expect(kept).toEqual({
    capacity: 30,
    config: {
      resource: 'sweden',
      deployment: 'chat',
      model: 'gpt-4o',
      version: '2024-08-06',
      sku: 'GlobalStandard',
      limits: { tpm: 30_000, rpm: 180 },
      tags: { team: 'a' },
    },
    extras: {},
  });
  expect(read({ tags: {} }, current)).toEqual({ ...kept, config: { ...kept.config, tags: {} } });
  expect(read({ properties: { model: { version: '2024-11-20' } } }, current).config).toEqual({
    ...kept.config,
    version: '2024-11-20',
  });
});

test('another model does not keep the version of the one before', () => {
  const current = deployment({ model: 'gpt-4o', version: '2024-08-06' });
  expect(read({ properties: nano }, current).config).not.toHaveProperty('version');
});

test('of the properties those are kept that the mock does not make itself', () => {
  const given = { raiPolicyName: 'strict', serviceTier: 'Priority', deploymentState: 'Paused' };
  const properties = { ...nano, ...given, provisioningState: 'Failed', rateLimits: [] };
  expect(read({ properties }).extras).toEqual(given);
});

const content = 'The request content was invalid and could not be deserialized.';

test.each<[unknown, string, string]>([
  [[], 'InvalidRequestContent', content],
  [null, 'InvalidRequestContent', content],
  ['text', 'InvalidRequestContent', content],
  [{ properties: [] }, 'InvalidRequestContent', content],
  [{ properties: { model: 'gpt-5' } }, 'InvalidRequestContent', content],
  [{ sku: 'Standard', properties: nano }, 'InvalidRequestContent', content],
  [{ properties: nano, tags: 'team' }, 'InvalidRequestContent', content],
  [{}, 'InvalidRequestContent', 'The model of the deployment is required.'],
  [
    { properties: { model: { name: '' } } },
    'InvalidRequestContent',
    'The model of the deployment is required.',
  ],
  [
    { properties: { model: { name: 5 } } },
    'InvalidRequestContent',
    'The model of the deployment is required.',
  ],
  [
    { properties: { model: { name: 'gpt-99' } } },
    'DeploymentModelNotSupported',
    "The model 'Format:OpenAI,Name:gpt-99,Version:' of account deployment is not supported.",
  ],
  [
    { properties: { model: { name: 'gpt-5', version: '1999-01-01' } } },
    'DeploymentModelNotSupported',
    "The model 'Format:OpenAI,Name:gpt-5,Version:1999-01-01' of account deployment is not supported.",
  ],
  [
    { sku: { name: 'Huge' }, properties: nano },
    'InvalidResourceProperties',
    "The specified SKU 'Huge' of account deployment is not supported by the model 'gpt-5-nano' version ''.",
  ],
  [
    { sku: { name: 'Huge' }, properties: { model: { name: 'gpt-5', version: '2025-08-07' } } },
    'InvalidResourceProperties',
    "The specified SKU 'Huge' of account deployment is not supported by the model 'gpt-5' version '2025-08-07'.",
  ],
  ...[0, -1, 1.5, '10'].map((capacity): [unknown, string, string] => [
    { sku: { capacity }, properties: nano },
    'InvalidCapacity',
    `The specified capacity '${JSON.stringify(capacity)}' of account deployment is not valid. It should be a positive integer.`,
  ]),
])('a deployment of %j is refused with %s', (body, code, message) => {
  expect(() => read(body)).toThrow(expect.objectContaining({ status: 400, code, message }));
});
