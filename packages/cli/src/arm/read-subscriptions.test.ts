import { startMockAzure, type MockAzure } from '@aoai/testing';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { fakeTerminal } from '../terminal.fake.ts';
import { accessFor } from './management.ts';
import { readSubscriptions, type Subscription } from './read-subscriptions.ts';
import { useTrust } from '../trust.fake.ts';

const trust = useTrust();
let azure: MockAzure;

beforeAll(async () => {
  azure = await startMockAzure();
  trust(azure.identity.ca);
  // MSAL finds the managed identity of a process once: the next file in this process has another mock.
  const identity = azure.identityEnv({ flow: 'client-secret' });
  for (const [name, value] of Object.entries(identity)) vi.stubEnv(name, value);
});
afterEach(() => {
  azure.arm.restore();
  azure.reset();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await azure.close();
});

function read(signal = new AbortController().signal): Promise<readonly Subscription[]> {
  return readSubscriptions(accessFor(fakeTerminal({ signal }), { management: azure.arm.endpoint }));
}

/** The next page that is answered. */
function page(names: readonly (readonly [name: string, state?: string])[], nextLink?: string): void {
  const value = names.map(([name, state = 'Enabled']) => ({
    subscriptionId: `id-of-${name}`,
    displayName: name,
    state,
  }));
  azure.arm.fail({ kind: 'garbage', body: JSON.stringify({ value, nextLink }) }, { times: 1 });
}

test('lists the subscriptions of the signed-in identity', async () => {
  expect(await read()).toEqual([{ id: azure.arm.subscriptionId, name: 'Mock subscription' }]);
});

test('reads every page, by name, and leaves out what cannot be used', async () => {
  page([['Test'], ['Old', 'Disabled']], `${azure.arm.endpoint}/subscriptions?api-version=2022-12-01&page=2`);
  page([
    ['Production', 'Warned'],
    ['Gone', 'Deleted'],
  ]);
  expect((await read()).map(({ name }) => name)).toEqual(['Production', 'Test']);
});

test('carries its token to no other host', async () => {
  const before = azure.search.requests().length;
  page([['Test']], `${azure.search.endpoint}/subscriptions`);
  expect((await read()).map(({ name }) => name)).toEqual(['Test']);
  expect(azure.search.requests()).toHaveLength(before);
});

test('says what the Management API answered when it refuses', async () => {
  const body = JSON.stringify({ error: { code: 'AuthorizationFailed', message: 'Not you.' } });
  azure.arm.fail({ kind: 'status', status: 403, body });
  await expect(read()).rejects.toThrow(
    'Cannot list subscriptions: the Management API answered 403 AuthorizationFailed. Not you.',
  );
});

test('a page that is no JSON is no subscription', async () => {
  azure.arm.fail({ kind: 'garbage' });
  expect(await read()).toEqual([]);
});

test('stops when it is told to', async () => {
  azure.arm.fail({ kind: 'hang' });
  const stop = new AbortController();
  const reading = read(stop.signal);
  stop.abort();
  await expect(reading).rejects.toThrow(/abort/i);
});
