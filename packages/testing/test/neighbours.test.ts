import { startMockAzure } from '@aoai/testing';
import { expect, test } from 'vitest';
import { listDeployments, searchDocuments, startWithPeople } from '../src/neighbours.examples.ts';

// The regions of the README about identity, Resource Manager and search, run.

test('a person of the tenant calls a model', async () => {
  const azure = await startWithPeople();
  const { token } = await azure.credential({ user: 'ada' }).getToken('https://ai.azure.com/.default');
  expect(azure.identity.verify(token, { service: 'openai' })).toMatchObject({
    principal: { name: 'Ada Lovelace' },
  });
  await azure.close();
});

test('Resource Manager and search answer their own clients', async () => {
  const azure = await startMockAzure();
  expect(await listDeployments(azure)).toContain('gpt-5.6-luna');
  expect(await searchDocuments(azure)).toBe('1');
  await azure.close();
});
