import { expect, test } from 'vitest';
import type { MockResource } from '../service/mock-resource.ts';
import { accountJson, armAccount } from './account.ts';

function resource(endpoint: string, more: object = {}): MockResource {
  return { name: 'sweden', config: { endpoint, ...more } } as MockResource;
}

test.each([
  ['https://contoso-eu2.openai.azure.com', 'contoso-eu2'],
  ['https://Contoso.openai.azure.com', 'contoso'],
  ['https://2contoso.openai.azure.com', 'sweden'],
  ['https://my_contoso.example.com', 'sweden'],
  ['https://contoso_1.example.com', 'sweden'],
  ['http://127.0.0.1:8080', 'sweden'],
  ['http://localhost:8080', 'sweden'],
])('the account of %s is called %s', (endpoint, name) => {
  expect(armAccount(resource(endpoint), 'http://127.0.0.1:1').name).toBe(name);
});

test('an account is where its resource is, else in the usual region of the mock', () => {
  const endpoint = 'https://contoso.openai.azure.com';
  expect(armAccount(resource(endpoint, { region: 'francecentral' }), '').location).toBe('francecentral');
  expect(armAccount(resource(endpoint), '').location).toBe('swedencentral');
});

test('an account has its tags, the address on this machine, and no keys where none are accepted', () => {
  const names = { subscriptionId: 'S', resourceGroup: 'G' };
  const account = armAccount(
    resource('https://contoso.openai.azure.com', { tags: { team: 'a' } }),
    'http://127.0.0.1:9',
  );
  const endpoint = 'http://127.0.0.1:9/';
  expect(accountJson(names, account, { isKeyless: true })).toEqual({
    id: '/subscriptions/S/resourceGroups/G/providers/Microsoft.CognitiveServices/accounts/contoso',
    name: 'contoso',
    type: 'Microsoft.CognitiveServices/accounts',
    kind: 'OpenAI',
    sku: { name: 'S0' },
    location: 'swedencentral',
    etag: '"contoso"',
    tags: { team: 'a' },
    identity: { type: 'SystemAssigned' },
    properties: {
      provisioningState: 'Succeeded',
      endpoint,
      endpoints: {
        'OpenAI Language Model Instance API': endpoint,
        'OpenAI Dall-E API': endpoint,
        'OpenAI Sora API': endpoint,
        'OpenAI Whisper API': endpoint,
        'OpenAI Model Scaleset API': endpoint,
        'OpenAI Realtime API': endpoint,
        'Token Service API': endpoint,
      },
      customSubDomainName: 'contoso',
      disableLocalAuth: true,
      publicNetworkAccess: 'Enabled',
      networkAcls: { defaultAction: 'Allow', virtualNetworkRules: [], ipRules: [] },
      privateEndpointConnections: [],
      isMigrated: false,
      dateCreated: '2026-01-01T00:00:00.0000000Z',
      callRateLimit: { rules: [] },
      capabilities: [
        { name: 'VirtualNetworks' },
        { name: 'CustomerManagedKey' },
        { name: 'TrustedServices', value: 'Microsoft.CognitiveServices,Microsoft.Search' },
      ],
    },
  });
});
