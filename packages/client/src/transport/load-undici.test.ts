import { Client, buildConnector } from 'undici';
import { defineConfig } from '@aoai/config';
import { expect, test } from 'vitest';
import { createClient } from '../client/create-client.ts';
import { TransportLoadError } from '../errors.ts';
import type { ClientEvent } from '../events/events.ts';
import { loadClient, loadUndici, loaded } from './load-undici.ts';

test('the client that is loaded alone is the one of undici', async () => {
  const loaded = await loadClient();
  expect(loaded.Client.name).toBe(Client.name);
  expect(typeof loaded.Client.prototype.dispatch).toBe('function');
  expect(loaded.buildConnector.name).toBe(buildConnector.name);
  expect((await loadUndici()).Client).toBe(Client);
});

// What esbuild puts in the place of `require` in a bundle of ES modules.
const notInBundle = () => Promise.reject(new Error('Dynamic require of "node:assert" is not supported'));

test('a client that cannot be loaded says so, and what to do', async () => {
  const error: unknown = await loaded(notInBundle).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TransportLoadError);
  expect(error).toMatchObject({
    name: 'TransportLoadError',
    code: 'TRANSPORT_NOT_LOADED',
    message:
      'Cannot load the HTTP client: importing "undici" failed with "Dynamic require of \\"node:assert\\" is not supported". ' +
      'Install "undici". If this program is a bundle, leave "undici" out of it (mark it as external), or give `transport: fetchTransport()`.',
    cause: { message: 'Dynamic require of "node:assert" is not supported' },
  });
});

test('a failure to load reaches the caller as it is: after one attempt, without a circuit that opens', async () => {
  const on = <Name extends string>(resource: Name) => ({
    resource,
    deployment: 'gpt',
    model: 'gpt-4.1',
    sku: 'GlobalStandard',
  });
  const config = defineConfig({
    resources: {
      sweden: { endpoint: 'https://sweden.openai.azure.com' },
      france: { endpoint: 'https://france.openai.azure.com' },
    },
    deployments: { first: on('sweden'), second: on('france') },
    pools: { chat: [['first'], ['second']] },
  });
  const events: ClientEvent['type'][] = [];
  const azure = createClient(config, {
    credential: { kind: 'api-key', headers: () => ({ 'api-key': 'k' }), refresh: async () => false },
    circuit: { failures: 1 },
    transport: () => loaded(notInBundle),
    onEvent: ({ type }) => events.push(type),
  });
  const request = { model: 'chat' as const, messages: [{ role: 'user' as const, content: 'Hello' }] };
  await expect(azure.chat.completions.create(request)).rejects.toBeInstanceOf(TransportLoadError);
  expect(events.filter((type) => type === 'attempt-started')).toHaveLength(1);
  expect(events.at(-1)).toBe('call-finished');
  expect(azure.status().targets['first']?.circuit).toBe('closed');
  await expect(azure.chat.completions.stream(request).finalContent()).rejects.toBeInstanceOf(
    TransportLoadError,
  );
  expect(azure.status().targets['first']?.circuit).toBe('closed');
  await azure.close();
});
