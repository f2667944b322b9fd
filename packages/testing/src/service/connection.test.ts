import { EventEmitter, getEventListeners } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { manualClock } from '../clock.ts';
import { toConnection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import type { Turn } from './turn.ts';

const opened = new Set<EventEmitter>();

afterEach(() => {
  for (const socket of opened) socket.emit('close');
  opened.clear();
});

/** The side of a WebSocket that the mock has. */
function opening() {
  const [draining, closing] = [new AbortController(), new AbortController()];
  const clock = manualClock(5);
  const finished = vi.fn<(exchange: Exchange) => void>();
  const exchange = { outcome: 'pending', finishedAtMs: undefined } as Exchange;
  const service = { clock, draining: draining.signal, closing: closing.signal, finished };
  const socket = Object.assign(new EventEmitter(), {
    isPaused: false,
    close: vi.fn<(code: number, reason?: string) => void>(),
    terminate: vi.fn<() => void>(),
    pause: () => (socket.isPaused = true),
    resume: () => (socket.isPaused = false),
  });
  opened.add(socket);
  const turn = { service, exchange, request: {} } as unknown as Turn;
  const from = { socket: new PassThrough(), nextSequence: () => 1 };
  const connection = toConnection(turn, socket as unknown as WebSocket, from);
  const say = (...texts: string[]) => {
    for (const text of texts) socket.emit('message', Buffer.from(text));
  };
  const listeners = () => [draining, closing].map(({ signal }) => getEventListeners(signal, 'abort').length);
  return { connection, socket, exchange, finished, draining, closing, say, listeners };
}

const turns = async () => new Promise(setImmediate);

test('a connection that ends is finished, once and at that time, and nothing listens for it any more', () => {
  const { connection, socket, exchange, finished, listeners } = opening();
  expect([connection.closed.aborted, listeners()]).toEqual([false, [1, 1]]);
  socket.emit('close');
  opened.delete(socket);
  expect([connection.closed.aborted, listeners()]).toEqual([true, [0, 0]]);
  expect(exchange).toMatchObject({ outcome: 'answered', finishedAtMs: 5 });
  expect(finished.mock.calls).toEqual([[exchange]]);
});

test('a connection that is broken is ended', () => {
  const { socket } = opening();
  socket.emit('error', new Error('broken'));
  expect(socket.terminate).toHaveBeenCalledTimes(1);
});

test('messages are answered one after the other, in their order', async () => {
  const { connection, say } = opening();
  const seen: string[] = [];
  const first = Promise.withResolvers<undefined>();
  connection.onMessage(async (text) => {
    seen.push(`${text} begins`);
    if (text === 'one') await first.promise;
    seen.push(`${text} ends`);
  });
  say('one', 'two');
  await turns();
  expect(seen).toEqual(['one begins']);
  first.resolve(undefined);
  await turns();
  expect(seen).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
});

test('sixteen messages wait for their turn, and no more is read until one of them is done', async () => {
  const { connection, socket, say } = opening();
  const first = Promise.withResolvers<undefined>();
  connection.onMessage(async (text) => {
    await (text === 'first' ? first.promise : new Promise<never>(() => undefined));
  });
  say('first', ...Array.from({ length: 15 }, (_, index) => String(index)));
  expect(socket.isPaused).toBe(false);
  say('one more');
  expect(socket.isPaused).toBe(true);
  await turns();
  expect(socket.isPaused).toBe(true);
  first.resolve(undefined);
  await turns();
  expect(socket.isPaused).toBe(false);
});

test('what was said before the end is not answered after it', async () => {
  const { connection, socket, say } = opening();
  const listener = vi.fn<(text: string) => void>();
  connection.onMessage(listener);
  say('too late');
  socket.emit('close');
  await turns();
  expect(listener).toHaveBeenCalledTimes(0);
});

test('a message that cannot be answered ends the connection with 1011', async () => {
  const { connection, socket, say } = opening();
  connection.onMessage(async () => Promise.reject(new Error('broken')));
  say('one');
  await turns();
  expect(socket.close.mock.calls).toEqual([[1011]]);
});

test('a mock that drains leaves when all messages are answered, and one that closes at once', async () => {
  const leaving = [1001, 'The service is going away.'];
  const idle = opening();
  idle.draining.abort();
  expect(idle.socket.close.mock.calls).toEqual([leaving]);
  const { connection, socket, say, draining, closing } = opening();
  const first = Promise.withResolvers<undefined>();
  connection.onMessage(async () => first.promise);
  say('one');
  draining.abort();
  await turns();
  expect(socket.close).toHaveBeenCalledTimes(0);
  first.resolve(undefined);
  await turns();
  expect(socket.close.mock.calls).toEqual([leaving]);
  closing.abort();
  expect(socket.close.mock.calls).toEqual([leaving, leaving]);
});
