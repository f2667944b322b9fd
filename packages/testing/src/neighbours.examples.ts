import { readIdentityFile, startMockAzure, type MockAzure } from '@aoai/testing';
import { CognitiveServicesManagementClient } from '@azure/arm-cognitiveservices';
import { AzureKeyCredential, SearchClient, SearchIndexClient } from '@azure/search-documents';

/** A tenant with people, groups and roles of its own. */
export async function startWithPeople(): Promise<MockAzure> {
  //#region people
  const azure = await startMockAzure({
    identity: {
      apps: {
        web: { secret: 'web secret', redirectUris: ['http://localhost:3000/callback'], scopes: ['chat'] },
      },
      users: { ada: { name: 'Ada Lovelace', groups: ['staff'] }, bob: { password: 'asked on the page' } },
      roleAssignments: [{ principal: 'staff', role: 'Cognitive Services OpenAI User' }],
    },
  });
  const ada = azure.credential({ user: 'ada' });
  azure.identity.fail({ kind: 'status', status: 503, retryAfterSeconds: 2 }, { times: 1 });
  azure.identity.issue({ lifetimeMs: 60_000 }); // short-lived tokens from now on
  //#endregion
  azure.identity.restore();
  await ada.getToken('https://ai.azure.com/.default');
  return azure;
}

/** A tenant that a file describes. */
export async function startWithFile(): Promise<MockAzure> {
  //#region identity-file
  const { vault = {}, ...identity } = await readIdentityFile('people.yaml');
  const azure = await startMockAzure({ identity, vault });
  //#endregion
  return azure;
}

/** The names of the deployments, by Resource Manager. */
export async function listDeployments(azure: MockAzure): Promise<(string | undefined)[]> {
  //#region arm
  azure.identity.trust(); // its own HTTPS certificate, for this process
  const { endpoint, subscriptionId, resourceGroup } = azure.arm;
  const manager = new CognitiveServicesManagementClient(azure.credential(), subscriptionId, { endpoint });
  const names = [];
  for await (const { name } of manager.deployments.list(resourceGroup, 'mock')) names.push(name);
  //#endregion
  return names;
}

/** The first document that a search finds. */
export async function searchDocuments(azure: MockAzure): Promise<string | undefined> {
  azure.identity.trust();
  //#region search
  const key = new AzureKeyCredential(azure.search.adminKey);
  await new SearchIndexClient(azure.search.endpoint, key).createIndex({
    name: 'handbook',
    fields: [
      { name: 'id', type: 'Edm.String', key: true },
      { name: 'text', type: 'Edm.String', searchable: true },
    ],
  });
  const handbook = new SearchClient<{ id: string; text: string }>(azure.search.endpoint, 'handbook', key);
  await handbook.uploadDocuments([{ id: '1', text: 'Refunds take five days.' }]);
  const { results } = await handbook.search('refunds');
  //#endregion
  for await (const { document } of results) return document.id;
  return undefined;
}
