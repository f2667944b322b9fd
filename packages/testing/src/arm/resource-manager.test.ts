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

const { resourceGroup, subscriptionId } = azure.arm;
const subscription = `/subscriptions/${subscriptionId}`;
const inGroup = `${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.CognitiveServices`;
const sweden = `${inGroup}/accounts/contoso-sweden`;

interface Asked {
  readonly who?: CredentialOptions;
  readonly body?: unknown;
}

const origin = azure.arm.endpoint.replace('https:', 'http:');

/** What `GET /path` or `POST /path` is answered with. */
async function ask(call: string, { who = {}, body }: Asked = {}) {
  const [method = '', path = ''] = call.split(' ');
  const { token } = await azure.credential(who).getToken('https://management.azure.com/.default');
  const response = await fetch(`${origin}${path}?api-version=2025-09-01`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  // It is for those who have no token yet.
  expect(response.headers.has('www-authenticate')).toBe(response.status === 401);
  const text = await response.text();
  const answer = (text === '' ? {} : JSON.parse(text)) as {
    readonly error?: { readonly code: string; readonly message: string };
  };
  return { status: response.status, code: answer.error?.code, message: answer.error?.message, answer };
}

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
  expect(await client().accounts.listKeys(resourceGroup, 'contoso-sweden')).toEqual({
    key1: azure.apiKey,
    key2: expect.any(String) as string,
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

test('the subscription tells its tenant, alone and in a list', async () => {
  const own = {
    id: subscription,
    subscriptionId,
    tenantId: azure.identity.tenantId,
    displayName: 'Mock subscription',
    state: 'Enabled',
  };
  expect((await ask('GET /subscriptions')).answer).toEqual({ value: [own] });
  expect(
    (await ask(`GET ${subscription.toUpperCase().replace('SUBSCRIPTIONS', 'Subscriptions')}`)).answer,
  ).toEqual(own);
});

test.each([
  ['GET', `${inGroup}/accounts`, 'accounts/read'],
  ['GET', sweden, 'accounts/read'],
  ['GET', `${sweden}/models`, 'accounts/models/read'],
  ['GET', `${sweden}/usages`, 'accounts/usages/read'],
  ['POST', `${sweden}/listKeys`, 'accounts/listKeys/action'],
  ['GET', `${sweden}/deployments`, 'accounts/deployments/read'],
  ['GET', `${sweden}/deployments/gpt-5-mini-eu`, 'accounts/deployments/read'],
  ['PUT', `${sweden}/deployments/new`, 'accounts/deployments/write'],
  ['PATCH', `${sweden}/deployments/gpt-5-mini-eu`, 'accounts/deployments/write'],
  ['DELETE', `${sweden}/deployments/gpt-5-mini-eu`, 'accounts/deployments/delete'],
])('%s %s needs a role on the account that allows %s', async (method, path, action) => {
  const { status, code, message } = await ask(`${method} ${path}`, { who: { app: 'caller' } });
  expect([status, code]).toEqual([403, 'AuthorizationFailed']);
  expect(message).toContain(
    `perform action 'Microsoft.CognitiveServices/${action}' over scope '${sweden}' or the scope is invalid.`,
  );
});

test.each(['models', 'usages'])(
  'GET …/locations/swedencentral/%s needs a role on the subscription',
  async (what) => {
    const path = `${subscription}/providers/Microsoft.CognitiveServices/locations/swedencentral/${what}`;
    const { status, message } = await ask(`GET ${path}`, { who: { app: 'narrow' } });
    expect(status).toBe(403);
    expect(message).toContain(
      `perform action 'Microsoft.CognitiveServices/locations/${what}/read' over scope '${subscription}' or`,
    );
  },
);

test.each([
  'GET /',
  'GET /tenants',
  'POST /subscriptions',
  `GET ${subscription}/resourceGroups/${resourceGroup}`,
  `GET ${subscription}/resources/Microsoft.CognitiveServices/accounts`,
  `GET ${subscription}/providers/Microsoft.Search/accounts`,
  `GET ${inGroup}`,
  `GET ${inGroup}/skus/contoso-sweden`,
  `POST ${inGroup}/accounts`,
  `DELETE ${sweden}`,
  `POST ${sweden}/models`,
  `DELETE ${sweden}/usages`,
  `GET ${sweden}/listKeys`,
  `POST ${sweden}/deployments`,
  `POST ${sweden}/deployments/gpt-5-mini-eu`,
  `GET ${sweden}/deployments/gpt-5-mini-eu/skus`,
  `GET ${sweden}/providers/Microsoft.Authorization/roleAssignments`,
  `POST ${sweden}/providers/Microsoft.Authorization/permissions`,
  `GET ${sweden}/privateLinks/Microsoft.Authorization/permissions`,
  `GET ${inGroup}/locations`,
  `GET ${inGroup}/locations/swedencentral`,
  `POST ${inGroup}/locations/swedencentral/usages`,
  `GET ${inGroup}/locations/swedencentral/skus`,
])('%s is nothing that the mock has', async (call) => {
  expect(await ask(call)).toMatchObject({
    status: 404,
    code: 'NotFound',
    message: `The mock of Resource Manager has nothing at '${call}'.`,
  });
});

test.each([
  ['/subscriptions/another', 'SubscriptionNotFound', "The subscription 'another' could not be found."],
  [
    '/subscriptions/another/providers/Microsoft.CognitiveServices/accounts',
    'SubscriptionNotFound',
    "The subscription 'another' could not be found.",
  ],
  [
    sweden.replace(resourceGroup, 'another'),
    'ResourceGroupNotFound',
    "Resource group 'another' could not be found.",
  ],
  [
    sweden.replace('contoso-sweden', 'another'),
    'ResourceNotFound',
    `The Resource 'Microsoft.CognitiveServices/accounts/another' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  ],
  [
    `${sweden}/deployments/another`,
    'DeploymentNotFound',
    `The deployment 'another' of '${sweden}' was not found.`,
  ],
])('what is not there is told by its name: %s', async (path, code, message) => {
  expect(await ask(`GET ${path}`)).toMatchObject({ status: 404, code, message });
});

test('names are the same in capitals, as they are in Azure', async () => {
  const shout = sweden.toUpperCase().replace('SUBSCRIPTIONS', 'Subscriptions');
  expect((await ask(`GET ${shout}`)).answer).toEqual((await ask(`GET ${sweden}`)).answer);
  for (const path of [
    '/DEPLOYMENTS/GPT-5-MINI-EU',
    '/MODELS',
    '/PROVIDERS/MICROSOFT.AUTHORIZATION/PERMISSIONS',
  ])
    expect((await ask(`GET ${shout}${path}`)).answer).toEqual(
      (await ask(`GET ${sweden}${path.toLowerCase()}`)).answer,
    );
});

test.each([
  ['2025-09-01', 200],
  ['2025-10-01-preview', 200],
  ['2025-9-1', 400],
  ['v2025-09-01', 400],
  ['2025-09-01-beta', 400],
  ['2025-09-01-preview2', 400],
  ['', 400],
])('the api-version %j is answered with %i', async (version, status) => {
  const { token } = await azure.credential().getToken('https://management.azure.com/.default');
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${origin}${subscription}?api-version=${version}`, { headers });
  expect(response.status).toBe(status);
  if (status === 400)
    expect(await response.json()).toEqual({
      error: { code: 'InvalidApiVersionParameter', message: `The api-version '${version}' is invalid.` },
    });
});

test.each([
  ['missing', {}, 'AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing."],
  [
    'of another kind',
    { authorization: 'Basic eA==' },
    'AuthenticationFailed',
    "Authentication failed. The 'Authorization' header is missing.",
  ],
  [
    'wrong',
    { authorization: 'Bearer x' },
    'InvalidAuthenticationToken',
    'The access token is invalid, has expired or was obtained for the wrong audience.',
  ],
])('a token that is %s is asked for, before anything is told', async (_, headers, code, message) => {
  for (const path of ['/subscriptions', '/subscriptions/another', '/subscriptions/another/providers/x']) {
    const response = await fetch(`${origin}${path}?api-version=2025-09-01`, {
      headers: headers as Record<string, string>,
    });
    expect([response.status, await response.json()]).toEqual([401, { error: { code, message } }]);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token", error_description="${code}: ${message}"`,
    );
  }
});

test.each(['-new', '.new', '_new', 'a b', `a${'b'.repeat(64)}`])(
  '%j is no name of a deployment',
  async (name) => {
    const body = { properties: wanted };
    expect(await ask(`PUT ${sweden}/deployments/${encodeURIComponent(name)}`, { body })).toMatchObject({
      status: 400,
      code: 'InvalidResourceName',
      message: `The deployment name '${name}' is not valid.`,
    });
  },
);

test('a name may have 64 letters, digits, dots and dashes', async () => {
  const path = `${sweden}/deployments/0A.b_c-${'d'.repeat(57)}`;
  const body = { properties: { model: { name: 'gpt-5-nano' } } };
  expect((await ask(`PUT ${path}`, { body })).status).toBe(201);
  expect((await ask(`PUT ${path}`, { body })).status).toBe(200);
  expect((await ask(`DELETE ${path}`)).status).toBe(200);
  expect((await ask(`DELETE ${path}`)).status).toBe(204);
});

test('a body that is not JSON is refused', async () => {
  expect(await ask(`PUT ${sweden}/deployments/new`, { body: '{' })).toMatchObject({
    status: 400,
    code: 'InvalidRequestContent',
    message: 'The request content was invalid and could not be deserialized.',
  });
});

test('a deployment grows into its own quota, and stays the one of the config', async () => {
  const path = `${sweden}/deployments/GPT-5-MINI-EU`;
  const grown = await ask(`PATCH ${path}`, { body: { sku: { capacity: 300 } } });
  expect(grown.answer).toMatchObject({
    name: 'gpt-5-mini-eu',
    sku: { name: 'DataZoneStandard', capacity: 300 },
    properties: { model: { name: 'gpt-5-mini', version: '2025-08-07' } },
  });
  expect(await ask(`PATCH ${path}`, { body: { sku: { capacity: 301 } } })).toMatchObject({
    status: 400,
    code: 'InsufficientQuota',
  });
  const before = azure.requests('chat').length;
  const openai = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey, maxRetries: 0 });
  await openai.responses.create({ model: 'gpt-5-mini-eu', input: 'Hi' });
  expect(azure.requests('chat')).toHaveLength(before + 1);
  await ask(`PATCH ${path}`, { body: { sku: { capacity: 200 } } });
});

test('faults of Resource Manager are written as its errors are', async () => {
  azure.arm.fail({ kind: 'status', status: 429, retryAfterSeconds: 3 }, { times: 1 });
  azure.arm.fail({ kind: 'status', status: 503 }, { times: 1 });
  expect(await ask('GET /subscriptions')).toMatchObject({
    status: 429,
    code: 'TooManyRequests',
    message: 'The request is being throttled.',
  });
  expect(await ask('GET /subscriptions')).toMatchObject({
    status: 503,
    code: 'ServerTimeout',
    message: 'The request timed out. Please try again.',
  });
});

test('accounts whose hosts begin alike are called as in the config, and give no keys where none are accepted', async () => {
  const twins = await startMockAzure({
    config: defineConfig({
      resources: {
        north: { endpoint: 'https://contoso.openai.azure.com' },
        south: { endpoint: 'https://contoso.cognitiveservices.azure.com' },
        west: { endpoint: 'https://contoso-west.openai.azure.com' },
      },
      deployments: { chat: { resource: 'north', deployment: 'gpt-5', model: 'gpt-5' } },
    }),
    identity: { roleAssignments: [{ principal: 'default', role: 'Contributor' }] },
    takesKeys: false,
    arm: { subscriptionId: 'my-subscription', resourceGroup: 'my-group' },
  });
  const { endpoint } = twins.arm;
  const options = { endpoint, retryOptions: { maxRetries: 0 } };
  const management = new CognitiveServicesManagementClient(twins.credential(), 'my-subscription', options);
  const accounts = await all(management.accounts.list());
  expect(accounts.map(({ id, name }) => [name, id?.split('/').slice(1, 5).join('/')])).toEqual([
    ['north', 'subscriptions/my-subscription/resourceGroups/my-group'],
    ['south', 'subscriptions/my-subscription/resourceGroups/my-group'],
    ['contoso-west', 'subscriptions/my-subscription/resourceGroups/my-group'],
  ]);
  expect(accounts[0]?.properties?.disableLocalAuth).toBe(true);
  await expect(management.accounts.listKeys('my-group', 'north')).rejects.toMatchObject({
    statusCode: 400,
    message: 'Failed to list key. disableLocalAuth is set to be true',
  });
  await twins.close();
});
