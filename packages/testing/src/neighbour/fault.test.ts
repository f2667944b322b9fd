import { CognitiveServicesManagementClient } from '@azure/arm-cognitiveservices';
import { AzureKeyCredential, SearchIndexClient } from '@azure/search-documents';
import { afterAll, afterEach, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { startMockAzure } from '../start-mock-azure.ts';
import { createFaultSchedule } from './fault.ts';
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

function schedule() {
  const clock = manualClock();
  const options = { usual: ['here'], transient: (status: number) => ({ error: status }) } as const;
  return { clock, faults: createFaultSchedule<'here' | 'there' | 'nowhere'>(clock, options) };
}

test('faults strike in their order, each as often as asked, where they were set', async () => {
  const { faults } = schedule();
  const strike = async (place: 'here' | 'there' | 'nowhere') => faults.strike(place, undefined);
  faults.add({ kind: 'reset' }, { times: 0 });
  faults.add({ kind: 'status', status: 503 }, { times: 2 });
  faults.add({ kind: 'garbage', body: 'a' }, { at: 'there', times: 1 });
  faults.add({ kind: 'garbage' }, { at: ['here', 'there'] });
  const json = { 'content-type': 'application/json; charset=utf-8' };
  const unavailable = { status: 503, headers: json, body: '{"error":503}' };
  const html = { 'content-type': 'text/html; charset=utf-8' };
  const page = { status: 200, headers: html, body: '<html>Sign in to the guest network</html>' };
  expect(await strike('nowhere')).toBeUndefined();
  expect([await strike('here'), await strike('here'), await strike('here')]).toEqual([
    unavailable,
    unavailable,
    page,
  ]);
  expect([await strike('there'), await strike('there')]).toEqual([{ ...page, body: 'a' }, page]);
  faults.clear();
  expect(await strike('here')).toBeUndefined();
});

test('a status has the body and the wait that it is given', async () => {
  const { faults } = schedule();
  faults.add({ kind: 'status', status: 418, body: 'tea', retryAfterSeconds: 0 });
  expect(await faults.strike('here', undefined)).toEqual({
    status: 418,
    headers: { 'content-type': 'application/json; charset=utf-8', 'retry-after': '0' },
    body: 'tea',
  });
});

test('a slow answer comes after its time, and one that hangs ends with the caller', async () => {
  const { clock, faults } = schedule();
  faults.add({ kind: 'slow', delayMs: 50 }, { times: 1 });
  faults.add({ kind: 'hang' }, { times: 1 });
  const ended: unknown[] = [];
  const slow = faults.strike('here', undefined).then((answer) => ended.push(answer));
  await clock.advance(49);
  expect(ended).toEqual([]);
  await clock.advance(1);
  await slow;
  const caller = new AbortController();
  const hung = faults.strike('here', caller.signal).then((answer) => ended.push(answer));
  await clock.advance(1_000_000);
  expect(ended).toEqual([undefined]);
  caller.abort();
  await hung;
  expect(ended).toEqual([undefined, 'reset']);
});
