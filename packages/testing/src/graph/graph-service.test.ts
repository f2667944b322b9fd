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
