import { describe, expect, test } from 'vitest';
import type { Target } from '../route/target.ts';
import type { CallRequest } from './call-request.ts';
import { noMentions } from './mentions.ts';
import { isWrite, readJsonRequest, readRequest } from './read-request.ts';
import type { RequestInput } from './read-request.ts';

const root = 'https://any.invalid/openai';

/** A request whose body is at hand. */
const read = (path: string, input: RequestInput = {}, allowHeaders?: ReadonlySet<string>) =>
  readRequest(`${root}${path}`, { method: 'POST', ...input }, allowHeaders) as CallRequest;
const chat = (json: object) => read('/v1/chat/completions', { body: JSON.stringify(json) });

/** A deployment `gpt` in a resource that has another one, `judge`, under the name `grader` of the config. */
/** Nothing was looked for in the request. */
const plain = { mentions: noMentions };

const target = (api = 'v1') =>
  ({
    deployment: { deployment: 'gpt' },
    resource: { api },
    named: new Map([['grader', 'judge']]),
  }) as unknown as Target;

const refused = (path: string, reason: string) =>
  new TypeError(`Cannot send ${JSON.stringify(path)}: ${reason}`);

describe('a method', () => {
  test('is GET unless another is named, in capitals', () => {
    expect(readRequest(`${root}/v1/files`, {})).toMatchObject({ method: 'GET' });
    expect(read('/v1/files', { method: 'delete' }).method).toBe('DELETE');
  });

  test('that the service does not know is refused', () => {
    expect(() => read('/v1/files', { method: 'trace' })).toThrow(
      new TypeError(
        'Cannot send the request: its method is "trace". Use one of GET, HEAD, POST, PUT, PATCH, DELETE.',
      ),
    );
  });

  test.each(['GET', 'HEAD'])('%s has no body', (method) => {
    expect(() => read('/v1/files', { method, body: '' })).toThrow(
      refused('/files', `a ${method} has no body. Leave it out.`),
    );
    expect(read('/v1/files', { method, body: null })).toMatchObject({ json: undefined, text: undefined });
  });

  test.each([
    ['GET', false],
    ['HEAD', false],
    ['DELETE', false],
    ['POST', true],
    ['PUT', true],
    ['PATCH', true],
  ])('%s asks for work: %s', (method, isSo) => {
    expect(isWrite(method)).toBe(isSo);
  });
});

describe('a body', () => {
  test('that is compressed is refused, and one that is not is taken', () => {
    const send = (value: string) =>
      read('/v1/chat/completions', { body: '{"model":"a"}', headers: { 'Content-Encoding': value } });
    expect(() => send('gzip')).toThrow(
      new TypeError(
        'Cannot send the request: its body is encoded with "gzip". Send it as it is, without `content-encoding`.',
      ),
    );
    expect(send('Identity').name).toBe('a');
  });

  test('of an operation that needs a name has to be readable', () => {
    const unread = 'its body could not be read: it is no JSON. Send a JSON object in UTF-8, or a form.';
    expect(() => read('/v1/chat/completions', { body: 'x' })).toThrow(refused('/chat/completions', unread));
    expect(() => read('/deployments/a/anything', { body: 'x' })).toThrow(refused('/anything', unread));
    expect(read('/v1/anything', { body: 'x' })).toMatchObject({
      unread: 'it is no JSON',
      name: undefined,
      replayable: true,
    });
    expect(read('/v1/chat/completions', { method: 'DELETE', body: 'x' }).unread).toBe('it is no JSON');
  });

  test('of a file may be a stream, which can be sent once', () => {
    const body = ReadableStream.from([new Uint8Array([1])]);
    expect(read('/v1/files', { body })).toMatchObject({ unread: 'a stream is not read', replayable: false });
  });

  test.each(['/v1/filesystem', '/v1/chat/completions', '/deployments/a/files'])(
    'of %s is read from a stream',
    async (path) => {
      const body = ReadableStream.from([new TextEncoder().encode('{"model":"a","stream":true}')]);
      expect(await readRequest(`${root}${path}`, { method: 'POST', body })).toMatchObject({
        name: 'a',
        stream: true,
        replayable: true,
      });
    },
  );
});

describe('a stream', () => {
  test.each([
    [{ stream: true }, true],
    [{ stream: 'true' }, false],
    [{ other: true }, false],
  ])('is asked for by the body %j: %s', (json, isSo) => {
    expect(chat({ model: 'chat', ...json }).stream).toBe(isSo);
  });

  test.each([
    ['stream', 'true', true],
    ['stream', 'false', false],
    ['other', 'true', false],
  ])('is asked for by a form with `%s` %s: %s', (field, value, isSo) => {
    const data = new FormData();
    data.append('model', 'chat');
    data.append(field, value);
    expect(read('/v1/audio/transcriptions', { body: data }).stream).toBe(isSo);
  });
});

test('tokens are estimated from the text that is sent', () => {
  const body = { model: 'chat', max_tokens: 7, a: '' };
  const rest = 'x'.repeat(400 - JSON.stringify(body).length);
  expect(chat({ ...body, a: rest }).tokens).toEqual({ input: 100, output: 7 });
  expect(read('/v1/files', { method: 'GET' }).tokens).toEqual({ input: 0, output: 16 });
});

test('a body of any depth is read or refused, and never overflows the stack', () => {
  const deep = 'TypeError: Cannot send the request: its JSON is nested too deeply. Make it flatter.';
  for (const depth of [100, 2_000, 4_000, 8_000, 100_000]) {
    let nested: object = { model: 'grader' };
    for (let level = 0; level < depth; level += 1) nested = { a: nested };
    const json = { model: 'chat', ...nested };
    const mentioned = () =>
      readJsonRequest(`${root}/v1/chat/completions`, { method: 'POST', headers: {}, json }).mentions();
    let found: unknown;
    try {
      found = mentioned().deployments;
    } catch (error) {
      expect((error as Error).cause).toBeInstanceOf(RangeError);
      found = String(error);
    }
    if (depth === 100) expect(found).toEqual(['grader']);
    else if (depth === 100_000) expect(found).toEqual(deep);
    else expect([['grader'], deep]).toContainEqual(found);
  }
});

describe('a name', () => {
  test('that one reader would find and another would not is refused', () => {
    expect(() => chat({ Model: 'chat' })).toThrow(
      refused('/chat/completions', 'its body has "Model". Write `model`, once.'),
    );
  });

  const form = (model: string) => {
    const data = new FormData();
    data.append('model', model);
    return data;
  };

  test.each<[string, string, RequestInput, string | undefined]>([
    ['of the body', '/v1/chat/completions', { body: '{"model":"a"}' }, 'a'],
    ['of a form', '/v1/audio/transcriptions', { body: form('a') }, 'a'],
    [
      'of the path, before that of the body',
      '/deployments/b/chat/completions',
      { body: '{"model":"a"}' },
      'b',
    ],
    ['that is nothing', '/v1/chat/completions', { body: '{"model":null}' }, undefined],
    ['of a realtime call in its query', '/v1/realtime?model=a', { method: 'GET' }, 'a'],
    ['of a realtime call over HTTP', '/v1/realtime/calls?model=a', { body: '{}' }, 'a'],
    ['of a realtime call in its query, as old ones say it', '/realtime?deployment=a', { method: 'GET' }, 'a'],
    ['by which a list is filtered', '/v1/chat/completions?model=a', { method: 'GET' }, undefined],
    ['of what is trained', '/v1/fine_tuning/jobs', { body: '{"model":"gpt-4.1"}' }, undefined],
  ])('%s', (_, path, input, name) => {
    expect(read(path, input).name).toBe(name);
  });

  test('in the query of any other call is refused', () => {
    expect(() => read('/v1/chat/completions?model=a', { body: '{}' })).toThrow(
      refused('/chat/completions', 'its query names "a". Set `model` in the body.'),
    );
  });
});

describe('the query for a target', () => {
  test.each([
    ['/v1/files?limit=2', 'v1', 'limit=2'],
    ['/v1/realtime?model=a&x=1', 'v1', 'x=1&model=gpt'],
    ['/v1/realtime?model=a&x=1', '2025-04-01-preview', 'x=1&deployment=gpt'],
    ['/v1/realtime/calls?model=a', 'v1', 'model=gpt'],
    ['/v1/chat/completions?model=a&limit=2', 'v1', 'limit=2&model=a'],
  ])('of %s with the api %s is %s', (path, api, query) => {
    expect(read(path, { method: 'GET' }).queryFor(target(api))).toBe(query);
  });
});

describe('the body for a target', () => {
  test('has the name of its deployment, and all else as it was', () => {
    const request = chat({ a: 1, model: 'chat' });
    expect(request.text).toBe('{"model":"chat","a":1}');
    expect(request.bodyFor(target(), plain)).toBe('{"model":"gpt","a":1}');
    expect(chat({ model: 'gpt', a: 1 }).bodyFor(target(), plain)).toBe('{"model":"gpt","a":1}');
  });

  test('has what was changed', () => {
    expect(
      chat({ model: 'chat', a: 1 }).bodyFor(target(), { ...plain, changed: { model: 'chat', a: 2 } }),
    ).toBe('{"model":"gpt","a":2}');
    const unnamed = read('/v1/anything', { body: '{"a":1}' });
    expect(unnamed.bodyFor(target(), plain)).toBe('{"a":1}');
    expect(unnamed.bodyFor(target(), { ...plain, changed: { a: 2 } })).toBe('{"a":2}');
  });

  test('has the deployments that it mentions by the names of the resource, where they were looked for', () => {
    const request = chat({ model: 'chat', x: { model: 'grader' }, y: { model: 'unknown' } });
    const mentions = request.mentions();
    expect(mentions.deployments).toEqual(['grader', 'unknown']);
    expect(request.bodyFor(target(), { mentions })).toBe(
      '{"model":"gpt","x":{"model":"judge"},"y":{"model":"unknown"}}',
    );
    expect(request.bodyFor(target(), plain)).toBe(
      '{"model":"gpt","x":{"model":"grader"},"y":{"model":"unknown"}}',
    );
    const changed = { model: 'chat', z: { model: 'grader' } };
    expect(request.bodyFor(target(), { mentions, changed })).toBe('{"model":"gpt","z":{"model":"judge"}}');
  });

  test('of a form has its name in place of the other', async () => {
    const data = new FormData();
    data.append('model', 'chat');
    data.append('stream', 'true');
    const request = read('/v1/audio/transcriptions', { body: data });
    expect(request.stream).toBe(true);
    expect(Buffer.from((await request.bodyFor(target(), plain)) as Uint8Array).toString()).toMatch(
      /name="stream"\r\n\r\ntrue\r\n[^]*name="model"\r\n\r\ngpt\r\n/,
    );
  });

  test('of a form that names nothing has no name', async () => {
    const data = new FormData();
    data.append('purpose', 'batch');
    const bytes = (await read('/v1/files', { body: data }).bodyFor(target(), plain)) as Uint8Array;
    expect(Buffer.from(bytes).toString()).not.toContain('model');
  });

  test('is none where there is none, and bytes as they came', () => {
    expect(read('/v1/files', { method: 'GET' }).bodyFor(target(), plain)).toBeUndefined();
    const bytes = new Uint8Array([1, 2]);
    expect(
      read('/v1/files', { body: bytes, headers: { 'content-type': 'audio/wav' } }).bodyFor(target(), plain),
    ).toEqual(bytes);
  });
});

describe('the content type', () => {
  test.each([
    ['of JSON', { body: '{"model":"a"}' }, 'application/json'],
    [
      'of JSON, said otherwise',
      { body: '{"model":"a"}', headers: { 'content-type': 'application/JSON; charset=x' } },
      'application/json',
    ],
    [
      'of JSON under another name',
      { body: '{"model":"a"}', headers: { 'content-type': 'text/plain' } },
      'text/plain',
    ],
    ['of nothing', { headers: { 'content-type': 'application/json' } }, undefined],
    [
      'of a form, which goes with its bytes',
      { body: new FormData(), headers: { 'content-type': 'x' } },
      undefined,
    ],
  ])('%s', (_, input, type) => {
    expect(read('/v1/anything', input).headers['content-type']).toBe(type);
  });

  test('of bytes is what the caller says, and none where nothing is said', () => {
    const body = new Uint8Array([0xff]);
    expect(
      read('/v1/files', { body, headers: { 'content-type': 'audio/wav' } }).headers['content-type'],
    ).toBe('audio/wav');
    expect(read('/v1/files', { body }).headers).toStrictEqual({});
  });
});

describe('the deployment of the image generation tool', () => {
  const headers = { 'x-ms-oai-image-generation-deployment': 'grader', accept: 'a' };
  const body = JSON.stringify({ model: 'chat', tools: [{ type: 'image_generation' }] });

  test('is named for the target in a header of its own', () => {
    const request = read('/v1/responses', { body, headers });
    expect(request.headers).toEqual({ accept: 'a', 'content-type': 'application/json' });
    expect(request.headersFor?.(target())).toEqual({ 'x-ms-oai-image-generation-deployment': 'judge' });
    expect(request.mentions()).toEqual({ ...noMentions, deployments: ['grader'] });
    expect(chat({ model: 'chat' }).headersFor).toBeUndefined();
  });

  test('is missing where neither header nor tool names it', () => {
    expect(read('/v1/responses', { body }).mentions().unseen).toHaveLength(1);
    expect(read('/v1/responses', { body: '{"model":"a"}', headers }).mentions()).toEqual({
      ...noMentions,
      deployments: ['grader'],
    });
  });
});

describe('mentions', () => {
  test('are none where nothing can stand', () => {
    expect(chat({ model: 'chat', a: 'a model' }).mentions()).toBe(noMentions);
    expect(read('/v1/files', { method: 'GET' }).mentions()).toBe(noMentions);
  });

  test('of a realtime session in a form cannot be seen', () => {
    const unseen = ['the `session` in its form may name a deployment'];
    expect(read('/v1/realtime/calls', { body: new FormData() }).mentions()).toEqual({
      ...noMentions,
      unseen,
    });
    expect(read('/v1/audio/transcriptions', { body: new FormData() }).mentions()).toBe(noMentions);
    expect(read('/v1/realtime?model=a', { method: 'GET' }).mentions()).toBe(noMentions);
  });
});

describe('readJsonRequest', () => {
  const url = `${root}/v1/chat/completions`;

  test('reads what `readRequest` would read of the same text', () => {
    const json = { a: [1], model: 'chat', stream: true };
    const headers = { accept: 'a', 'x-custom': 'b' };
    /** What a request says, with what its functions give. */
    const said = (request: CallRequest) => ({
      ...request,
      mentions: request.mentions(),
      queryFor: request.queryFor(target()),
      bodyFor: request.bodyFor(target(), plain),
    });
    const allow = new Set(['x-custom']);
    const object = readJsonRequest(url, { method: 'post', headers, json }, allow);
    expect(said(object)).toEqual(
      said(read('/v1/chat/completions', { body: JSON.stringify(json), headers }, allow)),
    );
    expect(object.headers).toEqual({ accept: 'a', 'x-custom': 'b', 'content-type': 'application/json' });
  });

  test('looks at the values of the caller once', () => {
    let looks = 0;
    const json = {
      get model() {
        looks += 1;
        return `chat-${looks}`;
      },
    };
    expect(readJsonRequest(url, { method: 'POST', headers: {}, json })).toMatchObject({
      name: 'chat-1',
      text: '{"model":"chat-1"}',
    });
  });

  test('may have no body', () => {
    expect(readJsonRequest(`${root}/v1/files`, { method: 'GET', headers: {} })).toMatchObject({
      json: undefined,
      text: undefined,
      stream: false,
    });
  });
});
