import { Client } from 'undici';
import { expect, test } from 'vitest';
import { loadClient, loadUndici } from './load-undici.ts';

test('the client that is loaded alone is the one of undici', async () => {
  const loaded = await loadClient();
  expect(loaded.name).toBe(Client.name);
  expect(typeof loaded.prototype.dispatch).toBe('function');
  expect((await loadUndici()).Client).toBe(Client);
});
