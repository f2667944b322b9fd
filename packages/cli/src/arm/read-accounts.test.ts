import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createClientCertificate } from '@aoai/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readAccounts } from './read-accounts.ts';
import { useTrust } from '../trust.fake.ts';

const trust = useTrust();
let server: Server;
let endpoint = '';
/** What each path answers; 403 for others. */
let answers: Record<string, unknown> = {};
let asked: string[] = [];

beforeAll(async () => {
  const { certificate, privateKey } = createClientCertificate('localhost');
  trust(certificate);
  server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    const { pathname } = new URL(request.url ?? '/', endpoint);
    const path = pathname.replace('/subscriptions/s', '').replaceAll(/\/providers\/[^/]+/g, '');
    asked.push(path);
    const value = answers[path];
    response.writeHead(value === undefined ? 403 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(value === undefined ? { error: { code: 'AuthorizationFailed' } } : { value }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  endpoint = `https://localhost:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  asked = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function account(name: string, parts: object = {}, properties: object = {}) {
  return {
    id: `/subscriptions/s/resourceGroups/group-of-${name}/providers/Microsoft.CognitiveServices/accounts/${name}`,
    name,
    kind: 'OpenAI',
    location: 'Sweden Central',
    properties: { endpoint: `https://${name}.openai.azure.com/`, ...properties },
    ...parts,
  };
}

const read = (resourceGroup?: string) =>
  readAccounts({
    endpoint,
    subscriptionId: 's',
    credential: { getToken: async () => ({ token: 'a.b.c', expiresOnTimestamp: Date.now() + 3_600_000 }) },
    ...(resourceGroup !== undefined && { resourceGroup }),
  });

/** One account with these deployments and models. */
function one(deployments: readonly unknown[], models?: readonly unknown[]): void {
  answers = {
    '/accounts': [account('a')],
    '/resourceGroups/group-of-a/accounts/a/deployments': deployments,
    ...(models !== undefined && { '/resourceGroups/group-of-a/accounts/a/models': models }),
  };
}

const deploymentsOf = async () => (await read())[0]?.deployments;

test('of an account it reads name, origin, region in its short form, tenant and tags', async () => {
  answers = {
    '/accounts': [
      account('b', { tags: { team: 'search' }, identity: { tenantId: 't' } }),
      account('a', { kind: 'AIServices', location: 'eastus2' }),
      account('speech', { kind: 'SpeechServices' }),
    ],
    '/resourceGroups/group-of-a/accounts/a/deployments': [],
    '/resourceGroups/group-of-b/accounts/b/deployments': [],
  };
  const common = { takesKeys: true, isPublic: true, deployments: [] };
  expect(await read()).toEqual([
    { name: 'a', endpoint: 'https://a.openai.azure.com', region: 'eastus2', tags: {}, ...common },
    {
      name: 'b',
      endpoint: 'https://b.openai.azure.com',
      region: 'swedencentral',
      tenantId: 't',
      tags: { team: 'search' },
      ...common,
    },
  ]);
  expect(asked.filter((path) => path.includes('speech'))).toEqual([]);
});

test('of one group it asks for that group only', async () => {
  answers = { '/resourceGroups/g/accounts': [] };
  expect(await read('g')).toEqual([]);
  expect(asked).toEqual(['/resourceGroups/g/accounts']);
});

test.each([
  [{ disableLocalAuth: true }, { takesKeys: false, isPublic: true }],
  [{ disableLocalAuth: false }, { takesKeys: true, isPublic: true }],
  [{ publicNetworkAccess: 'Disabled' }, { takesKeys: true, isPublic: false }],
  [{ publicNetworkAccess: 'Enabled' }, { takesKeys: true, isPublic: true }],
  [{ endpoint: undefined }, { endpoint: '' }],
])('%j means %j', async (properties, expected) => {
  one([]);
  answers['/accounts'] = [account('a', {}, properties)];
  expect((await read())[0]).toMatchObject(expected);
});

test.each<[object, object, object]>([
  // Capacity counts thousands of tokens a minute …
  [{ name: 'Standard', capacity: 50 }, {}, { tpm: 50_000 }],
  // … or units.
  [{ name: 'ProvisionedManaged', capacity: 50 }, {}, { ptu: 50 }],
  [{ name: 'ProvisionedManaged' }, {}, {}],
  [{ name: 'GlobalBatch', capacity: 50 }, {}, {}],
  [{ name: 'Standard' }, { currentCapacity: 7 }, { tpm: 7000 }],
  [{ name: 'Standard', capacity: 5 }, { currentCapacity: 7 }, { tpm: 5000 }],
  [{ name: 'Standard' }, {}, {}],
  [{ name: 'SomethingNew', capacity: 3 }, {}, { tpm: 3000 }],
  [
    { name: 'Standard', capacity: 50 },
    {
      rateLimits: [
        { key: 'request', renewalPeriod: 10, count: 50 },
        { key: 'token', renewalPeriod: 60, count: 40_000 },
      ],
    },
    { tpm: 40_000, rpm: 300 },
  ],
  [
    { name: 'Standard' },
    {
      rateLimits: [
        { key: 'request', renewalPeriod: 7, count: 1 },
        { key: 'token', count: 9 },
      ],
    },
    { rpm: 9 },
  ],
])('sku %j with %j has the limits %j', async (sku, properties, limits) => {
  one([{ name: 'chat', sku, properties: { model: { name: 'gpt-5.4' }, ...properties } }]);
  expect((await deploymentsOf())?.[0]?.limits).toEqual(limits);
});

test('of a deployment it reads model, version, sku and state, by name', async () => {
  one([
    {
      name: 'b',
      sku: { name: 'GlobalStandard' },
      properties: { model: { name: 'gpt-5.4', version: '1' }, provisioningState: 'Succeeded' },
    },
    { name: 'a', properties: { model: { name: 'gpt-5.4' } } },
  ]);
  expect(await deploymentsOf()).toEqual([
    { name: 'a', model: 'gpt-5.4', sku: 'Standard', limits: {}, state: 'unknown' },
    { name: 'b', model: 'gpt-5.4', version: '1', sku: 'GlobalStandard', limits: {}, state: 'Succeeded' },
  ]);
});

test('the end of a model is that of its own version, as a day', async () => {
  const models = [
    { name: 'gpt-5.4', version: '1', deprecation: { inference: '2027-01-31T00:00:00Z' } },
    {
      name: 'gpt-5.4',
      version: '2',
      deprecation: { inference: '2028-01-31T00:00:00Z' },
      replacementConfig: { targetModelName: 'gpt-6' },
    },
    { name: 'gpt-5.4', version: '3', deprecation: { inference: 'soon' } },
  ];
  one(
    ['1', '2', '3', '4'].map((version) => ({
      name: `d${version}`,
      properties: { model: { name: 'gpt-5.4', version } },
    })),
    models,
  );
  expect((await deploymentsOf())?.map(({ retires, replacement }) => [retires, replacement])).toEqual([
    ['2027-01-31', undefined],
    ['2028-01-31', 'gpt-6'],
    [undefined, undefined],
    [undefined, undefined],
  ]);
});

test('a role that may not list models reads the rest; one that may not list deployments reads nothing', async () => {
  one([{ name: 'chat', properties: { model: { name: 'gpt-5.4' } } }]);
  expect((await deploymentsOf())?.[0]).not.toHaveProperty('retires');
  answers = { '/accounts': [account('a')] };
  await expect(read()).rejects.toMatchObject({ statusCode: 403 });
});
