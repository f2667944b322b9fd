import { once } from 'node:events';
import type OpenAI from 'openai';
import { APIConnectionError, APIUserAbortError, InternalServerError } from 'openai';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { SseEvent } from '../answer/sse.ts';
import { connectionFailed } from '../answer/connection-failure.ts';
import { lightResponse } from '../fetch/light-response.ts';
import type { TransportHeaders } from '../transport/transport.ts';
import { createSdk } from './sdk.ts';
import type { SdkRequest } from './sdk-call.ts';

// What the SDK hands over for a call, by its own code and by the fast path, and what becomes of the answer.
const messages = [{ role: 'user' as const, content: 'Hello' }];
const body = { model: 'chat', messages };
const place = 'https://aoai.invalid/openai/v1';

afterEach(() => {
  vi.unstubAllEnvs();
});

function jsonAnswer(json: object, status = 200): Response {
  const headers = new Headers({
    'content-type': 'application/json',
    'x-request-id': 'r1',
  }) as TransportHeaders;
  const bytes = Buffer.from(JSON.stringify(json));
  return lightResponse({ status, headers, body: bytes, json, destroy: () => undefined }, place);
}

/** An SDK, and all that it has handed over. */
function sdkOf(
  answer: (request: SdkRequest) => Response | Promise<Response> = () => jsonAnswer({ id: 'c1' }),
) {
  const asked: SdkRequest[] = [];
  const fetched: string[] = [];
  const call = async (request: SdkRequest) => {
    asked.push(request);
    return answer(request);
  };
  const fetch: typeof globalThis.fetch = async (url) => {
    fetched.push(url instanceof Request ? url.url : String(url));
    return new Response();
  };
  const sdk = createSdk(call, fetch, { extra: () => 'added' });
  return { sdk, asked, fetched };
}

/** `query` is one of the things that the fast path leaves to the code of the SDK. */
const ways: readonly (readonly [string, OpenAI.RequestOptions])[] = [
  ['the fast path', {}],
  ['the code of the SDK', { query: { a: '1' } }],
];

describe.each(ways)('a call by %s', (way, options) => {
  const isFast = way === 'the fast path';
  const create = (sdk: OpenAI, more: OpenAI.RequestOptions = {}) =>
    sdk.chat.completions.create(body, { ...options, ...more });

  test('has the place, the body and the headers, and no limits of its own', async () => {
    const { sdk, asked, fetched } = sdkOf();
    expect(await create(sdk)).toMatchObject({ id: 'c1' });
    const [{ url, init, json, timeoutMs, maxRetries, signals } = {} as SdkRequest] = asked;
    expect(String(url)).toBe(`${place}/chat/completions${isFast ? '' : '?a=1'}`);
    expect(init.method?.toLowerCase()).toBe('post');
    const headers = new Headers(init.headers);
    expect([headers.get('accept'), headers.get('content-type')]).toEqual([
      'application/json',
      'application/json',
    ]);
    expect(headers.get('user-agent')).toMatch(/^AzureSdk\/JS |^OpenAI\/JS /);
    expect(json ?? JSON.parse((init as { body: string }).body)).toEqual(body);
    expect([timeoutMs, maxRetries, fetched]).toEqual([undefined, undefined, []]);
    expect(signals.every((signal) => signal?.aborted !== true)).toBe(true);
  });

  test('has the limits of this call, or those of the client that it was made with', async () => {
    const { sdk, asked } = sdkOf();
    await create(sdk, { timeout: 5_000, maxRetries: 3 });
    const changed = sdk.withOptions({ maxRetries: 4 });
    await create(changed);
    await create(changed.withOptions({ timeout: 7_000 }), { maxRetries: 0 });
    await create(changed.withOptions({ timeout: 7_000 }));
    expect(asked.map(({ timeoutMs, maxRetries }) => [timeoutMs, maxRetries])).toEqual([
      [5_000, 3],
      [undefined, 4],
      [7_000, 0],
      [7_000, 4],
    ]);
  });

  test('is made once, whatever the answer says of trying again', async () => {
    const { sdk, asked } = sdkOf(() => jsonAnswer({ error: { message: 'm', code: 'c' } }, 500));
    await expect(create(sdk, { maxRetries: 2 })).rejects.toThrow(InternalServerError);
    await expect(create(sdk)).rejects.toMatchObject({ status: 500, code: 'c', requestID: 'r1' });
    expect(asked).toHaveLength(2);
  });

  test.each([['an error', new RangeError('ours')], ['text'], [undefined]])(
    'fails with what was thrown, as it is: %s',
    async (_, thrown: unknown = _) => {
      const { sdk, asked } = sdkOf(() => {
        throw thrown;
      });
      const caught: unknown = await create(sdk).catch((error: unknown) => [error]);
      expect((caught as unknown[])[0]).toBe(thrown);
      expect(asked).toHaveLength(1);
    },
  );

  test('fails with the SDK’s own error when there was no connection', async () => {
    const { sdk } = sdkOf(() => {
      throw connectionFailed(new Error('reset'));
    });
    await expect(create(sdk)).rejects.toBeInstanceOf(APIConnectionError);
  });

  test('ends with its signal: before it is made, or on its way', async () => {
    const { sdk, asked } = sdkOf(({ signals }) => {
      controller.abort();
      expect(signals.some((signal) => signal?.aborted === true)).toBe(true);
      throw new DOMException('gone', 'AbortError');
    });
    const controller = new AbortController();
    await expect(create(sdk, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(APIUserAbortError);
    await expect(create(sdk, { signal: controller.signal })).rejects.toBeInstanceOf(APIUserAbortError);
    expect(asked).toHaveLength(1);
  });

  test('leaves nothing on a signal that lives on', async () => {
    const { signal } = new AbortController();
    const { sdk } = sdkOf();
    await create(sdk, { signal });
    const failing = sdkOf(() => {
      throw new RangeError('ours');
    });
    await expect(create(failing.sdk, { signal })).rejects.toThrow('ours');
    const refused = sdkOf(() => jsonAnswer({ error: { message: 'm' } }, 400));
    await expect(create(refused.sdk, { signal })).rejects.toThrow('m');
  });
});

const chunk = (id: number): SseEvent => {
  const json = { id, choices: [{ index: 0, delta: {} }] };
  return { event: null, data: JSON.stringify(json), json };
};

/** An answer of chunks, one piece for each. It waits before the last one until its request is given up. */
function streamAnswer(count: number, waits?: AbortSignal): Response {
  const headers = new Headers({ 'content-type': 'text/event-stream; charset=utf-8' }) as TransportHeaders;
  async function* events(): AsyncGenerator<readonly SseEvent[]> {
    for (let id = 1; id <= count; id += 1) {
      if (id === count && waits !== undefined) await once(waits, 'abort');
      waits?.throwIfAborted();
      yield [chunk(id)];
    }
  }
  return lightResponse(
    { status: 200, headers, body: new Uint8Array(), events: events(), destroy: () => undefined },
    place,
  );
}

describe.each(ways)('a stream by %s', (_way, options) => {
  const create = (sdk: OpenAI, signal?: AbortSignal) =>
    sdk.chat.completions.create(
      { ...body, stream: true },
      signal === undefined ? options : { ...options, signal },
    );

  test('gives chunks with a `finish_reason`, and leaves nothing on the signal of the caller', async () => {
    const { sdk, asked } = sdkOf(() => streamAnswer(3));
    const seen: unknown[] = [];
    const { signal } = new AbortController();
    for await (const { id, choices } of await create(sdk, signal)) seen.push([id, choices[0]?.finish_reason]);
    expect(seen).toEqual([
      [1, null],
      [2, null],
      [3, null],
    ]);
    expect(asked[0]?.signals).toHaveLength(2);
    expect(asked[0]?.signals[1]).toBe(signal);
  });

  test('ends with the signal of the caller, and then its request is given up', async () => {
    const { sdk, asked } = sdkOf(({ signals }) => streamAnswer(3, signals[0] ?? undefined));
    const controller = new AbortController();
    const stream = await create(sdk, controller.signal);
    let count = 0;
    for await (const _ of stream) {
      count += 1;
      if (count === 2)
        setImmediate(() => {
          controller.abort();
        });
    }
    expect([count, stream.controller.signal.aborted]).toEqual([2, true]);
    expect(asked[0]?.signals[0]).toBe(stream.controller.signal);
  });

  test('that is left gives its request up, and leaves nothing on the signal', async () => {
    const { sdk, asked } = sdkOf(() => streamAnswer(3));
    const { signal } = new AbortController();
    for await (const _ of await create(sdk, signal)) break;
    expect(asked[0]?.signals[0]?.aborted).toBe(true);
  });

  test('that is refused leaves nothing on the signal either', async () => {
    const { signal } = new AbortController();
    const refused = sdkOf(() => jsonAnswer({ error: { message: 'm' } }, 400));
    await expect(create(refused.sdk, signal)).rejects.toThrow('m');
    const failing = sdkOf(() => {
      throw new RangeError('ours');
    });
    await expect(create(failing.sdk, signal)).rejects.toThrow('ours');
  });
});

describe('an answer that is no JSON value', () => {
  test('is a text where the service says so, although it could be read as JSON', async () => {
    const { sdk } = sdkOf(() => {
      const headers = new Headers({ 'content-type': 'text/plain' }) as TransportHeaders;
      const json = { a: 1 };
      return lightResponse(
        { status: 200, headers, body: Buffer.from('{"a":1}'), json, destroy: () => undefined },
        place,
      );
    });
    expect(await sdk.post('/audio/transcriptions', { body: {} })).toBe('{"a":1}');
  });

  test('is the response itself where bytes were asked for', async () => {
    const { sdk } = sdkOf(() => jsonAnswer({ a: 1 }));
    const response = await sdk.files.content('file-1');
    expect(await response.json()).toEqual({ a: 1 });
  });
});

describe('the client', () => {
  test('reads nothing from the variables of the SDK', async () => {
    vi.stubEnv('OPENAI_BASE_URL', 'https://evil.invalid/v1');
    vi.stubEnv('OPENAI_API_KEY', 'sk-secret');
    vi.stubEnv('OPENAI_ADMIN_KEY', 'sk-admin');
    vi.stubEnv('OPENAI_ORG_ID', 'org-1');
    vi.stubEnv('OPENAI_PROJECT_ID', 'proj-1');
    vi.stubEnv('OPENAI_WEBHOOK_SECRET', 'whsec-1');
    vi.stubEnv('OPENAI_LOG', 'debug');
    vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'x-other: secret');
    const { sdk, asked } = sdkOf();
    for (const [, options] of ways) await sdk.chat.completions.create(body, options);
    for (const { url, init } of asked) {
      expect(String(url)).toContain(place);
      const headers = new Headers(init.headers);
      expect(headers.has('x-other')).toBe(false);
      expect([...headers.values()].join()).not.toMatch(/secret|org-1|proj-1/);
    }
    expect([sdk.organization, sdk.project, sdk.webhookSecret, sdk.logLevel]).toEqual([
      null,
      null,
      null,
      'warn',
    ]);
  });

  test('calls no other place, neither by a URL nor by another `baseURL`', async () => {
    const { sdk, asked, fetched } = sdkOf();
    for (const call of [
      sdk.get('https://evil.invalid/steal'),
      sdk.withOptions({ baseURL: 'https://evil.invalid/v1' }).chat.completions.create(body),
      sdk.get('https://aoai.invalid.evil.invalid/steal'),
    ])
      await expect(call).rejects.toThrow(
        /^Cannot call "https:\/\/(?:aoai\.invalid\.)?evil\.invalid": this client/,
      );
    expect([asked, fetched]).toEqual([[], []]);
  });

  test('has what was added to it, and itself, also when it is made anew', () => {
    const { sdk } = sdkOf();
    for (const each of [sdk, sdk.withOptions({ timeout: 1 })]) {
      expect((each as unknown as { extra(): string }).extra()).toBe('added');
      expect(Reflect.get(each, 'sdk')).toBe(each);
    }
  });

  test('made by hand of its class says what is missing', async () => {
    const { sdk } = sdkOf();
    const Sdk = sdk.constructor as typeof OpenAI;
    const bare = new Sdk({ apiKey: 'k' });
    await expect(bare.chat.completions.create(body)).rejects.toMatchObject({
      cause: { message: 'This client was made without `createClient`.' },
    });
  });

  test('keeps the default headers that somebody gives it', async () => {
    const { sdk, asked } = sdkOf();
    await sdk.withOptions({ defaultHeaders: { 'x-team': 'search' } }).chat.completions.create(body);
    expect(new Headers(asked[0]?.init.headers).get('x-team')).toBe('search');
  });
});
