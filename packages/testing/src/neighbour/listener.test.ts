import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createListener, json } from './listener.ts';
import type { ListenerOptions, PlainRequest } from './listener.ts';

async function listening(options: ListenerOptions) {
  const listener = createListener(options);
  await listener.start();
  onTestFinished(() => listener.close());
  return listener;
}

/** A request that `fetch` would not send. */
async function ask(origin: string, options: RequestOptions & { readonly sent?: string | Buffer } = {}) {
  const { hostname, port } = new URL(origin);
  const { sent, ...more } = options;
  const asked = request({ hostname, port, agent: false, ...more });
  asked.end(sent);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

const path = async ({ url }: PlainRequest) =>
  Promise.resolve({ status: 200, body: url.pathname + url.search });

test.each([
  ['/a/b?c=d', '/a/b?c=d'],
  ['//host/a', '//host/a'],
  ['*', '/'],
])('the target %s is the path %s', async (target, body) => {
  const { origin } = await listening({ handle: path });
  expect(await ask(origin, { method: 'OPTIONS', path: target })).toMatchObject({ status: 200, body });
});

test('a handler gets the method, the headers and the whole body, and its headers are sent', async () => {
  const { origin } = await listening({
    handle: async ({ method, headers, body }) =>
      Promise.resolve({
        status: 201,
        headers: { 'set-cookie': ['a=1', 'b=2'] },
        body: `${method} ${headers['x-a'] as string} ${body}`,
      }),
  });
  const answer = await fetch(origin, {
    method: 'PUT',
    headers: { 'x-a': 'é' },
    body: 'ünïcode'.repeat(20_000),
  });
  expect(answer.status).toBe(201);
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(await answer.text())));
});

test('HEAD is answered without the body, and with its length', async () => {
  const { origin } = await listening({ handle: async () => Promise.resolve(json(200, { a: 'ä' })) });
  expect(await ask(origin, { method: 'HEAD' })).toMatchObject({
    status: 200,
    headers: { 'content-length': '10', 'content-type': 'application/json; charset=utf-8' },
    body: '',
  });
});

test('only names of this machine are answered to', async () => {
  const { origin } = await listening({ handle: path });
  const answer = await ask(origin, { headers: { host: 'evil.example' } });
  expect(answer).toMatchObject({
    status: 421,
    headers: { 'content-type': 'text/plain', connection: 'close' },
  });
  expect(answer.body).toContain('"evil.example" is none');
});

test.each([
  [new Error('broken'), 500],
  [new URIError('broken'), 400],
  [new TypeError('broken'), 400],
  ['broken', 500],
])('what a handler throws is told: %s', async (error, status) => {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a handler may throw anything
  const { origin } = await listening({ handle: async () => Promise.reject(error) });
  expect(await ask(origin)).toMatchObject({
    status,
    headers: { 'content-type': 'text/plain' },
    body: 'broken',
  });
});

const mebibytes = (count: number) => Buffer.alloc(count * 1024 * 1024, 'x');

test('a body of 16 MiB is read, and a longer one is refused and not handled', async () => {
  const lengths: number[] = [];
  const { origin } = await listening({
    handle: async ({ body }) => Promise.resolve({ status: 200, body: String(lengths.push(body.length)) }),
  });
  expect((await ask(origin, { method: 'POST', sent: mebibytes(16) })).status).toBe(200);
  const tooLarge = { method: 'POST', sent: Buffer.concat([mebibytes(16), Buffer.from('x')]) };
  expect(await ask(origin, tooLarge)).toMatchObject({
    status: 413,
    headers: { connection: 'close' },
    body: '',
  });
  expect(lengths).toEqual([16 * 1024 * 1024]);
});

test('a listener may have its own words for a body that is too long', async () => {
  const { origin } = await listening({
    handle: path,
    tooLarge: () => ({ status: 413, headers: { 'x-a': 'b' }, body: 'too long' }),
  });
  expect(await ask(origin, { method: 'POST', sent: mebibytes(17) })).toMatchObject({
    status: 413,
    headers: { 'x-a': 'b', connection: 'close' },
    body: 'too long',
  });
});

test('a reset cuts the connection, and a handler is told when its caller has gone', async () => {
  const { origin } = await listening({ handle: async () => Promise.resolve('reset') });
  await expect(ask(origin)).rejects.toThrow('socket hang up');
  const { promise: gone, resolve }: PromiseWithResolvers<void> = Promise.withResolvers();
  const patient = await listening({
    handle: async ({ signal }) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
      caller.abort();
      await gone;
      return 'reset';
    },
  });
  const caller = new AbortController();
  await expect(fetch(patient.origin, { signal: caller.signal })).rejects.toThrow('abort');
  await gone;
});

test('an address of every interface is shown as one that can be called', async () => {
  const { origin, secureOrigin } = await listening({ handle: path, host: '0.0.0.0' });
  const { port } = new URL(origin);
  expect([origin, secureOrigin]).toEqual([`http://127.0.0.1:${port}`, `https://127.0.0.1:${port}`]);
  expect((await ask(origin, { headers: { host: 'any.example' } })).status).toBe(200);
});

test('a port that is taken is an error of the start, and a close needs no start', async () => {
  const { origin } = await listening({ handle: path });
  const second = createListener({ handle: path, port: Number(new URL(origin).port) });
  await second.close();
  await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a close ends the connections, and the port is free again', async () => {
  const listener = createListener({ handle: path });
  await listener.start();
  const { origin } = listener;
  expect(await (await fetch(origin)).text()).toBe('/');
  await listener.close();
  await expect(ask(origin)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
