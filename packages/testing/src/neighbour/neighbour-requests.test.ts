import { AzureKeyCredential, SearchIndexClient } from '@azure/search-documents';
import { expect, test } from 'vitest';
import { startMockAzure } from '../start-mock-azure.ts';
import { createNeighbourRequests } from './neighbour-requests.ts';

test('a neighbour remembers what it was asked and by whom, without keys and tokens, until a reset', async () => {
  const azure = await startMockAzure({ identity: { users: { ada: {} } } });
  azure.identity.trust();
  const ada = azure.identity.directory.user('ada');
  const byToken = new SearchIndexClient(azure.search.endpoint, azure.credential({ user: 'ada' }));
  await byToken.createIndex({ name: 'a', fields: [{ name: 'id', type: 'Edm.String', key: true }] });
  const byKey = new SearchIndexClient(azure.search.endpoint, new AzureKeyCredential(azure.search.adminKey));
  await byKey.getIndex('a');
  const [created, read, ...more] = azure.search.requests();
  expect(created).toMatchObject({ method: 'POST', status: 201, caller: ada?.objectId });
  expect(created?.body).toContain('"name":"a"');
  expect(read).toEqual({ method: 'GET', path: "/indexes('a')", status: 200 });
  expect(more).toEqual([]);
  expect(JSON.stringify(azure.search.requests())).not.toMatch(/eyJ|mock-search-admin-key/);
  azure.reset();
  expect(azure.search.requests()).toEqual([]);
  await azure.close();
});

function request(path: string, { body = '', authorization = '' } = {}) {
  const headers = authorization === '' ? {} : { authorization };
  return { method: 'POST', url: new URL(path, 'http://a'), headers, body, signal: AbortSignal.any([]) };
}

test('a request whose connection was cut has the status 0, and a broken path is remembered as it came', async () => {
  const azure = await startMockAzure();
  const origin = azure.search.endpoint.replace('https:', 'http:');
  azure.search.fail({ kind: 'reset' }, { times: 1 });
  await expect(fetch(`${origin}/indexes`)).rejects.toThrow('fetch failed');
  const broken = await fetch(
    `${azure.vault.endpoint.replace('https:', 'http:')}/keys/%E0%A4%A?api-version=7.6`,
  );
  expect([broken.status, await broken.json()]).toMatchObject([404, { error: { code: 'NotFound' } }]);
  expect(azure.search.requests()).toEqual([{ method: 'GET', path: '/indexes', status: 0 }]);
  expect(azure.vault.requests()).toEqual([{ method: 'GET', path: '/keys/%E0%A4%A', status: 404 }]);
  await azure.close();
});

test('the last thousand requests are remembered', () => {
  const requests = createNeighbourRequests();
  for (let number = 0; number < 1_000; number += 1) requests.add(request(`/${number}`), 200);
  expect(requests.all()[0]?.path).toBe('/0');
  requests.add(request('/one-more'), 200);
  expect(requests.all()).toHaveLength(1_000);
  expect([requests.all()[0]?.path, requests.all().at(-1)?.path]).toEqual(['/1', '/one-more']);
});

test('a body of 64 KiB is remembered, a longer one and an empty one are not', () => {
  const requests = createNeighbourRequests();
  const lengths = [0, 1, 64 * 1024, 64 * 1024 + 1];
  for (const length of lengths) requests.add(request('/', { body: 'x'.repeat(length) }), 200);
  expect(requests.all().map(({ body }) => body?.length)).toEqual([undefined, 1, 64 * 1024, undefined]);
});

test('what it gives does not change any more', () => {
  const requests = createNeighbourRequests();
  const before = requests.all();
  requests.add(request('/', { authorization: 'Bearer no-token' }), 401);
  expect(before).toEqual([]);
  expect(requests.all()).toEqual([{ method: 'POST', path: '/', status: 401 }]);
});
