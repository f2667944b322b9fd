import { defineConfig } from '@aoai/config';
import { CognitiveServicesManagementClient } from '@azure/arm-cognitiveservices';
import OpenAI from 'openai';
import { afterAll, expect, test } from 'vitest';
import type { CredentialOptions } from '../identity/mock-credential.ts';
import { startMockAzure } from '../start-mock-azure.ts';

const azure = await startMockAzure({
  config: defineConfig({
    resources: {
      sweden: {
        endpoint: 'https://contoso-sweden.openai.azure.com',
        region: 'swedencentral',
        tags: { team: 'a' },
      },
      france: { endpoint: 'https://contoso-france.openai.azure.com', region: 'francecentral' },
    },
    deployments: {
      chat: {
        resource: 'sweden',
        deployment: 'gpt-5-mini-eu',
        model: 'gpt-5-mini',
        sku: 'DataZoneStandard',
        limits: { tpm: 200_000, rpm: 600 },
      },
      ptu: {
        resource: 'france',
        deployment: 'gpt-5-ptu',
        model: 'gpt-5',
        sku: 'ProvisionedManaged',
        limits: { ptu: 50 },
      },
    },
  }),
  identity: {
    apps: { reader: {}, caller: {}, narrow: {} },
    roleAssignments: [
      { principal: 'default', role: 'Contributor' },
      { principal: 'default', role: 'Cognitive Services OpenAI User' },
      { principal: 'reader', role: 'Reader' },
      { principal: 'narrow', role: 'Cognitive Services OpenAI User', resource: 'france' },
    ],
  },
  arm: { quota: { 'OpenAI.DataZoneStandard.gpt-5-mini': 300 } },
});
azure.identity.trust();
afterAll(() => azure.close());

const { resourceGroup } = azure.arm;

function client(who: CredentialOptions = {}): CognitiveServicesManagementClient {
  return new CognitiveServicesManagementClient(azure.credential(who), azure.arm.subscriptionId, {
    endpoint: azure.arm.endpoint,
    retryOptions: { maxRetries: 0 },
  });
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('accounts are the resources of the config, at their addresses on this machine', async () => {
  const accounts = await all(client().accounts.list());
  expect(accounts.map(({ name, location, kind }) => [name, location, kind])).toEqual([
    ['contoso-sweden', 'swedencentral', 'OpenAI'],
    ['contoso-france', 'francecentral', 'OpenAI'],
  ]);
  expect(accounts[0]).toMatchObject({
    id: expect.stringContaining(
      `/resourceGroups/${resourceGroup}/providers/Microsoft.CognitiveServices/accounts/contoso-sweden`,
    ) as string,
    properties: {
      endpoint: `${azure.endpoint}/`,
      customSubDomainName: 'contoso-sweden',
      provisioningState: 'Succeeded',
    },
    tags: { team: 'a' },
  });
  const one = await client().accounts.get(resourceGroup, 'Contoso-Sweden');
  expect(one).toEqual(accounts[0]);
});

test('deployments carry model, sku, capacity and rate limits of the config', async () => {
  const [chat] = await all(client().deployments.list(resourceGroup, 'contoso-sweden'));
  expect(chat).toMatchObject({
    name: 'gpt-5-mini-eu',
    sku: { name: 'DataZoneStandard', capacity: 200 },
    properties: {
      model: { format: 'OpenAI', name: 'gpt-5-mini', version: '2025-08-07' },
      rateLimits: [
        { key: 'request', renewalPeriod: 10, count: 100 },
        { key: 'token', renewalPeriod: 60, count: 200_000 },
      ],
    },
  });
  const ptu = await client().deployments.get(resourceGroup, 'contoso-france', 'gpt-5-ptu');
  expect(ptu.sku).toEqual({ name: 'ProvisionedManaged', capacity: 50 });
});

test('usages tell what is used of a quota in a region, and what is left', async () => {
  const sweden = await all(client().usages.list('swedencentral'));
  expect(sweden).toEqual([
    {
      name: {
        value: 'OpenAI.DataZoneStandard.gpt-5-mini',
        localizedValue: 'Tokens Per Minute (thousands) - gpt-5-mini - DataZoneStandard',
      },
      currentValue: 200,
      limit: 300,
      unit: 'Count',
    },
  ]);
  const [france] = await all(client().usages.list('France Central'));
  expect(france).toMatchObject({
    name: { value: 'OpenAI.ProvisionedManaged' },
    currentValue: 50,
    limit: 300,
  });
});

test('models come from the catalogue, with skus and retirement', async () => {
  const ofAccount = await all(client().accounts.listModels(resourceGroup, 'contoso-sweden'));
  const model = ofAccount.find(({ name }) => name === 'gpt-5-mini');
  expect(model).toMatchObject({
    version: '2025-08-07',
    isDefaultVersion: true,
    deprecation: { inference: '2027-02-06T00:00:00Z' },
  });
  expect(model?.skus?.map(({ name }) => name)).toContain('DataZoneStandard');
  const ofRegion = await all(client().models.list('swedencentral'));
  expect(ofRegion).toHaveLength(ofAccount.length);
});

test('a deployment that is created can be called, changed and deleted', async () => {
  const { deployments } = client();
  const openai = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey, maxRetries: 0 });
  const call = async (): Promise<number> => {
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    return (await openai.chat.completions.create({ model: 'nano', messages })).choices.length;
  };
  await expect(call()).rejects.toThrow(/does not exist/);
  const created = await deployments.beginCreateOrUpdateAndWait(resourceGroup, 'contoso-sweden', 'nano', {
    sku: { name: 'Standard', capacity: 10 },
    properties: {
      model: { format: 'OpenAI', name: 'gpt-5-nano', version: '2025-08-07' },
      raiPolicyName: 'strict',
    },
  });
  expect(created.properties).toMatchObject({ provisioningState: 'Succeeded', raiPolicyName: 'strict' });
  expect(await call()).toBe(1);
  const changed = await deployments.beginUpdateAndWait(resourceGroup, 'contoso-sweden', 'nano', {
    sku: { name: 'Standard', capacity: 20 },
  });
  expect([changed.sku?.capacity, changed.properties?.raiPolicyName]).toEqual([20, 'strict']);
  await deployments.beginDeleteAndWait(resourceGroup, 'contoso-sweden', 'nano');
  await expect(call()).rejects.toThrow(/does not exist/);
});

const wanted = { model: { format: 'OpenAI', name: 'gpt-5-mini', version: '2025-08-07' } };

test.each([
  [
    'more than the quota',
    { sku: { name: 'DataZoneStandard', capacity: 101 }, properties: wanted },
    'InsufficientQuota',
    /require 101 new capacity in quota Tokens Per Minute \(thousands\) - gpt-5-mini - DataZoneStandard, which is bigger than the current available capacity 100\. The current quota usage is 200 and the quota limit is 300/,
  ],
  [
    'a model that nobody knows',
    { sku: { name: 'Standard', capacity: 1 }, properties: { model: { name: 'gpt-99', version: '1' } } },
    'DeploymentModelNotSupported',
    /gpt-99/,
  ],
  [
    'a sku that nobody knows',
    { sku: { name: 'Huge', capacity: 1 }, properties: wanted },
    'InvalidResourceProperties',
    /Huge/,
  ],
  ['no capacity', { sku: { name: 'Standard', capacity: 0 }, properties: wanted }, 'InvalidCapacity', /'0'/],
])('a deployment that wants %s is refused', async (_, deployment, code, message) => {
  const created = client().deployments.beginCreateOrUpdateAndWait(
    resourceGroup,
    'contoso-sweden',
    'more',
    deployment,
  );
  await expect(created).rejects.toMatchObject({
    statusCode: 400,
    code,
    message: expect.stringMatching(message) as string,
  });
});

test('a deployment may take what the quota leaves', async () => {
  const fits = { sku: { name: 'DataZoneStandard', capacity: 100 }, properties: wanted };
  await client().deployments.beginCreateOrUpdateAndWait(resourceGroup, 'contoso-sweden', 'rest', fits);
  await client().deployments.beginDeleteAndWait(resourceGroup, 'contoso-sweden', 'rest');
});

test.each([
  ['without a role', { app: 'caller' }, 403, 'AuthorizationFailed'],
  [
    'of another tenant',
    { tenantId: '11111111-1111-4111-8111-111111111111' },
    401,
    'InvalidAuthenticationTokenTenant',
  ],
] as const)('a caller %s is refused', async (_, who, statusCode, code) => {
  await expect(all(client(who).accounts.list())).rejects.toMatchObject({ statusCode, code });
});

test('a reader may look and not touch', async () => {
  const reader = client({ app: 'reader' });
  expect(await all(reader.accounts.list())).toHaveLength(2);
  await expect(
    reader.deployments.beginDelete(resourceGroup, 'contoso-sweden', 'gpt-5-mini-eu'),
  ).rejects.toMatchObject({
    statusCode: 403,
    message: expect.stringContaining("'Microsoft.CognitiveServices/accounts/deployments/delete'") as string,
  });
  await expect(reader.accounts.listKeys(resourceGroup, 'contoso-sweden')).rejects.toMatchObject({
    statusCode: 403,
  });
  expect(await client().accounts.listKeys(resourceGroup, 'contoso-sweden')).toMatchObject({
    key1: azure.apiKey,
  });
});

test('a role on one resource shows that resource alone', async () => {
  const accounts = await all(client({ app: 'narrow' }).accounts.list());
  expect(accounts.map(({ name }) => name)).toEqual(['contoso-france']);
});

test('what does not exist is not found by the right name', async () => {
  await expect(client().accounts.get(resourceGroup, 'nobody')).rejects.toMatchObject({
    statusCode: 404,
    code: 'ResourceNotFound',
  });
  await expect(client().accounts.get('other', 'contoso-sweden')).rejects.toMatchObject({
    statusCode: 404,
    code: 'ResourceGroupNotFound',
  });
  await expect(client().deployments.get(resourceGroup, 'contoso-sweden', 'nope')).rejects.toMatchObject({
    statusCode: 404,
    code: 'DeploymentNotFound',
  });
});

test.each([
  ['without a token', {}, '?api-version=2025-09-01', 401, 'AuthenticationFailed'],
  [
    'with a bad token',
    { authorization: 'Bearer x' },
    '?api-version=2025-09-01',
    401,
    'InvalidAuthenticationToken',
  ],
  ['without an api-version', {}, '', 400, 'MissingApiVersionParameter'],
])('a request %s is refused', async (_, headers: Record<string, string>, query, status, code) => {
  const response = await fetch(
    `${azure.arm.endpoint}/subscriptions/${azure.arm.subscriptionId}/providers/Microsoft.CognitiveServices/accounts${query}`,
    { headers },
  );
  expect([response.status, await response.json()]).toMatchObject([status, { error: { code } }]);
});

test('the permissions of the caller are those of its roles', async () => {
  const { token } = await azure
    .credential({ app: 'reader' })
    .getToken('https://management.azure.com/.default');
  const [account] = await all(client().accounts.list());
  const url = `${azure.arm.endpoint}${account?.id ?? ''}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  expect(await response.json()).toEqual({
    value: [{ actions: ['*/read'], dataActions: [], notActions: [], notDataActions: [] }],
  });
});
