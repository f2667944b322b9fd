import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../answer/answer.ts';
import { LightHeaders } from './light-headers.ts';
import { LightResponse, lightResponse } from './light-response.ts';
import { standardResponse } from './standard-response.ts';
import type { TransportHeaders } from '../transport/transport.ts';

const url = 'https://contoso.openai.azure.com/openai/v1/chat/completions';
const headers = new Headers({ 'content-type': 'application/json', 'x-request-id': 'r1' }) as TransportHeaders;
const encode = (text: string) => new TextEncoder().encode(text);

function answerOf(text: string, status = 200): Answer {
  return { status, headers, body: encode(text), destroy: () => undefined };
}

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield encode(text);
}

function streaming(...texts: string[]): Answer & { destroyed: unknown[] } {
  const destroyed: unknown[] = [];
  return {
    status: 200,
    headers,
    body: pieces(...texts),
    destroy: (reason) => destroyed.push(reason),
    destroyed,
  };
}

describe.each([
  ['LightResponse', (answer: Answer) => lightResponse(answer, url)],
  ['standardResponse', (answer: Answer) => standardResponse(answer, url)],
])('%s', (_, create) => {
  test('is a Response with headers that are Headers', () => {
    const response = create(answerOf('{}'));
    expect(response).toBeInstanceOf(Response);
    expect(response.headers).toBeInstanceOf(Headers);
    expect(Object.prototype.toString.call(response)).toBe('[object Response]');
    expect(Object.prototype.toString.call(response.headers)).toBe('[object Headers]');
  });

  test.each([
    [200, true],
    [204, true],
    [299, true],
    [304, false],
    [400, false],
    [500, false],
  ])('status %d', (status, ok) => {
    const response = create(answerOf('', status));
    const { redirected, type, statusText, bodyUsed } = response;
    expect({ status: response.status, ok: response.ok, url: response.url }).toEqual({ status, ok, url });
    expect({ redirected, type, statusText, bodyUsed }).toEqual({
      redirected: false,
      type: 'default',
      statusText: '',
      bodyUsed: false,
    });
  });

  test('headers read like Headers', () => {
    const { headers: read } = create(answerOf(''));
    expect(read.get('X-Request-ID')).toBe('r1');
    expect(read.get('x-none')).toBeNull();
    expect(read.has('X-Request-Id')).toBe(true);
    expect(read.has('x-none')).toBe(false);
    expect([...read.keys()]).toEqual(['content-type', 'x-request-id']);
    expect([...read.values()]).toEqual(['application/json', 'r1']);
    expect([...read.entries()]).toEqual([...read]);
    expect(Object.fromEntries(read)).toEqual({ 'content-type': 'application/json', 'x-request-id': 'r1' });
    const seen: string[] = [];
    read.forEach((value, name) => seen.push(name, value));
    expect(seen).toEqual(['content-type', 'application/json', 'x-request-id', 'r1']);
    expect(read.getSetCookie()).toEqual([]);
    expect(new Headers(read).get('x-request-id')).toBe('r1');
  });

  test.each<[string, (response: Response) => Promise<unknown>, unknown]>([
    ['text', (response) => response.text(), '{"a":"ü"}'],
    ['json', (response) => response.json(), { a: 'ü' }],
    ['bytes', (response) => response.bytes(), encode('{"a":"ü"}')],
    ['blob', async (response) => (await response.blob()).text(), '{"a":"ü"}'],
    ['arrayBuffer', async (response) => new Uint8Array(await response.arrayBuffer()), encode('{"a":"ü"}')],
    ['body', (response) => new Response(response.body).text(), '{"a":"ü"}'],
    ['clone', (response) => response.clone().text(), '{"a":"ü"}'],
    [
      'clone, then itself',
      async (response) => [await response.clone().json(), await response.json()],
      [{ a: 'ü' }, { a: 'ü' }],
    ],
  ])('reads a whole body and a stream by %s', async (_name, read, expected) => {
    expect(await read(create(answerOf('{"a":"ü"}')))).toEqual(expected);
    expect(await read(create(streaming('{"a":', '"ü"}')))).toEqual(expected);
  });

  test('text drops a byte order mark', async () => {
    expect(await create(answerOf('\uFEFFx')).text()).toBe('x');
  });

  test('can be read once', async () => {
    for (const answer of [answerOf('x'), streaming('x')]) {
      const response = create(answer);
      await response.text();
      expect(response.bodyUsed).toBe(true);
      await expect(response.text()).rejects.toThrow(TypeError);
      await expect(response.arrayBuffer()).rejects.toThrow(TypeError);
      expect(() => response.clone()).toThrow(TypeError);
    }
  });

  test('a cancelled body drops the answer', async () => {
    const answer = streaming('a', 'b');
    await create(answer).body?.cancel('enough');
    expect(answer.destroyed).toEqual(['enough']);
  });

  test('reads nothing before somebody reads', async () => {
    let pulled = 0;
    const body: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          pulled += 1;
          return Promise.resolve({ value: undefined, done: true });
        },
      }),
    };
    const response = create({ status: 200, headers, body, destroy: () => undefined });
    expect(response.body?.locked).toBe(false);
    await Promise.resolve();
    expect(pulled).toBe(0);
    expect(await response.text()).toBe('');
  });

  test('the error of the body reaches the reader as it is', async () => {
    const failure = new Error('cut');
    const body: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }),
    };
    await expect(create({ status: 200, headers, body, destroy: () => undefined }).text()).rejects.toBe(
      failure,
    );
  });

  test('can be inspected', () => {
    expect(inspect(create(answerOf('x')))).toContain('200');
  });
});

describe('LightResponse', () => {
  test('refuses a change of its headers', () => {
    const { headers: read } = new LightResponse(answerOf(''), url);
    for (const change of [() => read.set(), () => read.append(), () => read.delete()]) {
      expect(change).toThrow(/immutable/);
    }
  });

  const json = { a: 'ü' };
  const whole = () => {
    const packed = encode('before{"a":"ü"}after');
    const body = packed.subarray(6, packed.byteLength - 5);
    return new LightResponse({ status: 200, headers, body, json, destroy: () => undefined }, url);
  };
  const touched: readonly (readonly [string, (response: LightResponse) => unknown])[] = [
    ['its text', (response) => response.takeText()],
    ['its value', (response) => response.takeJson()],
    ['a reader', (response) => response.body?.getReader()],
    ['a clone', (response) => response.clone()],
  ];

  test('gives the text or the value of a whole body, without a copy', () => {
    expect(whole().takeText()).toBe('{"a":"ü"}');
    const response = whole();
    expect(response.takeJson()).toBe(json);
    expect(response.bodyUsed).toBe(true);
  });

  test.each(touched)('what was taken as %s cannot be taken again', (_, take) => {
    const response = whole();
    take(response);
    expect([response.takeText(), response.takeJson()]).toEqual([undefined, undefined]);
  });

  test.each(touched.slice(1))('nor are there events after %s', (_, take) => {
    const events = (async function* () {
      yield [{ event: null, data: '{}', json: {} }];
    })();
    const response = new LightResponse({ ...streaming('data: {}\n\n'), json, events }, url);
    take(response);
    expect(response.takeEvents()).toBeUndefined();
  });

  test('an empty body, or one that is still on its way, has no text to take', () => {
    expect(new LightResponse(answerOf(''), url).takeText()).toBeUndefined();
    expect(new LightResponse(streaming('x'), url).takeText()).toBeUndefined();
    expect(new LightResponse(answerOf('x'), url).takeJson()).toBeUndefined();
  });

  test('its body is one, before and after somebody asked for a standard response', async () => {
    const response = new LightResponse(answerOf('x'), url);
    expect(response.body).toBe(response.body);
    const { body } = response;
    const standard = response.standard();
    expect(response.standard()).toBe(standard);
    expect(standard.body).toBe(body);
    expect(response.body).toBe(body);
    expect(response.bodyUsed).toBe(false);
    expect(await response.text()).toBe('x');
    expect([response.bodyUsed, standard.bodyUsed]).toEqual([true, true]);
  });

  test('what was taken leaves a used body behind, and drops what comes', async () => {
    const events = (async function* () {
      yield [{ event: null, data: '{}', json: {} }];
    })();
    const answer = streaming('data: {}\n\n');
    const response = new LightResponse({ ...answer, events }, url);
    response.takeEvents();
    expect(response.bodyUsed).toBe(true);
    await expect(response.arrayBuffer()).rejects.toThrow(TypeError);
    expect(answer.destroyed).toEqual([undefined]);
  });

  test('reads a form', async () => {
    const answer = answerOf('a=1&b=2');
    const type = new Headers({ 'content-type': 'application/x-www-form-urlencoded' }) as TransportHeaders;
    const form = await new LightResponse({ ...answer, headers: type }, url).formData();
    expect([...form]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
  });

  test('shows what it is: status, URL, headers, and whether it was read', async () => {
    const response = new LightResponse(answerOf('x'), url);
    await response.text();
    expect(inspect(response, { breakLength: Infinity })).toBe(
      `{ status: 200, url: '${url}', headers: { 'content-type': 'application/json', 'x-request-id': 'r1' }, bodyUsed: true }`,
    );
  });

  test('headers keep cookies apart, also where one has a comma in it', () => {
    const headers = new Headers({ 'x-a': '1' });
    headers.append('set-cookie', 'a=1; expires=Wed, 21 Oct 2026 07:28:00 GMT');
    headers.append('set-cookie', 'b=2');
    const read = new LightHeaders(headers);
    expect(read.getSetCookie()).toEqual(headers.getSetCookie());
    expect(inspect(read)).toContain('GMT, b=2');
    expect(new LightHeaders(new Headers()).getSetCookie()).toEqual([]);
  });

  test('headers give the cookie there is, and themselves to who visits them', () => {
    const read = new LightHeaders(new Headers({ 'set-cookie': 'a=1', 'x-a': '1' }));
    expect(read.getSetCookie()).toEqual(['a=1']);
    const visits: unknown[][] = [];
    const self = { name: 'self' };
    read.forEach(function (this: unknown, ...given) {
      visits.push([this, ...given]);
    }, self);
    expect(visits).toEqual([
      [self, 'a=1', 'set-cookie', read],
      [self, '1', 'x-a', read],
    ]);
  });

  test('gives its events once, and not after the body has been used', async () => {
    const events = (async function* () {
      yield [{ event: null, data: '{}', json: {} }];
    })();
    const response = new LightResponse({ ...streaming('data: {}\n\n'), events }, url);
    expect(response.takeEvents()).toBeDefined();
    expect(response.takeEvents()).toBeUndefined();
    const read = new LightResponse({ ...streaming('data: {}\n\n'), events }, url);
    await read.text();
    expect(read.takeEvents()).toBeUndefined();
  });
});

// A new Node.js may bring new members: they would be found on the prototype, which knows nothing of our objects.
test.each([
  ['Response', Response.prototype, LightResponse.prototype],
  ['Headers', Headers.prototype, LightHeaders.prototype],
])('every member of %s of this Node.js is one of ours', (_, standard, ours) => {
  const isOwn = (name: string | symbol) => {
    const instance =
      ours === LightHeaders.prototype ? new LightHeaders(headers) : lightResponse(answerOf(''), url);
    return Object.hasOwn(ours, name) || Object.hasOwn(instance, name);
  };
  expect(Reflect.ownKeys(standard).filter((name) => !isOwn(name))).toEqual([]);
});
