import { afterAll, expect, test } from 'vitest';
import { startMockAzure } from '../start-mock-azure.ts';
import { createUnknownRequests } from './unknown-requests.ts';

const azure = await startMockAzure();
azure.identity.trust();
afterAll(() => azure.close());

test('what the neighbours do not have is not found, and shows in the verdict until it is reset', async () => {
  const { token } = await azure.credential().getToken('https://management.azure.com/.default');
  const arm = `/subscriptions/${azure.arm.subscriptionId}/providers/Microsoft.CognitiveServices/skus`;
  for (let times = 0; times < 2; times += 1) {
    const response = await fetch(`${azure.arm.endpoint}${arm}?api-version=2025-09-01`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'NotFound' } }]);
  }
  const skillsets = await fetch(`${azure.search.endpoint}/skillsets?api-version=2024-07-01`, {
    headers: { 'api-key': azure.search.adminKey },
  });
  expect(skillsets.status).toBe(404);
  expect(azure.verdict().map(({ rule, message }) => [rule, message])).toEqual([
    [
      'unknown-operation',
      expect.stringContaining(`Resource Manager was asked for "GET ${arm}" 2 times`) as string,
    ],
    [
      'unknown-operation',
      expect.stringContaining('Azure AI Search was asked for "GET /skillsets"') as string,
    ],
  ]);
  azure.reset();
  expect(azure.verdict()).toEqual([]);
});

test('a hundred things that it does not have are told apart, and counted on', () => {
  const unknown = createUnknownRequests('The service');
  const ask = (path: string) => {
    unknown.add({
      method: 'GET',
      url: new URL(path, 'http://a'),
      headers: {},
      body: '',
      signal: AbortSignal.any([]),
    });
  };
  for (let number = 0; number < 101; number += 1) ask(`/${number}`);
  ask('/99');
  ask('/100');
  const said = unknown.findings().map(({ message }) => message);
  expect(said).toHaveLength(100);
  expect(said[0]).toContain('was asked for "GET /0", which');
  expect(said[99]).toContain('was asked for "GET /99" 2 times, which');
});
