import { getEventListeners, once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { proxyErrorCode } from './proxy.ts';
import { openTunnel, tunnelConnector } from './tunnel.ts';
import { wayTo } from './way-to.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A proxy that answers each CONNECT with these bytes, or not at all. */
async function proxyOf(answer: string | undefined) {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      heads.push(String(chunk));
      if (answer !== undefined) socket.write(answer);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  cleanUps.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { heads, sockets, port, host: `127.0.0.1:${port}` };
}

const open = (url: string, timeoutMs = 5_000) =>
  openTunnel(
    { url: new URL(url), source: 'HTTPS_PROXY' },
    { authority: 'contoso.openai.azure.com:443', timeoutMs },
  );

async function failureOf(opening: Promise<Socket>): Promise<Error> {
  const result = await opening.catch((error: unknown) => error);
  if (result instanceof Error) return result;
  throw new Error('It was opened.');
}

function kept(socket: Socket): Socket {
  cleanUps.push(() => socket.destroy());
  return socket;
}

const established = 'HTTP/1.1 200 Connection established\r\n\r\n';

describe('openTunnel', () => {
  test('asks for the host, and gives the socket with what had come at once', async () => {
    const { heads, host } = await proxyOf(`${established}early`);
    const socket = kept(await open(`http://${host}`));
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(String(first)).toBe('early');
    expect(heads[0]?.split('\r\n').filter((line) => !line.startsWith('Connection'))).toEqual([
      'CONNECT contoso.openai.azure.com:443 HTTP/1.1',
      'host: contoso.openai.azure.com:443',
      '',
      '',
    ]);
  });

  test.each([
    ['user:pass', 'user:pass'],
    ['user', 'user:'],
    ['us%40er:p%3Ass', 'us@er:p:ss'],
    ['user:100%', 'user:100%'],
  ])('signs in as %s', async (given, meant) => {
    const { heads, host } = await proxyOf(established);
    kept(await open(`http://${given}@${host}`));
    const [, sent] = /proxy-authorization: Basic (\S+)/.exec(heads[0] ?? '') ?? [];
    expect(Buffer.from(sent ?? '', 'base64').toString()).toBe(meant);
  });

  test.each([
    ['407 Proxy Authentication Required', 'PROXY_UNUSABLE', 'Give its user and password in the URL.'],
    [
      '403 Forbidden',
      'PROXY_FAILED',
      'See that it lets "contoso.openai.azure.com:443" through, or name the host in `NO_PROXY`.',
    ],
    [
      '201 Created',
      'PROXY_FAILED',
      'See that it lets "contoso.openai.azure.com:443" through, or name the host in `NO_PROXY`.',
    ],
  ])('%s: %s, without the password, and the socket goes', async (status, code, remedy) => {
    const { sockets, host } = await proxyOf(`HTTP/1.1 ${status}\r\n\r\n`);
    const error = await failureOf(open(`http://user:secret@${host}`));
    expect(proxyErrorCode(error)).toBe(code);
    expect(error.message).toBe(
      `Cannot use the proxy of \`HTTPS_PROXY\`: "http://${host}" answered ${status.slice(0, 3)} to CONNECT. ${remedy}`,
    );
    const [socket] = sockets;
    if (socket !== undefined) await once(socket, 'close');
    expect(sockets.size).toBe(0);
  });

  test('a proxy that does not answer in time, or is not there, says so', async () => {
    const { host } = await proxyOf(undefined);
    const slow = await failureOf(open(`http://${host}`, 30));
    expect(proxyErrorCode(slow)).toBe('PROXY_FAILED');
    expect(slow.message).toContain(`"http://${host}" cannot be reached (no answer within 30 ms).`);
    const gone = await failureOf(open('http://127.0.0.1:1'));
    expect(gone.message).toContain(
      'cannot be reached (connect ECONNREFUSED 127.0.0.1:1). See that it runs, or unset it.',
    );
    expect(gone.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('speaks TLS with a proxy that is named by https, and asks at the usual port', async () => {
    const { heads, sockets, host } = await proxyOf(undefined);
    const opening = open(`https://${host}`);
    await vi.waitUntil(() => heads.length > 0);
    // A handshake of TLS begins with a record of this type.
    expect(heads[0]?.charCodeAt(0)).toBe(0x16);
    for (const socket of sockets) socket.destroy();
    expect(proxyErrorCode(await failureOf(opening))).toBe('PROXY_FAILED');
    expect((await failureOf(open('http://127.0.0.1'))).message).toContain('127.0.0.1:80)');
    expect((await failureOf(open('http://[::1]:1'))).message).toContain('::1:1)');
  });

  test('a tunnel that is open stays open after the time for opening it', async () => {
    const time = new AbortController();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(time.signal);
    const { host } = await proxyOf(established);
    const socket = kept(await open(`http://${host}`, 40));
    time.abort(new DOMException('The time is over.', 'TimeoutError'));
    socket.write('Anybody there?');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toBe(established);
  });
});

describe('tunnelConnector', () => {
  const target = { hostname: 'contoso.openai.azure.com', host: '', port: '', protocol: 'http:' };

  test.each([
    ['http:', '', '80'],
    ['https:', '', '443'],
    ['http:', '8080', '8080'],
  ])('reaches %s at port %j by %s, with TLS inside where it is due', async (protocol, port, wanted) => {
    const { heads, host } = await proxyOf(established);
    const secured: unknown[] = [];
    const connect = tunnelConnector(
      { url: new URL(`http://${host}`), source: 'proxy' },
      {
        timeoutMs: 5_000,
        connect: ({ httpSocket, hostname }, callback) => {
          secured.push(hostname);
          if (httpSocket !== undefined) callback(null, httpSocket);
        },
      },
    );
    const socket = await new Promise<Socket | null>((resolve) => {
      connect({ ...target, protocol, port }, (...[, opened]) => {
        resolve(opened);
      });
    });
    if (socket !== null) kept(socket);
    expect(heads[0]).toContain(`CONNECT contoso.openai.azure.com:${wanted} `);
    expect(secured).toEqual(protocol === 'https:' ? ['contoso.openai.azure.com'] : []);
  });

  test('passes the error of the proxy on', async () => {
    const connect = tunnelConnector(
      { url: new URL('http://127.0.0.1:1'), source: 'proxy' },
      { timeoutMs: 5_000, connect: () => undefined },
    );
    const result = await new Promise<unknown[]>((resolve) => {
      connect(target, (...given) => {
        resolve(given);
      });
    });
    expect([proxyErrorCode(result[0]), result[1]]).toEqual(['PROXY_FAILED', null]);
  });
});

describe('wayTo', () => {
  test('without a proxy the origin itself is reached', async () => {
    const { sockets, host } = await proxyOf(undefined);
    const way = wayTo(`http://${host}`, { env: { HTTP_PROXY: 'http://proxy.contoso.com' } });
    expect(way.proxy).toBeUndefined();
    const socket = kept(await way.open({ timeoutMs: 5_000 }));
    expect(socket.listenerCount('error')).toBe(0);
    socket.write('x');
    while (sockets.size === 0) await new Promise((resolve) => setImmediate(resolve));
    const refused = wayTo('http://127.0.0.1:1', { env: {} }).open({ timeoutMs: 5_000 });
    expect(await failureOf(refused)).toMatchObject({ code: 'ECONNREFUSED', port: 1 });
  });

  test('gives up in time, and leaves alone what was opened in time', async () => {
    const { host } = await proxyOf(undefined);
    const way = wayTo(`http://${host}`, { env: {} });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const late = way.open({ timeoutMs: 50 });
    vi.advanceTimersByTime(50);
    expect((await failureOf(late)).message).toBe('no answer in 50 ms');
    const socket = kept(await way.open({ timeoutMs: 50 }));
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(50);
    expect(socket.destroyed).toBe(false);
    await failureOf(wayTo('http://127.0.0.1:1', { env: {} }).open({ timeoutMs: 50 }));
    await vi.waitUntil(() => vi.getTimerCount() === 0);
  });

  test.each([
    ['https://127.0.0.1', 443],
    ['http://[::1]', 80],
  ])('%s has the port %d', async (origin, port) => {
    const opening = wayTo(origin, { env: {} }).open({ timeoutMs: 5_000 });
    const error = await failureOf(opening);
    expect(error).toMatchObject({ port, address: origin.includes(':1') ? '::1' : '127.0.0.1' });
  });

  test('through a proxy: its address without the password, its variable, and a tunnel', async () => {
    const { heads, host } = await proxyOf(established);
    const env = { HTTPS_PROXY: `http://user:secret@${host}` };
    const way = wayTo(new URL('https://contoso.openai.azure.com/openai'), { env });
    expect(way.proxy).toEqual({ address: `http://${host}`, source: 'HTTPS_PROXY' });
    kept(await way.open({ timeoutMs: 5_000 }));
    expect(heads[0]).toContain('CONNECT contoso.openai.azure.com:443 ');
  });

  describe('an opening', () => {
    const origin = (host: string, isProxied: boolean) =>
      isProxied
        ? wayTo('https://contoso.openai.azure.com', { env: { HTTPS_PROXY: `http://${host}` } })
        : wayTo(`http://${host}`, { env: {} });
    const reason = new Error('enough');

    test.each([false, true])(
      'ends with the reason of its signal, and its socket goes: %j',
      async (isProxied) => {
        const { heads, host, sockets } = await proxyOf(undefined);
        const interrupt = new AbortController();
        const opening = origin(host, isProxied).open({ timeoutMs: 600_000, signal: interrupt.signal });
        // Without a proxy it is open as soon as anybody answers.
        while (isProxied && heads.length === 0) await new Promise((resolve) => setImmediate(resolve));
        interrupt.abort(reason);
        await expect(opening).rejects.toBe(reason);
        while (sockets.size > 0) await new Promise((resolve) => setImmediate(resolve));
        expect(getEventListeners(interrupt.signal, 'abort')).toEqual([]);
      },
    );

    test.each([false, true])('does not begin after its signal: %j', async (isProxied) => {
      const { host, sockets } = await proxyOf(undefined);
      const opening = origin(host, isProxied).open({ timeoutMs: 5_000, signal: AbortSignal.abort(reason) });
      await expect(opening).rejects.toBe(reason);
      expect(sockets.size).toBe(0);
    });

    test.each([false, true])('that is done is not undone by its signal: %j', async (isProxied) => {
      const { host } = await proxyOf(established);
      const interrupt = new AbortController();
      const socket = kept(await origin(host, isProxied).open({ timeoutMs: 5_000, signal: interrupt.signal }));
      interrupt.abort(reason);
      await new Promise((resolve) => setImmediate(resolve));
      expect(socket.destroyed).toBe(false);
    });
  });

  test('a SOCKS proxy cannot be tested', async () => {
    const way = wayTo('https://contoso.openai.azure.com', {
      env: { HTTPS_PROXY: 'socks5://127.0.0.1:1080' },
    });
    expect(way.proxy?.address).toBe('socks5://127.0.0.1:1080');
    await expect(way.open({ timeoutMs: 5_000 })).rejects.toThrow(
      'Cannot test a connection through the SOCKS proxy of `HTTPS_PROXY`: only HTTP proxies can be tested.',
    );
  });
});
