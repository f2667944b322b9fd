import { CognitiveServicesManagementClient } from '@azure/arm-cognitiveservices';
import { AzureKeyCredential, SearchIndexClient } from '@azure/search-documents';
import { afterAll, afterEach, expect, test } from 'vitest';
import { startMockAzure } from '../start-mock-azure.ts';
import type { NeighbourFault } from './fault.ts';

const azure = await startMockAzure();
azure.identity.trust();
afterEach(() => {
  azure.reset();
});
afterAll(() => azure.close());

const retryOptions = { maxRetries: 0 };

async function listAccounts(): Promise<number> {
  const { endpoint, subscriptionId } = azure.arm;
  const client = new CognitiveServicesManagementClient(azure.credential(), subscriptionId, {
    endpoint,
    retryOptions,
  });
  let count = 0;
  for await (const account of client.accounts.list()) count += account.name === undefined ? 0 : 1;
  return count;
}

async function listIndexes(options: object = { retryOptions }): Promise<number> {
  const key = new AzureKeyCredential(azure.search.adminKey);
  let count = 0;
  for await (const index of new SearchIndexClient(azure.search.endpoint, key, options).listIndexes())
    count += index.name === '' ? 0 : 1;
  return count;
}

test.each<[string, NeighbourFault]>([
  ['an unavailable service', { kind: 'status', status: 503 }],
  ['a throttled one', { kind: 'status', status: 429, retryAfterSeconds: 1 }],
  ['a cut connection', { kind: 'reset' }],
])('%s strikes Resource Manager and search as often as asked', async (_, fault) => {
  azure.arm.fail(fault, { times: 1 });
  azure.search.fail(fault, { times: 1 });
  await expect(listAccounts()).rejects.toThrow();
  await expect(listIndexes()).rejects.toThrow();
  expect([await listAccounts(), await listIndexes()]).toEqual([1, 0]);
});

test('a client that retries gets over it', async () => {
  azure.search.fail({ kind: 'status', status: 503, retryAfterSeconds: 0 }, { times: 2 });
  expect(await listIndexes({ retryOptions: { retryDelayInMs: 1 } })).toBe(0);
});

test('a reset of the mock ends the faults of its neighbours', async () => {
  azure.arm.fail({ kind: 'status', status: 503 });
  azure.identity.fail({ kind: 'status', status: 503 });
  azure.reset();
  expect(await listAccounts()).toBe(1);
});
