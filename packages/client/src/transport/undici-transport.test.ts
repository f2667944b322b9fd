import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  closed,
  echo,
  getRequest as get,
  textOf as text,
  useTransports,
} from '../../test/transport-fixture.ts';
import { undiciTransport } from './undici-transport.ts';

const { serve, transport: transportWith } = useTransports();
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('undiciTransport', () => {
  test.each([
    ['text', 'grüße'],
    ['bytes', Buffer.from('grüße')],
    ['a web stream', new Blob(['grüße']).stream() as ReadableStream<Uint8Array>],
    ['nothing', null],
  ])('sends %s and gives back status, headers and body', async (_, body) => {
    const { origin } = await serve(echo);
    const answer = await transportWith()(
      get(`${origin}/openai/v1/x?a=1#gone`, { method: 'POST', headers: { 'x-one': '1' }, body }),
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get('X-Some-Header')).toBe('some value');
    expect(answer.headers.get('x-missing')).toBeNull();
    expect([...answer.headers]).toContainEqual(['x-some-header', 'some value']);
    const seen = JSON.parse(await text(answer)) as {
      method: string;
      url: string;
      headers: object;
      body: string;
    };
    expect(seen).toMatchObject({ method: 'POST', url: '/openai/v1/x?a=1', headers: { 'x-one': '1' } });
    expect(seen.body).toBe(body === null ? '' : 'grüße');
  });

  test('takes a URL object and a URL without a path', async () => {
    const { origin } = await serve(echo);
    const transport = transportWith();
    expect(JSON.parse(await text(await transport(get(origin))))).toMatchObject({ url: '/' });
    const answer = await transport({ ...get(''), url: new URL(`${origin}/a b?c`) });
    expect(JSON.parse(await text(answer))).toMatchObject({ url: '/a%20b?c' });
  });

  test('follows no redirect', async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    });
    const answer = await transportWith()(get(origin, { headers: { authorization: 'secret' } }));
    expect(answer.status).toBe(302);
    expect(await text(answer)).toBe('');
  });

  test('reads an answer of several hundred kilobytes in both ways', async () => {
    const { origin } = await serve((_, response) => response.end('x'.repeat(500_000)));
    const transport = transportWith();
    expect(await text(await transport(get(origin)))).toHaveLength(500_000);
    let length = 0;
    for await (const chunk of (await transport(get(origin))).body) length += chunk.byteLength;
    expect(length).toBe(500_000);
  });

  test('a status from 100 to 199 is no answer yet, and headers of one name are one, but for cookies', async () => {
    const { origin } = await serve((_, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'], 'x-a': ['1', '2'] }).end('here');
    });
    const answer = await transportWith()(get(origin));
    expect([answer.status, answer.headers.get('link')]).toEqual([200, null]);
    expect(answer.headers.get('Set-Cookie')).toBe('a=1, b=2');
    expect([...answer.headers].filter(([name]) => /^(?:set-cookie|x-a)$/.test(name))).toEqual([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['x-a', '1, 2'],
    ]);
    expect(await text(answer)).toBe('here');
  });

  test('uses a connection again', async () => {
    const { origin, connections } = await serve(echo);
    const transport = transportWith();
    for (let call = 0; call < 5; call += 1) await text(await transport(get(origin)));
    expect(connections()).toBe(1);
  });

  test('opens no more than `connections` at a time; the rest waits its turn', async () => {
    const { origin, connections } = await serve(echo);
    const transport = transportWith({ connections: 2 });
    const answers = Array.from({ length: 8 }, (_, index) => transport(get(`${origin}/${index}`)).then(text));
    const urls = (await Promise.all(answers)).map((body) => (JSON.parse(body) as { url: string }).url);
    expect(urls).toEqual(['/0', '/1', '/2', '/3', '/4', '/5', '/6', '/7']);
    expect(connections()).toBe(2);
  });

  test('replaces a connection that is older than `maxAgeMs`', async () => {
    const { origin, connections } = await serve(echo);
    const transport = transportWith({ maxAgeMs: 1 });
    await text(await transport(get(origin)));
    const opened = Date.now();
    while (Date.now() - opened < 5);
    await text(await transport(get(origin)));
    expect(connections()).toBe(2);
  });

  test('rejects with the network error when nobody listens', async () => {
    await expect(transportWith()(get('http://127.0.0.1:1'))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('rejects when the connection is cut before the headers', async () => {
    const { origin } = await serve((request) => request.socket.destroy());
    await expect(transportWith()(get(origin))).rejects.toMatchObject({ code: expect.any(String) as string });
  });

  test('gives what has arrived and then the error when the connection is cut inside the body', async () => {
    const { origin } = await serve((request, response) => {
      response.write('begin', () => {
        setImmediate(() => request.socket.destroy());
      });
    });
    const { body } = await transportWith()(get(origin));
    const seen: string[] = [];
    const read = async () => {
      for await (const chunk of body) seen.push(Buffer.from(chunk).toString());
    };
    await expect(read()).rejects.toMatchObject({ code: expect.any(String) as string });
    expect(seen.join('')).toBe('begin');
  });

  test('unpacks an answer that a gateway has compressed', async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'x-kept': '1' }).end(gzipSync('packed'));
    });
    const answer = await transportWith()(get(origin));
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(answer.headers.get('x-kept')).toBe('1');
    expect([...answer.headers].map(([name]) => name)).not.toContain('content-encoding');
    expect(await text(answer)).toBe('packed');
  });

  test('waits on close for what is under way', async () => {
    const { origin } = await serve((_, response) => {
      response.write('begun ');
      setImmediate(() => response.end('and late'));
    });
    const transport = undiciTransport({ env: {} });
    const order: string[] = [];
    const answer = transport(get(origin)).then(async (answered) => {
      order.push('answered');
      expect(await text(answered)).toBe('begun and late');
    });
    await Promise.resolve(transport.close?.()).then(() => order.push('closed'));
    await answer;
    expect(order).toEqual(['answered', 'closed']);
  });

  test('ends idle connections on close, and opens others when it is used again', async () => {
    const { origin, sockets, connections } = await serve(echo);
    const transport = transportWith();
    await text(await transport(get(origin)));
    const [socket] = sockets;
    await transport.close?.();
    await closed(socket);
    await text(await transport(get(origin)));
    expect(connections()).toBe(2);
  });

  test('leaves the headers of an answer that is not packed as they are', async () => {
    const { origin } = await serve((_, response) => response.end('four'));
    const answer = await transportWith()(get(origin));
    expect(answer.headers.get('content-length')).toBe('4');
    answer.destroy();
  });

  test('a reader that comes late gets all of it', async () => {
    const { origin } = await serve((_, response) => response.end(Buffer.alloc(300_000)));
    const { body } = await transportWith()(get(origin));
    for (let turn = 0; turn < 50; turn += 1) await nextTurn();
    let length = 0;
    for await (const chunk of body) length += chunk.byteLength;
    expect(length).toBe(300_000);
  });

  test('every close waits for what is under way, also one during another, and one after it ends at once', async () => {
    let finish: (() => void) | undefined;
    const { origin } = await serve((_, response) => {
      finish = () => response.end('late');
    });
    const transport = undiciTransport({ env: {} });
    const answer = transport(get(origin));
    const order: string[] = [];
    const close = async () => {
      await transport.close?.();
      order.push('closed');
    };
    const closing = [close(), close()];
    while (finish === undefined) await nextTurn();
    order.push('answered');
    finish();
    await text(await answer);
    await Promise.all(closing);
    await transport.close?.();
    expect(order).toEqual(['answered', 'closed', 'closed']);
  });

  test('a close is no error where nothing could be opened', async () => {
    const transport = undiciTransport({ env: {}, proxy: 'ftp://proxy' });
    const answer = transport(get('http://contoso.example'));
    const closing = transport.close?.();
    await expect(answer).rejects.toMatchObject({ code: 'PROXY_UNUSABLE' });
    await closing;
  });
});

describe('undiciTransport on abort', () => {
  const reason = new Error('the caller had enough');

  test('sends nothing when the signal has aborted before', async () => {
    let requests = 0;
    const { origin } = await serve(() => (requests += 1));
    await expect(transportWith()(get(origin, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    expect(requests).toBe(0);
  });

  test('rejects with the reason while it waits for headers, and frees the socket', async () => {
    const arrived = Promise.withResolvers<undefined>();
    const { origin, sockets } = await serve(() => {
      arrived.resolve(undefined);
    });
    const controller = new AbortController();
    const answer = transportWith()(get(origin, { signal: controller.signal }));
    await arrived.promise;
    const [socket] = sockets;
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    await closed(socket);
    expect(sockets.size).toBe(0);
  });

  test('rejects at once while it waits for a connection, and is not sent when there is one', async () => {
    const asked: (string | undefined)[] = [];
    const arrived = Promise.withResolvers<undefined>();
    const { origin } = await serve(({ url }, response) => {
      asked.push(url);
      if (url === '/third') response.end('here');
      arrived.resolve(undefined);
    });
    const transport = transportWith({ connections: 1 });
    const first = new AbortController();
    const busy = transport(get(`${origin}/first`, { signal: first.signal }));
    await arrived.promise;
    const second = new AbortController();
    const waiting = transport(get(`${origin}/second`, { signal: second.signal }));
    const third = transport(get(`${origin}/third`));
    second.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    first.abort(reason);
    await expect(busy).rejects.toBe(reason);
    expect(await text(await third)).toBe('here');
    expect(asked).toEqual(['/first', '/third']);
  });

  test('drops what had arrived and was not read, and listens to the signal no more', async () => {
    const { origin } = await serve((_, response) => response.write('begin'));
    for (const end of ['abort', 'destroy'] as const) {
      const controller = new AbortController();
      const answer = await transportWith()(get(origin, { signal: controller.signal }));
      for (let turn = 0; turn < 20; turn += 1) await nextTurn();
      if (end === 'abort') controller.abort(reason);
      else answer.destroy(reason);
      await expect(answer.body[Symbol.asyncIterator]().next()).rejects.toBe(reason);
    }
  });

  test('ends the body with the reason, and frees the socket', async () => {
    const { origin, sockets } = await serve((_, response) => response.write('begin'));
    const controller = new AbortController();
    const { body } = await transportWith()(get(origin, { signal: controller.signal }));
    const iterator = body[Symbol.asyncIterator]();
    await iterator.next();
    const [socket] = sockets;
    const next = iterator.next();
    controller.abort(reason);
    await expect(next).rejects.toBe(reason);
    await closed(socket);
    expect(sockets.size).toBe(0);
  });

  test('leaves no listener on the signal, however the exchange ends', async () => {
    const { origin } = await serve(echo);
    let listeners = 0;
    const { signal } = new AbortController();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    const transport = transportWith();
    await text(await transport(get(origin, { signal })));
    (await transport(get(origin, { signal }))).destroy();
    await expect(transport(get('http://127.0.0.1:1/', { signal }))).rejects.toThrow();
    expect(listeners).toBe(0);
  });

  test('a reader that stops early frees the socket', async () => {
    const { origin, sockets } = await serve((_, response) => response.write('begin'));
    const { body } = await transportWith()(get(origin));
    const [socket] = sockets;
    for await (const chunk of body) {
      expect(chunk.byteLength).toBe(5);
      break;
    }
    await closed(socket);
    expect(sockets.size).toBe(0);
  });

  test('destroy does nothing to an answer that has been read', async () => {
    const { origin, connections } = await serve(echo);
    const transport = transportWith();
    for (let call = 0; call < 3; call += 1) {
      const answer = await transport(get(origin));
      await text(answer);
      answer.destroy();
    }
    expect(connections()).toBe(1);
  });
});

describe('undiciTransport and back-pressure', () => {
  test('a reader that does not read stops the sender', async () => {
    const chunk = Buffer.alloc(64 * 1024);
    let written = 0;
    const stalled = Promise.withResolvers<undefined>();
    const { origin } = await serve((_, response) => {
      const more = () => {
        while (written < 1000) {
          written += 1;
          if (!response.write(chunk)) break;
        }
        if (written >= 1000) response.end();
        stalled.resolve(undefined);
      };
      response.on('drain', more);
      more();
    });
    const { body } = await transportWith()(get(origin));
    await stalled.promise;
    // Many turns of the event loop: the sender goes on until the buffers of both sides are full, some MB of 64.
    for (let turn = 0; turn < 1000; turn += 1) await nextTurn();
    expect(written).toBeLessThan(500);
    let length = 0;
    for await (const part of body) length += part.byteLength;
    expect(length).toBe(1000 * chunk.byteLength);
  });
});

describe('undiciTransport behind a proxy', () => {
  async function proxy(): Promise<{ url: string; tunnels: string[] }> {
    const tunnels: string[] = [];
    const { origin, server } = await serve((request, response) => {
      tunnels.push(request.url ?? '');
      response.end('by the proxy');
    });
    server.on('connect', (request: IncomingMessage, socket: Socket) => {
      tunnels.push(request.url ?? '');
      // Every name leads to the one server behind: nothing leaves this machine.
      const upstream = connect(Number(behind.port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
    });
    const behind = new URL((await serve((_, response) => response.end('by the server'))).origin);
    return { url: origin, tunnels };
  }

  test.each(['HTTP_PROXY', 'http_proxy'])('calls through %s', async (variable) => {
    const { url, tunnels } = await proxy();
    const transport = transportWith({ env: { [variable]: url } });
    await text(await transport(get('http://contoso.example/x')));
    expect(tunnels).toHaveLength(1);
    expect(tunnels[0]).toContain('contoso.example');
  });

  test('calls through `proxy`', async () => {
    const { url, tunnels } = await proxy();
    await text(await transportWith({ proxy: url })(get('http://contoso.example/x')));
    expect(tunnels).toHaveLength(1);
  });

  test.each([
    ['a host of NO_PROXY', { NO_PROXY: 'localhost.example,.127.0.0.1' }],
    ['loopback', {}],
  ])('calls %s directly', async (_, more) => {
    const { url, tunnels } = await proxy();
    const { origin } = await serve(echo);
    await text(await transportWith({ env: { HTTP_PROXY: url, ...more } })(get(origin)));
    expect(tunnels).toEqual([]);
  });

  test('keeps a tunnel open for the next call', async () => {
    const { url, tunnels } = await proxy();
    const transport = transportWith({ env: { HTTP_PROXY: url } });
    for (let call = 0; call < 3; call += 1) {
      expect(await text(await transport(get('http://contoso.example/x')))).toBe('by the server');
    }
    expect(tunnels).toEqual(['contoso.example:80']);
  });

  test('gives the proxy its user and password, and nobody else', async () => {
    const seen: (string | undefined)[] = [];
    const { origin, server } = await serve(echo);
    server.on('connect', (request: IncomingMessage, socket: Socket) => {
      seen.push(request.headers['proxy-authorization']);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    const proxied = transportWith({ proxy: origin.replace('//', '//user:p%40ss@') });
    await expect(proxied(get('http://contoso.example/x'))).rejects.toMatchObject({ code: 'PROXY_FAILED' });
    expect(seen).toEqual([`Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
  });

  test.each([
    [407, 'PROXY_UNUSABLE', 'Give its user and password in the URL.'],
    [403, 'PROXY_FAILED', 'See that it lets "contoso.example:80" through, or name the host in `NO_PROXY`.'],
  ])('names the variable of a proxy that answers %i', async (status, code, remedy) => {
    const { origin, server } = await serve(echo);
    server.on('connect', (_: IncomingMessage, socket: Socket) => {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    });
    const transport = transportWith({ env: { HTTP_PROXY: origin.replace('//', '//user:secret@') } });
    await expect(transport(get('http://contoso.example/x'))).rejects.toMatchObject({
      code,
      message: `Cannot use the proxy of \`HTTP_PROXY\`: "${origin}" answered ${status} to CONNECT. ${remedy}`,
    });
  });

  test('names the variable of a proxy that is not there', async () => {
    const transport = transportWith({ env: { HTTP_PROXY: 'http://127.0.0.1:1' } });
    await expect(transport(get('http://contoso.example/x'))).rejects.toMatchObject({
      code: 'PROXY_FAILED',
      message:
        'Cannot use the proxy of `HTTP_PROXY`: "http://127.0.0.1:1" cannot be reached (connect ECONNREFUSED 127.0.0.1:1). See that it runs, or unset it.',
    });
  });

  test('names the variable of a proxy that does not answer in time', async () => {
    const { origin, server } = await serve(echo);
    server.on('connect', () => undefined);
    const transport = transportWith({ env: { HTTP_PROXY: origin }, connectTimeoutMs: 30 });
    await expect(transport(get('http://contoso.example/x'))).rejects.toMatchObject({
      code: 'PROXY_FAILED',
      message: `Cannot use the proxy of \`HTTP_PROXY\`: "${origin}" cannot be reached (no answer within 30 ms). See that it runs, or unset it.`,
    });
  });

  test('calls directly with `proxy: false`', async () => {
    const { url } = await proxy();
    const transport = transportWith({ proxy: false, env: { HTTP_PROXY: url } });
    // Not through the proxy means not at all: tests reach loopback only.
    await expect(transport(get('http://contoso.example/x'))).rejects.toThrow();
  });
});
