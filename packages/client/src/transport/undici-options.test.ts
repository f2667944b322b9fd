import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createClientCertificate } from '@aoai/testing';
import { ProxyAgent } from 'undici';
// @ts-expect-error - The path is no part of undici's interface.
import fastTimers from 'undici/lib/util/timers.js';
import { afterEach, expect, test, vi } from 'vitest';
import { closed, echo, getRequest, textOf, useTransports } from '../../test/transport-fixture.ts';

const fixture = useTransports();
/** Puts the clock of undici's own timers forward, which no fake clock reaches. */
const putForward = (ms: number) => {
  (fastTimers as { tick(ms: number): void }).tick(ms);
};
const hourMs = 3_600_000;

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ['as long as it is told', { idleMs: 7_000 }, 7_000],
  ['half a minute', {}, 30_000],
])('keeps an unused connection %s, and no longer', async (_, options, keptMs) => {
  const { origin, server, sockets, connections } = await fixture.serve(echo);
  // The server would keep it for longer, and says so.
  server.keepAliveTimeout = hourMs;
  const transport = fixture.transport(options);
  await textOf(await transport(getRequest(origin)));
  const [socket] = sockets;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await textOf(await transport(getRequest(origin)));
  await vi.advanceTimersByTimeAsync(keptMs - 1);
  await textOf(await transport(getRequest(origin)));
  expect(connections(), 'it was used again').toBe(1);
  await vi.advanceTimersByTimeAsync(keptMs);
  await closed(socket);
});

test('waits for an answer, and for the rest of it, as long as the caller does', async () => {
  const { origin } = await fixture.serve((_, response) => {
    putForward(hourMs);
    response.write('first ', () => {
      setImmediate(() => {
        putForward(hourMs);
        response.end('and last');
      });
    });
  });
  expect(await textOf(await fixture.transport()(getRequest(origin)))).toBe('first and last');
});

test.each([
  [{ connectTimeoutMs: 3_000 }, 3_000],
  [{}, 10_000],
])('with %j gives up a connection that is not made within %d ms', async (options, timeoutMs) => {
  const accepted = Promise.withResolvers<Socket>();
  // It accepts, and says nothing: TLS never begins.
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    accepted.resolve(socket);
  });
  let hasFailed = false;
  const call = fixture.transport(options)(getRequest(`https://127.0.0.1:${await listening(server)}`));
  call.catch(() => (hasFailed = true));
  const socket = await accepted.promise;
  // Its timer begins with the first step.
  putForward(0);
  putForward(timeoutMs - 2_000);
  for (let turn = 0; turn < 9; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
  expect(hasFailed).toBe(false);
  putForward(3_000);
  await expect(call).rejects.toMatchObject({ code: 'UND_ERR_CONNECT_TIMEOUT' });
  socket.destroy();
  await stop(server);
});

test('a dispatcher of the caller sends everything, whatever the environment says, and stays open', async () => {
  const { origin, server } = await fixture.serve(echo);
  const asked: string[] = [];
  server.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  const dispatcher = new ProxyAgent({ uri: origin });
  for (let call = 0; call < 2; call += 1) {
    const transport = fixture.transport({ dispatcher, env: { HTTPS_PROXY: 'no url of a proxy' } });
    await expect(transport(getRequest('https://contoso.example/x'))).rejects.toThrow('Proxy response (502)');
    await transport.close?.();
  }
  expect(asked).toEqual(['contoso.example:443', 'contoso.example:443']);
  await dispatcher.close();
});

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

test('offers HTTP/2 only when it is told to', async () => {
  const offered: (readonly string[])[] = [];
  const { certificate, privateKey } = createClientCertificate('localhost');
  const server = createTlsServer({
    cert: certificate,
    key: privateKey,
    ALPNCallback: ({ protocols }) => {
      offered.push(protocols);
      return 'http/1.1';
    },
  });
  server.on('tlsClientError', () => undefined);
  const url = `https://127.0.0.1:${await listening(server)}`;
  // The certificate is one of the test, so that nothing is sent.
  for (const options of [{}, { http2: true }, { http2: false }])
    await expect(fixture.transport(options)(getRequest(url))).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  expect(offered.map((protocols) => protocols.includes('h2'))).toEqual([false, true, false]);
  await stop(server);
});

test.each([{}, { http2: true }])('with %j asks a SOCKS proxy in its own protocol', async (options) => {
  const begins: number[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      begins.push(chunk[0] ?? 0);
      // No way to sign in that was offered will do. A connection that only breaks is waited for.
      socket.end(Buffer.from([5, 0xff]));
    });
  });
  const proxy = `socks5://127.0.0.1:${await listening(server)}`;
  const transport = fixture.transport({ ...options, env: { HTTPS_PROXY: proxy } });
  await expect(transport(getRequest('https://contoso.example/x'))).rejects.toThrow();
  await transport.close?.();
  expect(begins, 'the version of SOCKS').toEqual([5]);
  await stop(server);
});
