import { Client, buildConnector } from 'undici';
import { expect, test } from 'vitest';
import { loadClient, loadUndici } from './load-undici.ts';

test('the client that is loaded alone is the one of undici', async () => {
  const loaded = await loadClient();
  expect(loaded.Client.name).toBe(Client.name);
  expect(typeof loaded.Client.prototype.dispatch).toBe('function');
  expect(loaded.buildConnector.name).toBe(buildConnector.name);
  expect((await loadUndici()).Client).toBe(Client);
});
