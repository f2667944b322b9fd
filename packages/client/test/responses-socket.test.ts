import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { StreamTruncatedError } from '../src/errors.ts';
import type { Client } from '../src/client/client.ts';
import { createClient } from '../src/client/create-client.ts';
import type { ClientEvent } from '../src/events/events.ts';
import { responsesSocket } from '../src/transport/responses-socket.ts';
import type { ResponsesSocketOptions } from '../src/transport/responses-socket.ts';
import type { Transport } from '../src/transport/transport.ts';
import { turns } from '../src/wishes.examples.ts';
import { answer, startSocketPeer, usageOf } from './socket-peer.ts';
import type { SocketPeer } from './socket-peer.ts';

type Name = 'chat' | 'first' | 'second';
let peers: SocketPeer[];
let first: SocketPeer;
let second: SocketPeer;
const clients: Client<Name>[] = [];
const events: ClientEvent[] = [];

beforeEach(async () => {
  events.length = 0;
  peers = [await startSocketPeer(), await startSocketPeer()];
  [first, second] = peers as [SocketPeer, SocketPeer];
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close({ graceMs: 0 })));
  await Promise.all(peers.map((peer) => peer.close()));
});

function estate(key = 'key-one') {
  const config = defineConfig({
    resources: { one: { endpoint: first.endpoint }, two: { endpoint: second.endpoint } },
    deployments: {
      first: { resource: 'one', deployment: 'gpt-one', model: 'gpt-5-mini', price: { input: 1, output: 1 } },
      second: { resource: 'two', deployment: 'gpt-two', model: 'gpt-5-mini' },
    },
    pools: { chat: [['first'], ['second']] },
  });
  return { config, credential: apiKey(key) };
}

function connect(
  options: ResponsesSocketOptions = {},
  { key = 'key-one', transport = responsesSocket(options) }: { key?: string; transport?: Transport } = {},
): Client<Name> {
  const { config, credential } = estate(key);
  const azure = createClient(config, {
    credential,
    transport,
    retry: { initialDelayMs: 1_000, budgetReserve: 20 },
    onEvent: (event) => events.push(event),
  });
  clients.push(azure);
  return azure;
}

async function textOf(azure: Client<Name>, body: object = {}): Promise<string> {
  const stream = await azure.responses.create({ model: 'chat', input: 'Hello', stream: true, ...body });
  let text = '';
  for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
  return text;
}

const failure = (status: number, code: string, more: object = {}) => [
  {
    type: 'error',
    status,
    error: { type: 'invalid_request_error', code, message: `It is ${code}.` },
    ...more,
  },
];

describe('responsesSocket', () => {
  test('sends turns over one connection that stays open, signed and with the name of the deployment', async () => {
    const azure = connect();
    expect(await textOf(azure)).toBe('Answer 1.');
    expect(await textOf(azure, { instructions: 'Be short.' })).toBe('Answer 2.');
    expect(first.received).toEqual([
      { connection: 1, body: { type: 'response.create', model: 'gpt-one', input: 'Hello' } },
      {
        connection: 1,
        body: { type: 'response.create', model: 'gpt-one', input: 'Hello', instructions: 'Be short.' },
      },
    ]);
    expect(first.handshakes).toHaveLength(1);
    expect(first.handshakes[0]).toMatchObject({ 'api-key': 'key-one', upgrade: 'websocket' });
    expect(first.posts).toEqual([]);
  });

  test('gives a response that was not asked for as a stream at its end', async () => {
    const response = await connect().responses.create({ model: 'chat', input: 'Hello' });
    expect(response.output_text).toBe('Answer 1.');
    expect(response.id).toBe('resp_1');
    expect('stream' in (first.received[0]?.body ?? {})).toBe(false);
  });

  test('is metered like the rest: usage, cost, events and books', async () => {
    first.script.push(answer('resp_a', 'Blue.', usageOf(1_000_000, 500_000)));
    const azure = connect();
    await textOf(azure);
    expect(azure.status().spending).toMatchObject({
      calls: 1,
      failed: 0,
      attempts: 1,
      inputTokens: 1_000_000,
      outputTokens: 500_000,
      cost: 1.5,
    });
    expect(events.map(({ type }) => type)).toEqual([
      'call-started',
      'attempt-started',
      'attempt-succeeded',
      'call-finished',
    ]);
    expect(events.at(-1)).toMatchObject({ outcome: 'ok', deployment: 'first', responseId: 'resp_a' });
  });

  test('goes on after a response over the connection that has it in memory, and leaves that to nobody else', async () => {
    const azure = connect();
    const { id } = await azure.responses.create({ model: 'chat', input: 'One', store: false });
    await azure.responses.create({ model: 'chat', input: 'Another talk' });
    await azure.responses.create({ model: 'chat', input: 'Two', store: false, previous_response_id: id });
    expect(first.received.map(({ connection, body }) => [connection, body['input']])).toEqual([
      [1, 'One'],
      [2, 'Another talk'],
      [1, 'Two'],
    ]);
  });

  test('opens a connection for each turn at the same time', async () => {
    const azure = connect();
    expect((await Promise.all([1, 2, 3].map(() => textOf(azure)))).sort()).toEqual([
      'Answer 1.',
      'Answer 2.',
      'Answer 3.',
    ]);
    expect(first.received.map(({ connection }) => connection)).toEqual([1, 2, 3]);
    await textOf(azure);
    expect(first.handshakes).toHaveLength(3);
  });

  test('an error before the first event is an answer of its status, and fails over like one', async () => {
    const azure = connect();
    first.script.push(failure(429, 'rate_limit_exceeded', { headers: { 'Retry-After-Ms': 60_000 } }));
    expect(await textOf(azure)).toBe('Answer 1.');
    expect(second.received).toHaveLength(1);
    const parked = azure.status().targets['first']?.parkedUntilMs ?? 0;
    expect(parked - Date.now()).toBeGreaterThan(50_000);
  });

  test.each([
    ['a status that it names', failure(400, 'content_filter'), 400],
    ['a wrong request without a status', [{ type: 'error', error: { code: 'invalid_value' } }], 400],
    [
      'a response that failed',
      [{ type: 'response.failed', response: { error: { code: 'invalid_prompt' } } }],
      400,
    ],
  ])('gives %s to the caller as the error of the SDK', async (_, script, status) => {
    const azure = connect();
    first.script.push(script);
    const call = azure.responses.create({ model: 'first', input: 'Hello' });
    await expect(call).rejects.toThrow(OpenAI.BadRequestError);
    await expect(call).rejects.toMatchObject({ status });
    await azure.responses.create({ model: 'first', input: 'Hello' });
    expect(first.handshakes).toHaveLength(1);
  });

  test('a rate limit without a status is one all the same', async () => {
    first.script.push([{ type: 'error', error: { type: 'too_many_requests', code: 'rate_limit_exceeded' } }]);
    await textOf(connect());
    const failed = events.filter(({ type }) => type === 'attempt-failed');
    expect(failed).toMatchObject([{ status: 429, outcome: 'throttled', deployment: 'first' }]);
  });

  test('closing waits for a stream that is still read', async () => {
    const azure = connect();
    const events = answer('resp_a', 'Blue.').map((event) => JSON.stringify(event));
    let finish = (): void => undefined;
    first.script.push((socket) => {
      for (const event of events.slice(0, 2)) socket.send(event);
      finish = () => {
        for (const event of events.slice(2)) socket.send(event);
      };
    });
    const stream = await azure.responses.create({ model: 'first', input: 'Hello', stream: true });
    const order: string[] = [];
    const closing = azure.close().then(() => order.push('closed'));
    for await (const event of stream) {
      order.push(event.type);
      if (event.type === 'response.output_text.delta') finish();
    }
    await closing;
    // All has arrived by then; what has not been read yet still is.
    expect(order.indexOf('closed')).toBeGreaterThan(order.indexOf('response.output_text.delta'));
    expect(order).toContain('response.completed');
  });

  test('a transport that goes through a proxy can be closed twice, at once and after', async () => {
    const proxy = createServer().on('connect', (_, socket) => socket.end('HTTP/1.1 403 No\r\n\r\n'));
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const { port } = proxy.address() as AddressInfo;
    const elsewhere: Transport = async () => {
      const { body } = new Response('{}');
      if (body === null) throw new Error('It has a body.');
      return { status: 200, headers: new Headers(), body, destroy: () => undefined };
    };
    const transport = responsesSocket({ proxy: `http://127.0.0.1:${port}`, transport: elsewhere });
    const request = { method: 'POST', headers: {}, body: '{}', signal: new AbortController().signal };
    await transport({ ...request, url: 'http://contoso.example/openai/v1/responses' });
    await Promise.all([transport.close?.(), transport.close?.()]);
    await transport.close?.();
    proxy.close();
  });

  test('what one resource does not have is asked of the other', async () => {
    first.script.push(failure(400, 'previous_response_not_found'));
    const azure = connect();
    await textOf(azure, { previous_response_id: 'resp_elsewhere' });
    expect(second.received[0]?.body['previous_response_id']).toBe('resp_elsewhere');
  });

  test('a connection that has come to its limit is replaced, and the caller sees nothing of it', async () => {
    const azure = connect();
    await textOf(azure);
    first.script.push(failure(400, 'websocket_connection_limit_reached'));
    expect(await textOf(azure)).toBe('Answer 3.');
    expect(first.received.map(({ connection }) => connection)).toEqual([1, 1, 2]);
    expect(events.filter(({ type }) => type === 'attempt-failed')).toEqual([]);
  });

  test('a connection that is lost with the turn on its way is replaced once; a new one that is lost fails over', async () => {
    const azure = connect();
    await textOf(azure);
    first.script.push((socket) => {
      socket.terminate();
    });
    expect(await textOf(azure)).toBe('Answer 3.');
    expect(first.handshakes).toHaveLength(2);
    first.script.push(
      (socket) => {
        socket.terminate();
      },
      (socket) => {
        socket.terminate();
      },
    );
    await textOf(azure);
    expect(second.received).toHaveLength(1);
  });

  test('a stream that breaks off says so, and its connection is not used again', async () => {
    const azure = connect();
    first.script.push((socket) => {
      for (const event of answer('resp_a', 'Half of').slice(0, 2)) socket.send(JSON.stringify(event));
      socket.close(1011, 'broken');
    });
    const broken = textOf(azure, { model: 'first' });
    await expect(broken).rejects.toThrow(StreamTruncatedError);
    await expect(broken).rejects.toMatchObject({ text: 'Half of' });
    await textOf(azure, { model: 'first' });
    expect(first.received.map(({ connection }) => connection)).toEqual([1, 2]);
  });

  test('a caller who leaves a stream closes its connection and settles its books', async () => {
    const azure = connect();
    first.script.push((socket) => {
      for (const event of answer('resp_a', 'Half of').slice(0, 2)) socket.send(JSON.stringify(event));
    });
    const stream = await azure.responses.create({ model: 'first', input: 'Hello', stream: true });
    for await (const event of stream) if (event.type === 'response.output_text.delta') break;
    await expect.poll(() => first.open()).toBe(0);
    expect(events.at(-1)).toMatchObject({ type: 'call-finished', outcome: 'aborted' });
  });

  test('an abort ends the turn at once with the error of the SDK, during the handshake too', async () => {
    const azure = connect();
    for (const script of [() => undefined, undefined]) {
      if (script !== undefined) first.script.push(script);
      const controller = new AbortController();
      const call = azure.responses.create({ model: 'first', input: 'x' }, { signal: controller.signal });
      setImmediate(() => {
        controller.abort();
      });
      await expect(call).rejects.toThrow(OpenAI.APIUserAbortError);
    }
    await expect.poll(() => first.open()).toBe(0);
  });

  test('a resource that takes no WebSocket is called over HTTP, and not asked again for a while', async () => {
    first.refuse(true);
    const azure = connect();
    for (let call = 0; call < 2; call += 1) await azure.responses.create({ model: 'first', input: 'Hello' });
    expect([first.posts.length, first.handshakes.length]).toEqual([2, 1]);
    expect(first.posts[0]).toEqual({ model: 'gpt-one', input: 'Hello' });
  });

  test('a resource that took no WebSocket is asked again later', async () => {
    first.refuse(true);
    const azure = connect({ refusedMs: 0 });
    await azure.responses.create({ model: 'first', input: 'Hello' });
    first.refuse(false);
    await azure.responses.create({ model: 'first', input: 'Hello' });
    expect([first.posts.length, first.received.length]).toEqual([1, 1]);
  });

  test('background work and other operations go over HTTP', async () => {
    const azure = connect();
    await azure.responses.create({ model: 'first', input: 'Hello', background: true });
    await azure.chat.completions.create({ model: 'first', messages: [] });
    expect([first.posts.length, first.handshakes.length]).toEqual([2, 0]);
  });

  test('callers with other credentials share no connection, also of one transport', async () => {
    const transport = responsesSocket();
    for (const key of ['one', 'two', 'one']) await textOf(connect({}, { key, transport }));
    expect(first.handshakes.map((headers) => headers['api-key'])).toEqual(['one', 'two']);
    expect(first.received.map(({ connection }) => connection)).toEqual([1, 2, 1]);
  });

  test('keeps no more idle connections than it may', async () => {
    const azure = connect({ mostIdle: 2 });
    await Promise.all([1, 2, 3, 4].map(() => textOf(azure)));
    expect(first.handshakes).toHaveLength(4);
    await expect.poll(() => first.open()).toBe(2);
  });

  test('keeps no idle connection longer than it may', async () => {
    const azure = connect({ idleMs: 20 });
    await textOf(azure);
    await expect.poll(() => first.open()).toBe(0);
  });

  test('an error in the middle of a turn ends its connection', async () => {
    const azure = connect();
    first.script.push([...answer('resp_a', 'Half of').slice(0, 2), ...failure(500, 'server_error')]);
    await expect(textOf(azure, { model: 'first' })).rejects.toThrow();
    await expect.poll(() => first.open()).toBe(0);
  });

  test('takes no turn to a connection that is too old', async () => {
    const azure = connect({ maxAgeMs: -1 });
    await textOf(azure);
    await textOf(azure);
    expect(first.received.map(({ connection }) => connection)).toEqual([1, 2]);
  });

  test('the example of the README goes on over the connection that has the first answer', async () => {
    const { config, credential } = estate();
    const lines: string[] = [];
    await turns(config, { model: 'chat', credential }, (line) => lines.push(line));
    expect(lines).toEqual(['Answer 2.']);
    expect(first.received.map(({ connection, body }) => [connection, body['previous_response_id']])).toEqual([
      [1, undefined],
      [1, 'resp_1'],
    ]);
  });

  test('closing the client ends its connections', async () => {
    const azure = connect();
    await textOf(azure);
    expect(first.open()).toBe(1);
    await azure.close();
    await expect.poll(() => first.open()).toBe(0);
  });
});

describe('responsesEndpoint', () => {
  test('says to any WebSocket client where to go, as whom, and under which name', async () => {
    const { url, headers, deployment, model } = await connect().responsesEndpoint('chat');
    expect([deployment, model]).toEqual(['first', 'gpt-one']);
    const socket = new WebSocket(url, { headers });
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'response.create', model, input: 'Hello' }));
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(message.toString())).toMatchObject({ type: 'response.created' });
    expect(first.handshakes[0]).toMatchObject({ 'api-key': 'key-one' });
    socket.terminate();
  });

  test('passes by a resource that is parked, and one on a dated api', async () => {
    const azure = connect();
    first.script.push(failure(429, 'rate_limit_exceeded', { headers: { 'retry-after-ms': '60000' } }));
    await textOf(azure);
    expect((await azure.responsesEndpoint('chat')).deployment).toBe('second');
    const { config, credential } = estate();
    const [one, two] = [config.resources['one'], config.resources['two']];
    const dated = { ...config, resources: { one: { ...one, api: '2024-10-21' }, two } } as typeof config;
    const older = createClient(dated, { credential });
    expect((await older.responsesEndpoint('chat')).deployment).toBe('second');
    await expect(older.responsesEndpoint('first')).rejects.toThrow(
      'Cannot open a WebSocket for "first": none of its deployments has one. Call a resource with `api: "v1"`.',
    );
    await older.close();
    await expect(older.responsesEndpoint('chat')).rejects.toThrow(/closed/);
  });
});
