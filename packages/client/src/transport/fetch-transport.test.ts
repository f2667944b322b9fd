import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { defineConfig } from '@aoai/config';
import { serverError, startMockAzure } from '@aoai/testing';
import { afterEach, expect, test } from 'vitest';
import { createClient } from '../client/create-client.ts';
import { fetchTransport } from './fetch-transport.ts';
import { readBytes } from './transport.ts';
import type { TransportRequest, TransportResponse } from './transport.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(handler: Handler): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function send(url: string, more: Partial<TransportRequest> = {}): Promise<TransportResponse> {
  // The `fetch` of Node.js leaves a listener on the signal of a request.
  const signal = AbortSignal.any([]);
  return fetchTransport()({ url, method: 'POST', headers: {}, body: 'asked', signal, ...more });
}

async function textOf({ body }: TransportResponse): Promise<string> {
  return String(await readBytes(body));
}

test('sends method, headers and body, and gives status, headers and body', async () => {
  const origin = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      response.writeHead(429, { 'retry-after': '7' });
      response.end(
        `${request.method ?? ''} ${request.url ?? ''} ${String(request.headers['x-own'])} ${body}`,
      );
    });
  });
  const answer = await send(`${origin}/path?a=1`, { headers: { 'x-own': 'yes' } });
  expect(answer.status).toBe(429);
  expect(answer.headers.get('Retry-After')).toBe('7');
  expect(await textOf(answer)).toBe('POST /path?a=1 yes asked');
});

test('sends a body that is a stream', async () => {
  const origin = await serve((request, response) => request.pipe(response));
  const body = new Blob(['piece ', 'by piece']).stream();
  expect(await textOf(await send(origin, { body }))).toBe('piece by piece');
});

test('follows no redirect', async () => {
  let asked = 0;
  const origin = await serve((_, response) => {
    asked += 1;
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  expect((await send(origin)).status).toBe(307);
  expect(asked).toBe(1);
});

test('unpacks what a gateway has packed, and says so in the headers', async () => {
  const origin = await serve((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', 'x-kept': '1' }).end(gzipSync('unpacked'));
  });
  const answer = await send(origin);
  expect(answer.headers.get('content-encoding')).toBeNull();
  expect(answer.headers.get('content-length')).toBeNull();
  expect(answer.headers.get('x-kept')).toBe('1');
  expect(await textOf(answer)).toBe('unpacked');
});

test('an abort before the call sends nothing and rejects with its reason', async () => {
  const reason = new Error('enough');
  let asked = 0;
  const origin = await serve(() => (asked += 1));
  await expect(send(origin, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(asked).toBe(0);
});

test('an abort while nothing has come rejects with its reason', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const origin = await serve(() => {
    controller.abort(reason);
  });
  await expect(send(origin, { signal: controller.signal })).rejects.toBe(reason);
});

test('an abort in the middle of a body ends it with its reason', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const origin = await serve((_, response) => response.write('first'));
  const { body } = await send(origin, { signal: controller.signal });
  const read = async () => {
    for await (const chunk of body) {
      expect(Buffer.from(chunk).toString()).toBe('first');
      controller.abort(reason);
    }
  };
  await expect(read()).rejects.toBe(reason);
});

test('a body that is not wanted any more frees its connection', async () => {
  const closed = Promise.withResolvers<undefined>();
  const origin = await serve((request, response) => {
    request.socket.on('close', () => {
      closed.resolve(undefined);
    });
    response.write('first');
  });
  const answer = await send(origin);
  answer.destroy();
  await closed.promise;
  await expect(readBytes(answer.body)).rejects.toMatchObject({ name: 'AbortError' });
});

test('rejects when there is no answer', async () => {
  const origin = await serve((request) => request.socket.destroy());
  await expect(send(origin)).rejects.toThrow(TypeError);
});

test('a client over it answers, streams and fails over', async () => {
  const on = <Name extends string>(resource: Name) => ({
    resource,
    deployment: 'gpt',
    model: 'gpt-4.1',
    sku: 'GlobalStandard',
  });
  const config = defineConfig({
    resources: {
      sweden: { endpoint: 'https://sweden.openai.azure.com' },
      france: { endpoint: 'https://france.openai.azure.com' },
    },
    deployments: { first: on('sweden'), second: on('france') },
    pools: { chat: [['first'], ['second']] },
  });
  const mock = await startMockAzure({ config });
  const azure = createClient(mock.config, { credential: mock.credential(), transport: fetchTransport() });
  cleanUps.push(
    () => mock.close(),
    () => azure.close(),
  );
  mock.reply('second', 'From the second');
  mock.fail('first', serverError(), { times: 2 });
  const request = { model: 'chat' as const, messages: [{ role: 'user' as const, content: 'Hello' }] };
  const answer = await azure.chat.completions.create(request);
  expect(answer.choices[0]?.message.content).toBe('From the second');
  mock.reply('second', 'Streamed by the second');
  let text = '';
  for await (const chunk of await azure.chat.completions.create({ ...request, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? '';
  }
  expect(text).toBe('Streamed by the second');
  expect(mock.requests().map(({ deployment }) => deployment)).toEqual(['first', 'second', 'first', 'second']);
});

/** A `fetch` of a platform that answers as the test says. */
function platform(answer: (signal: AbortSignal) => Response | Promise<Response>) {
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    asked.push(url instanceof Request ? url.url : url.toString());
    return answer(init?.signal ?? new AbortController().signal);
  };
  const send = (signal = new AbortController().signal) =>
    fetchTransport({ fetch })({
      url: 'https://contoso.openai.azure.com/x',
      method: 'GET',
      headers: {},
      signal,
    });
  return { asked, send };
}

/** An answer that never ends, and the reasons for which it was cancelled. */
function endless() {
  const cancelled: unknown[] = [];
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(Buffer.from('a'));
    },
    cancel: (reason) => {
      cancelled.push(reason);
    },
  });
  return { response: new Response(body), cancelled };
}

test('a `fetch` that ignores signals is not asked after an abort', async () => {
  const reason = new Error('enough');
  const { asked, send } = platform(() => new Response());
  await expect(send(AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(asked).toEqual([]);
});

test('an abort wins over the error that a platform makes of it', async () => {
  const abort = new AbortController();
  const reason = new Error('enough');
  const { send } = platform(() => {
    abort.abort(reason);
    throw new TypeError('network error');
  });
  await expect(send(abort.signal)).rejects.toBe(reason);
  await expect(platform(() => Promise.reject(new TypeError('network error'))).send()).rejects.toThrow(
    'network error',
  );
});

test('an abort wins over the error of a body too', async () => {
  const abort = new AbortController();
  const reason = new Error('enough');
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      abort.abort(reason);
      controller.error(new TypeError('network error'));
    },
  });
  const answer = await platform(() => new Response(body)).send(abort.signal);
  await expect(readBytes(answer.body)).rejects.toBe(reason);
});

test('a redirect that a platform hides is refused', async () => {
  const hidden = Object.defineProperty(new Response(), 'type', { value: 'opaqueredirect' });
  await expect(platform(() => hidden).send()).rejects.toThrow(
    'Cannot follow a redirect of "contoso.openai.azure.com".',
  );
});

test('who leaves a body cancels it once, and the first reason stays', async () => {
  const left = endless();
  for await (const _ of (await platform(() => left.response).send()).body) break;
  expect(left.cancelled).toMatchObject([
    { name: 'AbortError', message: 'The body was not read to its end.' },
  ]);
  const { response, cancelled } = endless();
  const answer = await platform(() => response).send();
  const reason = new Error('enough');
  answer.destroy(reason);
  answer.destroy(new Error('more than enough'));
  expect(cancelled).toEqual([reason]);
  await expect(readBytes(answer.body)).rejects.toBe(reason);
});

test('an answer without a body is empty', async () => {
  const answer = await platform(() => new Response(null, { status: 204 })).send();
  expect(await readBytes(answer.body)).toHaveLength(0);
  answer.destroy();
});

test('the length of what was not packed is as it was sent', async () => {
  const { headers } = await platform(
    () => new Response('abc', { headers: { 'content-length': '3' } }),
  ).send();
  expect(headers.get('content-length')).toBe('3');
});
