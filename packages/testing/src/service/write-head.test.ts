import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { respondWith } from '../script/respond-with.ts';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';
import { readHeaders } from './header-lines.ts';
import { writeHead } from './write-head.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map(async (close) => close()));
});

/** A response that stores its head elsewhere, as Bun does: setting `_header` does not change `headersSent`. */
function likeBun(outgoing: ServerResponse): ServerResponse {
  return Object.defineProperty(outgoing, 'headersSent', { get: () => false });
}

/** Everything that a server sends over one connection, until the connection or a time limit ends. */
async function exchange(port: number, sent: string, isDone: (text: string) => boolean): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    text += part;
    if (isDone(text)) socket.destroy();
  });
  socket
    .on('error', () => undefined)
    .on('close', () => {
      resolve(text);
    });
  socket.write(sent);
  return promise;
}

interface Answer {
  readonly status: number;
  readonly lines: string;
  readonly body: string;
}

/** A server that writes its own head at `/ours`, and uses Node's head everywhere else. */
async function bothServer({ status, lines, body }: Answer): Promise<number> {
  const answer = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const kind = lines.includes('Content-Length') ? 'whole' : 'stream';
    outgoing.sendDate = false;
    if (incoming.url?.startsWith('/ours') === true) {
      const target = incoming.url.endsWith('/bun') ? likeBun(outgoing) : outgoing;
      writeHead(target, { status, reason: undefined, lines, isSpecial: false }, kind);
    } else {
      outgoing.writeHead(status, readHeaders(lines).flat());
    }
    outgoing.end(body);
  };
  const server = createServer({ keepAliveTimeout: 0 }, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await server[Symbol.asyncDispose]();
  });
  return (server.address() as AddressInfo).port;
}

const whole: Answer = { status: 200, lines: 'a: 1\r\nContent-Length: 5\r\n', body: 'hello' };
const streamed: Answer = { status: 200, lines: 'a: 1\r\n', body: 'data: é\n\n' };
const ends = { whole: /\r\n\r\nhello$/, stream: /0\r\n\r\n$/ };

test.each([
  ['a whole body', whole, 'GET', '1.1', ''],
  ['a stream', streamed, 'GET', '1.1', ''],
  ['an error', { ...whole, status: 429 }, 'GET', '1.1', ''],
  ['a status without a phrase', { ...whole, status: 299 }, 'GET', '1.1', ''],
  ['no body', { status: 204, lines: 'a: 1\r\n', body: '' }, 'GET', '1.1', 'Connection: close\r\n'],
  ['HEAD', whole, 'HEAD', '1.1', 'Connection: close\r\n'],
  ['a last request', whole, 'GET', '1.1', 'Connection: close\r\n'],
  ['the last stream', streamed, 'GET', '1.1', 'Connection: close\r\n'],
  ['HTTP/1.0', whole, 'GET', '1.0', ''],
  ['a stream over HTTP/1.0', streamed, 'GET', '1.0', ''],
  ['HTTP/1.0 that stays', whole, 'GET', '1.0', 'Connection: keep-alive\r\n'],
] as const)('%s leaves as Node itself would send it', async (_, answer, method, version, more) => {
  const port = await bothServer(answer);
  const end = answer.lines.includes('Content-Length') ? ends.whole : ends.stream;
  const sent = (path: string) => `${method} ${path} HTTP/${version}\r\nHost: localhost\r\n${more}\r\n`;
  const ours = await exchange(port, sent('/ours'), (text) => end.test(text));
  expect(await exchange(port, sent('/ours/bun'), (text) => end.test(text))).toBe(ours);
  expect(ours).toBe(await exchange(port, sent('/theirs'), (text) => end.test(text)));
  expect(ours).toContain('\r\na: 1\r\n');
});

async function mock(): Promise<{ azure: MockAzure; port: number }> {
  const azure = await startMockAzure({ apiKey: 'sesame' });
  closing.push(async () => azure.close());
  return { azure, port: Number(new URL(azure.endpoint).port) };
}

function question(text: string, more: Record<string, unknown> = {}, headers = ''): string {
  const body = JSON.stringify({ messages: [{ role: 'user', content: text }], ...more });
  return `POST /openai/deployments/gpt-4.1/chat/completions?api-version=2024-10-21 HTTP/1.1\r\nHost: localhost\r\napi-key: sesame\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}

test('requests in one packet are answered in their order, streams among them', async () => {
  const { azure, port } = await mock();
  azure.reply('*', ['one', 'two', 'three', 'four']);
  const sent = [
    question('1'),
    question('2', { stream: true }),
    question('3'),
    question('4', {}, 'Connection: close\r\n'),
  ];
  const text = await exchange(port, sent.join(''), () => false);
  expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(4);
  expect(text).toMatch(/"one"[^]*"two"[^]*"three"[^]*"four"/);
  expect(azure.requests().map(({ response }) => response?.outcome)).toEqual(Array(4).fill('answered'));
});

test('a thousand requests go over one connection', async () => {
  const { azure, port } = await mock();
  azure.reply('*', 'ok', { times: Infinity });
  const sent = question('again').repeat(999) + question('last', {}, 'Connection: close\r\n');
  const text = await exchange(port, sent, () => false);
  expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(1000);
  expect(azure.requests()).toHaveLength(1000);
});

test('a caller that closes its half still gets its answer', async () => {
  const { port } = await mock();
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => (text += part));
  socket.on('end', () => {
    socket.end();
    resolve(text);
  });
  socket.end(question('Hi'));
  expect(await promise).toMatch(/^HTTP\/1\.1 200 OK[^]*}$/);
});

test('a caller that expects leave to go on gets it, and then the answer', async () => {
  const { port } = await mock();
  const sent = question('Hi', {}, 'Expect: 100-continue\r\nConnection: close\r\n');
  expect(await exchange(port, sent, () => false)).toMatch(
    /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/,
  );
});

test('a caller that leaves in the middle of an answer has abandoned it', async () => {
  const { azure, port } = await mock();
  // More than the buffers of a connection can hold.
  azure.fail('*', respondWith({ body: 'x'.repeat(20_000_000) }));
  const { promise, resolve }: PromiseWithResolvers<void> = Promise.withResolvers();
  azure.observe(() => {
    resolve();
  });
  await exchange(port, question('Hi'), (text) => text.length > 0);
  await promise;
  expect(azure.requests()[0]?.response).toMatchObject({ status: 200, outcome: 'abandoned' });
});
