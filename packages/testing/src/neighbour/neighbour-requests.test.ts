import { AzureKeyCredential, SearchIndexClient } from '@azure/search-documents';
import { expect, test } from 'vitest';
import { startMockAzure } from '../start-mock-azure.ts';

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
