import { Client } from 'undici';
import { expect, test } from 'vitest';
import { loadClient, loadUndici } from './load-undici.ts';

test('the client that is loaded alone is the one of undici', () => {
  expect(Object.keys(loadUndici())).toContain('Client');
  expect(loadClient().name).toBe(Client.name);
  expect(typeof loadClient().prototype.dispatch).toBe('function');
});
