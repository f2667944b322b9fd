import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startRunning } from './running.ts';

// Answers under way may finish for ten seconds: a test that takes that long has waited for the connection.
test('a connection that a browser opened ahead does not hold up the end', { timeout: 8_000 }, async () => {
  const app = await startRunning({ offline: () => ({ text: 'Yes.' }) });
  const { hostname, port } = new URL(app.url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  const ended = once(socket, 'close');
  await app.close();
  expect(await ended).toEqual([false]);
});
