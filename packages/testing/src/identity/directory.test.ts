import { expect, test } from 'vitest';
import { createDirectory } from './directory.ts';
import { accepts, namesManyResources, targetOfResource, targetOfScope } from './service.ts';

const tenantId = 'AAAAAAAA-1111-4111-8111-111111111111';
const other = 'BBBBBBBB-1111-4111-8111-111111111111';
const directory = createDirectory({
  tenantId,
  otherTenants: [other],
  apps: {
    web: { clientId: 'CCCC', secret: ['a', 'b'], identifierUri: 'https://web.example', scopes: ['read'] },
  },
  users: { ada: { username: 'Ada@Example.com', objectId: 'DDDD', groups: ['finance', 'made-up'] } },
  groups: { finance: 'group-1' },
});
const [, web] = directory.apps;
const [ada] = directory.users;

test.each([
  [tenantId, tenantId.toLowerCase()],
  [tenantId.toLowerCase(), tenantId.toLowerCase()],
  [other, other.toLowerCase()],
  ['common', tenantId.toLowerCase()],
  ['Organizations', tenantId.toLowerCase()],
  ['adfs', tenantId.toLowerCase()],
  ['Contoso.onmicrosoft.com', tenantId.toLowerCase()],
  ['fabrikam.onmicrosoft.com', undefined],
  ['', undefined],
])('the tenant that is called %j is %s', (name, id) => {
  expect(directory.tenant(name)).toBe(id);
});

test('apps are found by id in any case, and by name where a name is meant', () => {
  expect([directory.client('cccc'), directory.client('CCCC'), directory.client('web')]).toEqual([
    web,
    web,
    undefined,
  ]);
  expect([directory.app('CCCC'), directory.app('web'), directory.app('nobody')]).toEqual([
    web,
    web,
    undefined,
  ]);
  expect(web).toMatchObject({ secrets: ['a', 'b'], clientId: 'cccc', identifierUri: 'https://web.example' });
  expect(directory.defaultApp).toMatchObject({ name: 'default', publicClient: true });
});

test('the app that is used where none is named is called default, whatever else there is', () => {
  const apps = { '1': {}, web: {}, default: { clientId: 'own' } };
  const given = createDirectory({ apps });
  expect(given.defaultApp).toMatchObject({ name: 'default', clientId: 'own', secrets: [] });
  expect(given.defaultApp.publicClient).toBeUndefined();
  expect(given.apps.map(({ name }) => name)).toEqual(['default', '1', 'web']);
  expect(createDirectory({ apps: { '1': {} } }).defaultApp).toMatchObject({ name: 'default' });
});

test('people are found by key, by name and by id', () => {
  for (const name of ['ada', 'ada@example.com', 'ADA@EXAMPLE.COM', 'DDDD', 'dddd'])
    expect(directory.user(name)).toBe(ada);
  expect([directory.user('ADA'), directory.user('')]).toEqual([undefined, undefined]);
});

test('groups have the id that they were given, or one of their own', () => {
  const [first, second] = ada === undefined ? [] : directory.groupIds(ada);
  expect(first).toBe('group-1');
  expect([
    directory.groupName('group-1'),
    directory.groupName(second ?? ''),
    directory.groupName('x'),
  ]).toEqual(['finance', 'made-up', undefined]);
});

test('ids that nobody gave are the same in each directory, and no two are alike', () => {
  const of = () => createDirectory({ apps: { a: {}, b: {} }, users: { a: {}, b: {} } });
  const ids = ({ apps, users }: ReturnType<typeof of>) => [
    ...apps.flatMap(({ clientId, objectId }) => [clientId, objectId]),
    ...users.map(({ objectId }) => objectId),
  ];
  expect(ids(of())).toEqual(ids(of()));
  expect(new Set(ids(of())).size).toBe(8);
});

test.each([
  [
    'https://cognitiveservices.azure.com/.default',
    'https://cognitiveservices.azure.com',
    '1.0',
    ['.default'],
    [],
  ],
  [
    'https://cognitiveservices.azure.com//.default',
    'https://cognitiveservices.azure.com/',
    '1.0',
    ['.default'],
    [],
  ],
  [
    '7d312290-28c8-473c-a0ed-8e53749b6d6d/.default',
    '7d312290-28c8-473c-a0ed-8e53749b6d6d',
    '1.0',
    ['.default'],
    [],
  ],
  ['api://AzureADTokenExchange/.default', 'api://AzureADTokenExchange', '2.0', ['.default'], []],
  ['http://127.0.0.1:1/.default', 'http://127.0.0.1:1', '1.0', ['.default'], []],
  ['https://web.example/read  openid', 'cccc', '2.0', ['read'], ['openid']],
  ['cccc/.default', 'cccc', '2.0', ['.default'], []],
  ['User.Read Files.Read', 'https://graph.microsoft.com', '1.0', ['User.Read', 'Files.Read'], []],
  ['openid profile', 'https://graph.microsoft.com', '1.0', [], ['openid', 'profile']],
])('the scope %j is for %s', (scope, audience, version, scopes, openid) => {
  expect(targetOfScope(scope, directory)).toMatchObject({ audience, version, scopes, openid });
});

test.each(['https://nothing.example/.default', 'api://nothing/read', 'https://web.example/read User.Read'])(
  'the scope %j is for nothing here',
  (scope) => {
    expect(targetOfScope(scope, directory)).toBeUndefined();
  },
);

test.each([
  ['https://a/x https://a/y', false],
  ['https://a/x https://a//y', false],
  ['https://a/x https://b/x', true],
  ['https://a/x openid offline_access', false],
  ['https://a/x User.Read', true],
  ['', false],
])('%j names many resources: %s', (scope, isMany) => {
  expect(namesManyResources(scope)).toBe(isMany);
});

test.each([
  ['openai', 'public', 'https://cognitiveservices.azure.com', true],
  ['openai', 'public', 'https://cognitiveservices.azure.com/', true],
  ['openai', 'public', 'https://ai.azure.com', true],
  ['openai', 'public', 'https://cognitiveservices.azure.us', false],
  ['openai', 'us-gov', 'https://ai.azure.us', true],
  ['openai', 'china', 'https://cognitiveservices.azure.cn', true],
  ['openai', 'china', 'https://ai.azure.com', false],
  ['openai', undefined, 'https://cognitiveservices.azure.cn', true],
  ['openai', 'china', '7d312290-28c8-473c-a0ed-8e53749b6d6d', true],
  ['search', 'public', 'https://cognitiveservices.azure.com', false],
  ['vault', 'public', 'https://vault.azure.net', true],
  ['vault', 'china', 'https://vault.azure.net', false],
  ['management', 'public', 'https://management.core.windows.net/', true],
] as const)('%s in the cloud %s takes a token for %s: %s', (service, cloud, audience, isAccepted) => {
  expect(accepts(service, cloud, audience)).toBe(isAccepted);
});

test.each([
  ['https://search.azure.com/', 'https://search.azure.com/'],
  ['https://web.example', 'cccc'],
  ['cccc', 'cccc'],
  ['https://nothing.example', undefined],
])('the resource %s is that of tokens for %s', (resource, audience) => {
  expect(targetOfResource(resource, directory)?.audience).toBe(audience);
});
