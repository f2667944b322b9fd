import { once } from 'node:events';
import { request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { listen } from './listen.ts';

afterEach(() => {
  vi.useRealTimers();
});

const answersOk = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}`).then(
    ({ ok }) => ok,
    () => false,
  );

test('refuses connections until every refusal is over', async () => {
  const listener = await listen((_request, response) => response.end());
  try {
    expect(await answersOk(listener.port)).toBe(true);
    listener.refuse();
    listener.refuse();
    expect(await answersOk(listener.port)).toBe(false);
    await listener.accept();
    expect(await answersOk(listener.port)).toBe(false);
    await listener.accept();
    expect(await answersOk(listener.port)).toBe(true);
  } finally {
    await listener.close();
  }
});

/** A caller whose answer is under way. */
async function answering() {
  const asked = Promise.withResolvers<ServerResponse>();
  const listener = await listen((_request, response) => {
    asked.resolve(response);
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const outcome = fetch(`http://127.0.0.1:${listener.port}`, { headers: { connection: 'close' } }).then(
    async (answer) => answer.text(),
    () => 'cut',
  );
  return { listener, outcome, response: await asked.promise };
}

test('an answer that is under way may finish within the grace, and then nothing waits any longer', async () => {
  const { listener, outcome, response } = await answering();
  const closed = listener.close(60_000);
  vi.advanceTimersByTime(59_999);
  response.end('whole');
  await closed;
  expect([await outcome, vi.getTimerCount()]).toEqual(['whole', 0]);
});

test('an answer that takes longer than the grace is cut', async () => {
  const { listener, outcome } = await answering();
  const closed = listener.close(60_000);
  vi.advanceTimersByTime(60_000);
  await closed;
  expect(await outcome).toBe('cut');
});

test('without a grace it is cut at once', async () => {
  const { listener, outcome } = await answering();
  await listener.close();
  expect([await outcome, vi.getTimerCount()]).toEqual(['cut', 0]);
});

test('a caller that means another machine is told so, and its connection ends', async () => {
  const listener = await listen((_request, response) => response.end());
  const answer = Promise.withResolvers<(number | string | undefined)[]>();
  const options = { host: '127.0.0.1', port: listener.port, headers: { host: 'evil.example' } };
  request(options, (incoming) => {
    incoming.resume();
    answer.resolve([incoming.statusCode, incoming.headers.connection]);
  }).end();
  expect(await answer.promise).toEqual([421, 'close']);
  await listener.close();
});

/** A caller that was let over to another protocol, and both ends of its connection. */
async function upgraded() {
  const taken = Promise.withResolvers<Duplex>();
  const listener = await listen(() => undefined, {
    upgrade: (_incoming, socket) => {
      taken.resolve(socket);
    },
  });
  const caller = connect(listener.port, '127.0.0.1')
    .on('error', () => undefined)
    .resume();
  caller.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  return { listener, caller, socket: await taken.promise };
}

test.each(['close', 'refuse'] as const)('connections of another protocol end at %s, too', async (how) => {
  const { listener, caller } = await upgraded();
  const ended = once(caller, 'close');
  const closed = listener[how]();
  await ended;
  await closed;
  if (how === 'refuse') await listener.accept();
  await listener.close();
});

test('a connection of another protocol that has ended is forgotten', async () => {
  const { listener, socket } = await upgraded();
  const ended = once(socket, 'close');
  socket.destroy();
  await ended;
  const destroy = vi.spyOn(socket, 'destroy');
  await listener.close();
  expect(destroy).toHaveBeenCalledTimes(0);
});
