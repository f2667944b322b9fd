import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startMockAzure } from '../start-mock-azure.ts';

const many = Array.from({ length: 250 }, (_, index) => `team-${index}`);

const azure = await startMockAzure({
  identity: {
    apps: { web: { secret: 's' }, daemon: { secret: 's', appRoles: { graph: ['User.Read.All'] } } },
    users: {
      ada: { name: 'Ada Lovelace', groups: ['hr', 'staff'] },
      max: { name: 'Max Many', groups: many },
      two: { groups: many.slice(0, 200) },
      solo: { name: 'Solo' },
    },
  },
});

beforeAll(() => {
  azure.identity.trust();
});

beforeEach(() => {
  azure.reset();
});

afterAll(() => azure.close());

const graph = 'https://graph.microsoft.com';

async function tokenOf(user: string, scope = `${graph}/.default`): Promise<string> {
  return (await azure.credential({ app: 'web', user }).getToken(scope)).token;
}

async function ask(path: string, token: string, body?: unknown) {
  const response = await fetch(azure.graph.endpoint + path, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function groupIds(user: string): readonly string[] {
  const found = azure.identity.directory.user(user);
  return found === undefined ? [] : azure.identity.directory.groupIds(found);
}

test('a token names 200 groups, and with one more it names none and says where they are', async () => {
  expect(decodeJwt(await tokenOf('two'))['groups']).toHaveLength(200);
  const claims = decodeJwt(await tokenOf('max'));
  expect(claims).not.toHaveProperty('groups');
  expect(claims['_claim_names']).toEqual({ groups: 'src1' });
  const endpoint = `${azure.graph.endpoint}/v1.0/users/${String(claims['oid'])}/getMemberObjects`;
  expect(claims['_claim_sources']).toEqual({ src1: { endpoint } });
  const { pathname } = new URL(endpoint);
  const { body } = await ask(pathname, await tokenOf('max'), { securityEnabledOnly: true });
  expect(body['value']).toEqual(groupIds('max'));
});

test('/me is the person of the token', async () => {
  const { status, body } = await ask('/v1.0/me?$select=id,displayName', await tokenOf('ada'));
  expect(status).toBe(200);
  expect(body).toMatchObject({
    id: azure.identity.directory.user('ada')?.objectId,
    displayName: 'Ada Lovelace',
  });
  expect(body).not.toHaveProperty('mail');
});

test('groups come in pages of 100, each once', async () => {
  const token = await tokenOf('max');
  const seen: unknown[] = [];
  const sizes: number[] = [];
  let next: string | undefined = '/v1.0/me/transitiveMemberOf?$select=id';
  while (next !== undefined) {
    const { body }: { body: Record<string, unknown> } = await ask(next, token);
    const value = body['value'] as { readonly id: string }[];
    sizes.push(value.length);
    seen.push(...value.map(({ id }) => id));
    const link = body['@odata.nextLink'] as string | undefined;
    next = link === undefined ? undefined : link.replace(azure.graph.endpoint, '');
  }
  expect(sizes).toEqual([100, 100, 50]);
  expect(seen).toEqual(groupIds('max'));
});

test('who may not read groups gets their ids without their names', async () => {
  const path = '/v1.0/me/memberOf/microsoft.graph.group';
  const plain = await ask(path, await tokenOf('ada'));
  expect(plain.body['value']).toMatchObject([{ displayName: null }, { displayName: null }]);
  const scope = `${graph}/User.Read ${graph}/GroupMember.Read.All`;
  const named = await ask(path, await tokenOf('ada', scope));
  expect(named.body['value']).toMatchObject([{ displayName: 'hr' }, { displayName: 'staff' }]);
});

test('a person without groups has an empty list', async () => {
  expect((await ask('/v1.0/me/memberOf', await tokenOf('solo'))).body['value']).toEqual([]);
});

test('checkMemberGroups gives those of the asked groups that the person is in', async () => {
  const [hr = ''] = groupIds('ada');
  const { body } = await ask('/v1.0/me/checkMemberGroups', await tokenOf('ada'), {
    groupIds: [hr, groupIds('max')[0]],
  });
  expect(body['value']).toEqual([hr]);
});

test.each([
  [
    'a token for another service',
    'https://cognitiveservices.azure.com/.default',
    401,
    'InvalidAuthenticationToken',
  ],
  ['a token without User.Read', `${graph}/Mail.Read`, 403, 'Authorization_RequestDenied'],
])('%s is refused', async (_, scope, status, code) => {
  const answer = await ask('/v1.0/me', await tokenOf('ada', scope));
  expect(answer).toMatchObject({ status, body: { error: { code } } });
});

test('another person is read with User.Read.All only', async () => {
  const denied = await ask('/v1.0/users/max', await tokenOf('ada'));
  expect(denied).toMatchObject({ status: 403, body: { error: { code: 'Authorization_RequestDenied' } } });
  const { token } = await azure.credential({ app: 'daemon' }).getToken(`${graph}/.default`);
  expect((await ask('/v1.0/users/max', token)).body['displayName']).toBe('Max Many');
  expect(await ask('/v1.0/users/nobody', token)).toMatchObject({
    status: 404,
    body: { error: { code: 'Request_ResourceNotFound' } },
  });
});

test('an app that acts for itself has no /me', async () => {
  const { token } = await azure.credential({ app: 'daemon' }).getToken(`${graph}/.default`);
  expect(await ask('/v1.0/me', token)).toMatchObject({
    status: 400,
    body: { error: { code: 'BadRequest' } },
  });
});

test('what it does not have is a finding of the verdict, and its faults can be scripted', async () => {
  expect((await ask('/v1.0/me/messages', await tokenOf('ada'))).status).toBe(404);
  expect(azure.verdict()).toMatchObject([
    { message: expect.stringContaining('/v1.0/me/messages') as string },
  ]);
  azure.graph.fail({ kind: 'status', status: 429 }, { times: 1 });
  expect((await ask('/v1.0/me', await tokenOf('ada'))).status).toBe(429);
  expect((await ask('/v1.0/me', await tokenOf('ada'))).status).toBe(200);
});

const context = `${azure.graph.endpoint}/v1.0/$metadata`;

test('a profile has what the directory knows, and null for the rest', async () => {
  const ada = azure.identity.directory.user('ada');
  const { body } = await ask('/beta/me', await tokenOf('ada'));
  expect(body).toEqual({
    '@odata.context': `${context}#users/$entity`,
    id: ada?.objectId,
    displayName: 'Ada Lovelace',
    userPrincipalName: ada?.username,
    mail: ada?.username,
    givenName: 'Ada',
    surname: 'Lovelace',
    jobTitle: null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    businessPhones: [],
  });
  expect((await ask('/v1.0/me?$select=givenName,%20surname,nothing', await tokenOf('solo'))).body).toEqual({
    '@odata.context': `${context}#users/$entity`,
    givenName: 'Solo',
    surname: null,
    nothing: null,
  });
});

test.each([
  ['who may read groups', `${graph}/User.Read ${graph}/GroupMember.Read.All`, ['hr', true, false, []]],
  ['anybody else', `${graph}/User.Read`, [null, null, null, null]],
])(
  'a group is shown to %s as far as it may be',
  async (_, scope, [displayName, securityEnabled, mailEnabled, groupTypes]) => {
    const [hr] = groupIds('ada');
    const { body } = await ask('/v1.0/me/memberOf?$top=1&$count=true', await tokenOf('ada', scope));
    expect(body).toEqual({
      '@odata.context': `${context}#directoryObjects`,
      '@odata.count': 2,
      '@odata.nextLink': `${azure.graph.endpoint}/v1.0/me/memberOf?%24top=1&%24count=true&%24skiptoken=1`,
      value: [
        {
          '@odata.type': '#microsoft.graph.group',
          id: hr,
          displayName,
          securityEnabled,
          mailEnabled,
          groupTypes,
        },
      ],
    });
  },
);

test.each([
  ['$top=2', 2, false],
  ['$top=1', 1, true],
  ['$top=999', 2, false],
  ['$skiptoken=1', 1, false],
  ['$skiptoken=2', 0, false],
  ['$skiptoken=0', 2, false],
])('the page %s of two groups has %i of them', async (query, length, hasNext) => {
  const { body } = await ask(`/v1.0/me/memberOf?${query}`, await tokenOf('ada'));
  expect(body['value']).toHaveLength(length);
  expect('@odata.nextLink' in body).toBe(hasNext);
  expect(body).not.toHaveProperty('@odata.count');
});

test.each([
  ['$top=0', "Invalid page size specified: '0'. Must be between 1 and 999 inclusive."],
  ['$top=1000', "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive."],
  ['$top=1.5', "Invalid page size specified: '1.5'. Must be between 1 and 999 inclusive."],
  ['$skiptoken=x', 'The skip token is not valid.'],
  ['$skiptoken=-1', 'The skip token is not valid.'],
  ...['$filter', '$search', '$orderby', '$expand'].map((name) => [
    `${name}=x`,
    `The mock of Microsoft Graph does not know the query option '${name}' here.`,
  ]),
])('groups with %s are refused', async (query, message) => {
  expect(await ask(`/v1.0/me/memberOf?${query}`, await tokenOf('ada'))).toMatchObject({
    status: 400,
    body: { error: { code: 'Request_BadRequest', message } },
  });
});

test.each(['getMemberObjects', 'getMemberGroups', 'microsoft.graph.getMemberGroups'])(
  '%s gives the ids of all groups',
  async (action) => {
    const answer = await ask(`/v1.0/me/${action}`, await tokenOf('ada'), { securityEnabledOnly: false });
    expect(answer).toEqual({
      status: 200,
      body: { '@odata.context': `${context}#Collection(Edm.String)`, value: groupIds('ada') },
    });
  },
);

test.each([
  ['getMemberGroups', {}, "The parameter 'securityEnabledOnly' is missing or is not a Boolean."],
  [
    'getMemberGroups',
    { securityEnabledOnly: 'no' },
    "The parameter 'securityEnabledOnly' is missing or is not a Boolean.",
  ],
  ['checkMemberGroups', { ids: [] }, "The parameter 'groupIds' has to be a list of at most 20 ids."],
  ['checkMemberObjects', { groupIds: [] }, "The parameter 'ids' has to be a list of at most 20 ids."],
  [
    'checkMemberObjects',
    { ids: Array(21).fill('x') },
    "The parameter 'ids' has to be a list of at most 20 ids.",
  ],
  ['checkMemberObjects', [], 'Unable to read JSON request payload. The payload has to be an object.'],
  ['checkMemberObjects', null, 'Unable to read JSON request payload. The payload has to be an object.'],
  ['checkMemberObjects', 'text', 'Unable to read JSON request payload. The payload has to be an object.'],
])('%s with %j is refused', async (action, body, message) => {
  expect(await ask(`/v1.0/me/${action}`, await tokenOf('ada'), body)).toMatchObject({
    status: 400,
    body: { error: { code: 'Request_BadRequest', message } },
  });
});

test('twenty ids can be checked at once', async () => {
  const [hr = ''] = groupIds('ada');
  const ids = [hr, ...Array<string>(19).fill('x')];
  expect((await ask('/v1.0/me/checkMemberObjects', await tokenOf('ada'), { ids })).body['value']).toEqual([
    hr,
  ]);
});

test.each([
  ['GET', '/v2.0/me'],
  ['GET', '/v1.0'],
  ['GET', '/v1.0/users'],
  ['GET', '/v1.0/groups/ada'],
  ['GET', '/v1.0/me/manager'],
  ['GET', '/v1.0/me/amemberOf'],
  ['GET', '/v1.0/me/memberOf/microsoft.graph.user'],
  ['GET', '/v1.0/me/memberOf/microsoft.graph.group/members'],
  ['GET', '/v1.0/me/getMemberGroups'],
  ['POST', '/v1.0/me'],
  ['POST', '/v1.0/me/memberOf'],
  ['POST', '/v1.0/me/getMemberGroups/now'],
])('%s %s is nothing that it has', async (method, path) => {
  const answer = await ask(path, await tokenOf('ada'), method === 'POST' ? {} : undefined);
  expect(answer).toMatchObject({
    status: 404,
    body: {
      error: { code: 'NotFound', message: `The mock of Microsoft Graph has nothing at '${method} ${path}'.` },
    },
  });
});

test('a person reads itself by its id with User.Read', async () => {
  const { body } = await ask(
    `/v1.0/users/${azure.identity.directory.user('ada')?.objectId ?? ''}`,
    await tokenOf('ada'),
  );
  expect(body['displayName']).toBe('Ada Lovelace');
  expect((await ask('/v1.0/users/ada/transitiveMemberOf', await tokenOf('ada'))).body['value']).toHaveLength(
    2,
  );
});

test('a token is asked for, and one of another tenant is refused as such', async () => {
  const tenantId = '11111111-1111-4111-8111-111111111111';
  const { token } = await azure.credential({ tenantId }).getToken(`${graph}/.default`);
  const message = async (headers: Record<string, string>) => {
    const response = await fetch(`${azure.graph.endpoint}/v1.0/me`, { headers });
    const { error } = (await response.json()) as { readonly error: { readonly message: string } };
    return [response.status, error.message];
  };
  expect(await message({})).toEqual([401, 'Access token is empty.']);
  expect(await message({ authorization: `Bearer ${token}` })).toEqual([
    401,
    'Access token validation failure. Invalid tenant.',
  ]);
  expect(await message({ authorization: 'Bearer x' })).toEqual([
    401,
    'Access token validation failure. Invalid audience, signature or lifetime.',
  ]);
});

test('faults of Microsoft Graph are written as its errors are', async () => {
  azure.graph.fail({ kind: 'status', status: 429 }, { times: 1 });
  azure.graph.fail({ kind: 'status', status: 503 }, { times: 1 });
  const token = await tokenOf('ada');
  expect(await ask('/v1.0/me', token)).toEqual({
    status: 429,
    body: { error: { code: 'TooManyRequests', message: 'Too many requests' } },
  });
  expect(await ask('/v1.0/me', token)).toEqual({
    status: 503,
    body: {
      error: { code: 'serviceNotAvailable', message: 'The service is temporarily unavailable. Try again.' },
    },
  });
});
