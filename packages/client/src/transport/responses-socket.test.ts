import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProxyAgent } from 'undici';
import type { WebSocket } from 'ws';
import { answer, startSocketPeer } from '../../test/socket-peer.ts';
import type { SocketPeer } from '../../test/socket-peer.ts';
import { textOf, useTransports } from '../../test/transport-fixture.ts';
import { responsesSocket } from './responses-socket.ts';
import type { ResponsesSocketOptions } from './responses-socket.ts';
import type { Transport, TransportRequest } from './transport.ts';

// How turns get to their sockets. What a caller sees of it is in test/responses-socket.test.ts.
const { serve } = useTransports();
let peer: SocketPeer;
let url: string;
const transports: Transport[] = [];

beforeEach(async () => {
  peer = await startSocketPeer();
  url = `${peer.endpoint}/openai/v1/responses`;
});
afterEach(async () => {
  vi.useRealTimers();
  for (const transport of transports.splice(0)) await transport.close?.();
  await peer.close();
});

/** A transport for turns, and what it leaves to the one for everything else. */
function connect(options: ResponsesSocketOptions = {}) {
  const passed: TransportRequest[] = [];
  let closed = 0;
  const plain: Transport = Object.assign(
    async (request: TransportRequest) => {
      passed.push(request);
      const headers = new Headers();
      return { status: 204, headers, body: new Blob([]).stream(), destroy: () => undefined };
    },
    {
      close: async () => {
        closed += 1;
      },
    },
  );
  const transport = responsesSocket({ transport: plain, env: {}, ...options });
  transports.push(transport);
  const turn = (body: object = {}, more: Partial<TransportRequest> = {}) =>
    transport({
      url,
      method: 'POST',
      headers: { 'api-key': 'one', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt', input: 'Hello', ...body }),
      signal: new AbortController().signal,
      ...more,
    });
  const take = async (body?: object, more?: Partial<TransportRequest>) => textOf(await turn(body, more));
  return { transport, passed, closed: () => closed, turn, take };
}

const connectionsOf = () => peer.received.map(({ connection }) => connection);

describe('a turn over a socket', () => {
  test('is the request without what is only for HTTP', async () => {
    const { take, passed } = connect();
    await take({ stream: true, background: false, store: true, previous_response_id: null });
    expect(peer.received[0]?.body).toEqual({
      type: 'response.create',
      model: 'gpt',
      input: 'Hello',
      store: true,
      previous_response_id: null,
    });
    expect(passed).toEqual([]);
  });

  test('shares it with turns of the same credential, whatever else their headers say', async () => {
    const { take } = connect();
    const own = {
      accept: 'application/json',
      baggage: 'a=1',
      'content-type': 'application/json',
      traceparent: '00-1',
      tracestate: 'b=2',
      'x-ms-client-request-id': 'r1',
    };
    await take({}, { headers: { 'api-key': 'one', 'x-team': 'search', ...own } });
    await take({}, { headers: { 'x-team': 'search', 'api-key': 'one' } });
    await take({}, { headers: { 'api-key': 'one', 'x-team': 'sales' } });
    expect(connectionsOf()).toEqual([1, 1, 2]);
    expect(peer.handshakes[0]).toMatchObject({ 'api-key': 'one', 'x-team': 'search' });
    // The handshake has an `accept` of its own.
    const { accept, ...rest } = own;
    expect(peer.handshakes[0]?.accept).not.toBe(accept);
    for (const name of Object.keys(rest)) expect(peer.handshakes[0]).not.toHaveProperty(name);
  });

  test('takes a URL object', async () => {
    const { take } = connect();
    expect(JSON.parse(await take({}, { url: new URL(url) }))).toMatchObject({ id: 'resp_1' });
  });
});

describe('goes over HTTP', () => {
  test.each<[string, Partial<TransportRequest>]>([
    ['another method', { method: 'GET' }],
    ['another operation', { url: 'http://127.0.0.1:1/openai/v1/responses/resp_1/cancel' }],
    ['bytes', { body: Buffer.from('{}') }],
    ['nothing', { body: null }],
    ['what is no JSON', { body: '{"half' }],
    ['what is no object', { body: 'null' }],
    ['a number', { body: '7' }],
    ['background work', { body: '{"background":true}' }],
  ])('%s', async (_, more) => {
    const { turn, passed } = connect();
    expect((await turn({}, more)).status).toBe(204);
    expect(passed).toHaveLength(1);
    expect(peer.handshakes).toEqual([]);
  });

  test('what a resource has refused to take otherwise, for a minute, and other resources stay asked', async () => {
    peer.refuse(true);
    const { take, passed } = connect();
    vi.useFakeTimers({ toFake: ['Date'] });
    await take();
    await take();
    expect([passed.length, peer.handshakes.length]).toEqual([2, 1]);
    const other = await startSocketPeer();
    await take({}, { url: `${other.endpoint}/openai/v1/responses` });
    expect(other.received).toHaveLength(1);
    peer.refuse(false);
    vi.advanceTimersByTime(59_999);
    await take();
    expect(passed).toHaveLength(3);
    vi.advanceTimersByTime(1);
    await take();
    expect([passed.length, peer.received.length]).toEqual([3, 1]);
    for (const transport of transports.splice(0)) await transport.close?.();
    await other.close();
  });
});

describe('a proxy', () => {
  async function proxy() {
    const tunnels: (string | undefined)[] = [];
    const { origin, server } = await serve((_, response) => response.end());
    server.on('connect', (request: IncomingMessage, socket: Socket) => {
      tunnels.push(request.url);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    return { origin, tunnels };
  }
  test('that a dispatcher of the caller is for comes before all others', async () => {
    const [given, other] = [await proxy(), await proxy()];
    const dispatcher = new ProxyAgent({ uri: given.origin });
    const { take } = connect({ dispatcher, proxy: other.origin });
    await take({}, named('https'));
    expect([given.tunnels, other.tunnels]).toEqual([['contoso.example:443'], []]);
    await dispatcher.close();
  });

  const named = (scheme: string) => ({ url: `${scheme}://contoso.example/openai/v1/responses` });

  test('of the environment is used for a socket, with TLS where the resource has it', async () => {
    const [secure, plain] = [await proxy(), await proxy()];
    const { take, passed } = connect({ env: { HTTPS_PROXY: secure.origin, HTTP_PROXY: plain.origin } });
    await take({}, named('https'));
    await take({}, named('http'));
    expect(secure.tunnels).toEqual(['contoso.example:443']);
    expect(plain.tunnels).toEqual(['contoso.example:80']);
    expect(passed).toHaveLength(2);
  });

  test('of the options comes first, and is not asked for a host of NO_PROXY', async () => {
    const [given, other] = [await proxy(), await proxy()];
    const env = { HTTPS_PROXY: other.origin, NO_PROXY: 'spared.example' };
    const { take } = connect({ proxy: given.origin, env, refusedMs: 0 });
    await take({}, named('https'));
    await take({}, named('https'));
    await take({}, { url: 'https://spared.example/openai/v1/responses' });
    expect(given.tunnels).toEqual(['contoso.example:443', 'contoso.example:443']);
    expect(other.tunnels).toEqual([]);
  });
});

describe('a socket', () => {
  test('that the service ends while it waits is not used any more, and takes no turn with it', async () => {
    const sockets: WebSocket[] = [];
    peer.script.push((socket) => {
      sockets.push(socket);
      for (const event of answer('resp_1', 'Hi')) socket.send(JSON.stringify(event));
    });
    const { take } = connect();
    await take();
    const ended = sockets.map((socket) => once(socket, 'close'));
    for (const socket of sockets) socket.close(1001, 'going away');
    await Promise.all(ended);
    await take();
    expect(connectionsOf()).toEqual([1, 2]);
  });

  test('that has ended is not kept: no timer waits for it', async () => {
    const sockets: WebSocket[] = [];
    const { take } = connect();
    peer.script.push((socket) => {
      sockets.push(socket);
      for (const event of answer('resp_1', 'Hi')) socket.send(JSON.stringify(event));
    });
    await take();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await take();
    expect(vi.getTimerCount()).toBe(1);
    for (const socket of sockets) socket.terminate();
    while (vi.getTimerCount() > 0) await new Promise<void>((resolve) => setImmediate(resolve));
  });

  test('that has the only copy of a response is left to the turn that continues it', async () => {
    const { take } = connect();
    await take({ store: false });
    await take({ store: false });
    await take({ store: false, previous_response_id: 'resp_2' });
    await take({ previous_response_id: 'resp_1' });
    await take();
    expect(connectionsOf()).toEqual([1, 2, 2, 1, 1]);
  });

  test('that was used last is taken first, when any will do', async () => {
    const { take } = connect();
    // The first makes no response.
    peer.script.push([{ type: 'error', status: 400, error: { code: 'invalid_prompt' } }]);
    await Promise.all([take(), take()]);
    const [, made] = connectionsOf();
    await take({ previous_response_id: 'resp_2' });
    await take();
    expect(connectionsOf().slice(2)).toEqual([made, made]);
  });

  test('takes turns until it is as old as it may be, and is then closed', async () => {
    const { take } = connect();
    vi.useFakeTimers({ toFake: ['Date'] });
    await take();
    vi.advanceTimersByTime(3_299_999);
    await take();
    vi.advanceTimersByTime(1);
    await take();
    expect(connectionsOf()).toEqual([1, 1, 2]);
    await expect.poll(() => peer.open()).toBe(1);
  });

  test('that is idle is closed after five minutes', async () => {
    const { take } = connect();
    await take();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await take();
    await vi.advanceTimersByTimeAsync(299_999);
    expect(peer.open()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    await take();
    expect(connectionsOf(), 'it is closing').toEqual([1, 1, 2]);
    await expect.poll(() => peer.open()).toBe(1);
  });

  test('that ends takes no other with it', async () => {
    const sockets: WebSocket[] = [];
    const answered = (socket: WebSocket) => {
      sockets.push(socket);
      for (const event of answer(`resp_${sockets.length}`, 'Hi')) socket.send(JSON.stringify(event));
    };
    peer.script.push(answered, answered, answered);
    const { take } = connect();
    await Promise.all([take(), take(), take()]);
    const busy = take({ previous_response_id: 'resp_2' });
    peer.script.push((socket) => {
      socket.terminate();
    });
    await busy;
    const [idle] = sockets;
    const ended = idle && once(idle, 'close');
    idle?.close(1001, 'going away');
    await ended;
    await take({ previous_response_id: 'resp_3' });
    expect(peer.handshakes, 'one that was lost was replaced').toHaveLength(4);
  });

  test('that is lost with a turn is replaced by a new one, and that by none', async () => {
    const { take } = connect();
    await Promise.all([take(), take()]);
    const lost = (socket: WebSocket) => {
      socket.terminate();
    };
    peer.script.push(lost, lost);
    await expect(take()).rejects.toThrow('The WebSocket was closed (1006).');
    expect(peer.handshakes).toHaveLength(3);
    expect(connectionsOf().at(-1)).toBe(3);
  });

  test('may bring bytes, and words after the last: nobody hears them', async () => {
    const { take } = connect();
    peer.script.push((socket) => {
      socket.send(Buffer.from('{"type":"response.completed"}'));
      for (const event of answer('resp_1', 'Hi')) socket.send(JSON.stringify(event));
      socket.send('{"type":"late"}');
    });
    const text = await take({ stream: true });
    expect(text).toMatch(/^data: {"type":"response.created"/);
    expect(text).not.toContain('late');
    await take();
    expect(connectionsOf()).toEqual([1, 1]);
  });

  test('that breaks off says with which code and words, and as a lost connection', async () => {
    const { take } = connect();
    peer.script.push(
      (socket) => {
        socket.close(1011, 'broken');
      },
      (socket) => {
        socket.close(1013);
      },
    );
    await expect(take()).rejects.toMatchObject({
      name: 'TypeError',
      code: 'UND_ERR_SOCKET',
      message: 'The WebSocket was closed (1011, "broken").',
    });
    await expect(take()).rejects.toThrow('The WebSocket was closed (1013).');
  });
});

describe('an end', () => {
  test('during a turn is that of the caller, and after it nothing', async () => {
    const reason = new Error('enough');
    const { take } = connect();
    const controller = new AbortController();
    peer.script.push(() => {
      controller.abort(reason);
    });
    await expect(take({}, { signal: controller.signal })).rejects.toBe(reason);
    expect(peer.received).toHaveLength(1);
    const later = new AbortController();
    await take({}, { signal: later.signal });
    later.abort(reason);
    await take();
    expect(connectionsOf()).toEqual([1, 2, 2]);
  });

  test('before the call opens nothing, and during the handshake closes it', async () => {
    const reason = new Error('enough');
    const { take, passed } = connect();
    await expect(take({}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(peer.handshakes).toEqual([]);
    const controller = new AbortController();
    const upgrading = Promise.withResolvers<Socket>();
    const { origin, server } = await serve(() => undefined);
    server.on('upgrade', (_, socket: Socket) => {
      socket.on('error', () => undefined).resume();
      upgrading.resolve(socket);
    });
    const call = take({}, { url: `${origin}/openai/v1/responses`, signal: controller.signal });
    const ended = once(await upgrading.promise, 'end');
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    await ended;
    (await upgrading.promise).destroy();
    expect(passed, 'an abort is no refusal').toEqual([]);
  });

  test('of the transport ends idle sockets, those of turns under way after them, and the other transport', async () => {
    const { take, turn, transport, closed } = connect();
    await take();
    let finish = (): void => undefined;
    peer.script.push((socket) => {
      const [first, ...rest] = answer('resp_2', 'Hi').map((event) => JSON.stringify(event));
      socket.send(first ?? '');
      finish = () => {
        for (const event of rest) socket.send(event);
      };
    });
    await Promise.all([turn({ stream: true }), take()]);
    const order: string[] = [];
    const closing = Promise.resolve(transport.close?.()).then(() => order.push('closed'));
    await expect.poll(() => peer.open()).toBe(1);
    expect([order, closed()]).toEqual([[], 0]);
    finish();
    await closing;
    expect(closed()).toBe(1);
    await expect.poll(() => peer.open()).toBe(0);
  });

  test('of the transport waits for the last of several turns, and may have no other to end', async () => {
    const finishes: (() => void)[] = [];
    const held = (socket: WebSocket) => {
      socket.send('{"type":"response.created"}');
      finishes.push(() => {
        socket.send('{"type":"response.completed","response":{}}');
      });
    };
    peer.script.push(held, held);
    const { turn, transport } = connect({ transport: async () => Promise.reject(new Error('unused')) });
    await Promise.all([turn({ stream: true }), turn({ stream: true })]);
    let isClosed = false;
    const closing = Promise.resolve(transport.close?.()).then(() => (isClosed = true));
    finishes[0]?.();
    await expect.poll(() => peer.open()).toBe(1);
    expect(isClosed).toBe(false);
    finishes[1]?.();
    await closing;
  });

  test('of the transport waits for nothing when handshakes were refused', async () => {
    peer.refuse(true);
    const { take, transport, closed } = connect();
    await take();
    await transport.close?.();
    expect(closed()).toBe(1);
  });
});
