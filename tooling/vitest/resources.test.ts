import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { watchResources } from './resources.ts';

const patience = { looks: 2 };

test('what is closed in the end is not left', async () => {
  const left = watchResources(patience);
  const timer = setTimeout(() => undefined, 60_000);
  const controller = new AbortController();
  const listener = () => undefined;
  controller.signal.addEventListener('abort', listener);
  process.on('SIGUSR2', listener);
  clearTimeout(timer);
  controller.signal.removeEventListener('abort', listener);
  process.off('SIGUSR2', listener);
  expect(await left()).toEqual([]);
});

test('timers, servers, sockets and listeners of the process are left', async () => {
  const left = watchResources(patience);
  const timer = setTimeout(() => undefined, 60_000);
  const listener = () => undefined;
  process.on('SIGUSR2', listener);
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  try {
    expect((await left()).toSorted()).toEqual([
      '1 TCPServerWrap',
      '1 listener of the process for SIGUSR2',
      `socket to port ${port}`,
      'timer',
    ]);
  } finally {
    clearTimeout(timer);
    process.off('SIGUSR2', listener);
    socket.destroy();
    server.close();
  }
});

test('a listener of a signal that the test keeps is left, until the signal has aborted', async () => {
  const left = watchResources(patience);
  const controller = new AbortController();
  controller.signal.addEventListener('abort', () => undefined);
  expect(await left()).toEqual(['1 listener of a signal of the test']);
  controller.abort();
  expect(await left()).toEqual([]);
});

test('what keeps no process alive may stay', async () => {
  const left = watchResources(patience);
  await new Promise((resolve) => setTimeout(resolve, 1));
  clearInterval(setInterval(() => undefined, 60_000));
  const timer = setTimeout(() => undefined, 60_000).unref();
  expect(await left()).toEqual([]);
  clearTimeout(timer);
});
