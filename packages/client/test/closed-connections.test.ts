import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { messages } from './estate.ts';
import { chatAnswer, chatEvents, rawAnswer } from './raw-server.ts';
import { useRawServers } from './raw-estate.ts';

const fixture = useRawServers();
const answer = rawAnswer(chatAnswer('Hello'));
const stream = rawAnswer(chatEvents('Hel', 'lo'), { headers: { 'content-type': 'text/event-stream' } });

const closings: readonly [string, (socket: Socket) => void][] = [
  ['a FIN', (socket) => void socket.end()],
  ['a reset', (socket) => void setImmediate(() => socket.resetAndDestroy())],
  ['a FIN a moment later', (socket) => void setTimeout(() => socket.end(), 1)],
  ['a reset a moment later', (socket) => void setTimeout(() => socket.resetAndDestroy(), 1)],
];

test.each(closings)(
  '60 calls in sequence have 60 answers when each answer ends with %s',
  async (_, close) => {
    const server = await fixture.serve(({ socket }) => {
      socket.write(answer, () => {
        close(socket);
      });
    });
    const azure = fixture.connect([server]);
    for (let call = 0; call < 60; call += 1) {
      const { choices } = await azure.chat.completions.create({ model: 'first', messages });
      expect(choices[0]?.message.content).toBe('Hello');
    }
    expect(fixture.events.filter(({ type }) => type === 'attempt-failed')).toEqual([]);
    expect(azure.status().targets['first']).toMatchObject({ circuit: 'closed', failures: 0 });
  },
);

test('60 streams in sequence come whole when each ends with its connection', async () => {
  const server = await fixture.serve(({ socket }) => {
    socket.write(stream, () => socket.end());
  });
  const azure = fixture.connect([server]);
  for (let call = 0; call < 60; call += 1) {
    let text = '';
    for await (const { choices } of await azure.chat.completions.create({
      model: 'first',
      messages,
      stream: true,
    })) {
      text += choices[0]?.delta.content ?? '';
    }
    expect(text).toBe('Hello');
  }
  expect(fixture.events.filter(({ type }) => type === 'attempt-failed')).toEqual([]);
});

test('a server that resets every second request of a connection costs neither attempts nor the circuit', async () => {
  const server = await fixture.serve(({ socket, onConnection }) => {
    if (onConnection === 1) socket.write(answer);
    else socket.resetAndDestroy();
  });
  const azure = fixture.connect([server], { retry: false });
  for (let call = 0; call < 10; call += 1) {
    await azure.chat.completions.create({ model: 'first', messages });
  }
  expect(fixture.attempts()).toHaveLength(10);
  expect(server.requests.map(({ onConnection }) => onConnection)).toEqual([
    1,
    ...Array.from({ length: 9 }, () => [2, 1]).flat(),
  ]);
  expect(azure.status().targets['first']).toMatchObject({ circuit: 'closed', failures: 0 });
});

test('a reset of a new connection is a failure', async () => {
  const server = await fixture.serve(({ socket }) => socket.resetAndDestroy());
  const azure = fixture.connect([server], { retry: false });
  await expect(azure.chat.completions.create({ model: 'first', messages })).rejects.toThrow(
    'Connection error',
  );
  expect(server.requests).toHaveLength(1);
  expect(azure.status().targets['first']).toMatchObject({ failures: 1 });
});

test('a request is sent a second time once, and no third time', async () => {
  const server = await fixture.serve(({ socket, number }) => {
    if (number === 1) socket.write(answer);
    else socket.resetAndDestroy();
  });
  const azure = fixture.connect([server], { retry: false });
  await azure.chat.completions.create({ model: 'first', messages });
  await expect(azure.chat.completions.create({ model: 'first', messages })).rejects.toThrow(
    'Connection error',
  );
  expect(server.requests).toHaveLength(3);
  expect(azure.status().targets['first']).toMatchObject({ failures: 1 });
});

test('a reset after the first byte of an answer is a failure', async () => {
  const server = await fixture.serve(({ socket, number }) => {
    if (number === 1) socket.write(answer);
    else socket.write('H', () => setImmediate(() => socket.resetAndDestroy()));
  });
  const azure = fixture.connect([server], { retry: false });
  await azure.chat.completions.create({ model: 'first', messages });
  await expect(azure.chat.completions.create({ model: 'first', messages })).rejects.toThrow(
    'Connection error',
  );
  expect(server.requests).toHaveLength(2);
  expect(azure.status().targets['first']).toMatchObject({ failures: 1 });
});

test('a body that is a stream is sent once', async () => {
  const server = await fixture.serve(({ socket, number }) => {
    if (number === 1) socket.write(rawAnswer('{"id":"file-1"}'));
    else socket.resetAndDestroy();
  });
  const azure = fixture.connect([server], { retry: false });
  const upload = () =>
    azure.fetch('https://any.invalid/openai/v1/files', {
      method: 'POST',
      body: new Blob(['{}']).stream(),
      headers: { 'content-type': 'application/octet-stream', 'content-length': '2' },
      duplex: 'half',
    });
  await (await upload()).text();
  await expect(upload()).rejects.toThrow('fetch failed');
  expect(server.connections()).toBe(1);
});

test('twelve idle connections that are reset in the tick of twelve calls leave the circuit closed', async () => {
  const held: Socket[] = [];
  let isHolding = true;
  const server = await fixture.serve(({ socket }) => {
    if (!isHolding) {
      socket.write(answer);
      return;
    }
    held.push(socket);
    if (held.length === 12) for (const waiting of held) waiting.write(answer);
  });
  const azure = fixture.connect([server], { retry: false });
  const twelve = () =>
    Promise.all(
      Array.from({ length: 12 }, () => azure.chat.completions.create({ model: 'first', messages })),
    );
  await twelve();
  expect(server.connections()).toBe(12);
  isHolding = false;
  for (const socket of held) socket.resetAndDestroy();
  expect(await twelve()).toHaveLength(12);
  expect(azure.status().targets['first']).toMatchObject({ circuit: 'closed', failures: 0 });
});

test('after one connection that died without a word, no other that was idle as long is used', async () => {
  const held: Socket[] = [];
  const server = await fixture.serve(({ socket, onConnection, connection }) => {
    if (onConnection > 1) return;
    if (connection > 3) {
      socket.write(answer);
      return;
    }
    held.push(socket);
    if (held.length === 3) for (const waiting of held) waiting.write(answer);
  });
  const azure = fixture.connect([server], { attemptTimeoutMs: 500 });
  const call = () => azure.chat.completions.create({ model: 'first', messages });
  await Promise.all([call(), call(), call()]);
  await call();
  // One attempt on a dead connection, and the next one on a new one: not on the two others that are dead.
  expect(fixture.attempts()).toHaveLength(5);
  expect(server.connections()).toBe(4);
  await expect.poll(() => server.sockets.size).toBe(1);
});

/** The keep-alive timer of the client's socket in the table of the kernel: `02`, and ticks of 1/100 s. */
function keepAliveMs({ remotePort: local = 0, localPort: remote = 0 }: Partial<Socket>): number | undefined {
  const hex = (port: number) => `[\\dA-F]{8}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const line = new RegExp(`: ${hex(local)} ${hex(remote)} 01 [\\dA-F:]+ 02:([\\dA-F]{8}) `);
  const ticks = line.exec(readFileSync('/proc/net/tcp', 'latin1'))?.[1];
  return ticks === undefined ? undefined : Number.parseInt(ticks, 16) * 10;
}

test.runIf(platform() === 'linux')('an open connection is probed after 15 s of silence', async () => {
  const server = await fixture.serve(({ socket }) => socket.write(answer));
  await fixture.connect([server]).chat.completions.create({ model: 'first', messages });
  const [socket] = server.sockets;
  await expect.poll(() => keepAliveMs(socket ?? {}) ?? Infinity).toBeLessThanOrEqual(15_000);
});
