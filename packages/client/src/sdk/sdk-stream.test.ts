import { once } from 'node:events';
import fc from 'fast-check';
import OpenAI, { APIError } from 'openai';
import { normalizeChatCompletionStream } from 'openai/lib/chat-completions/streaming';
import { Stream } from 'openai/streaming';
import { describe, expect, test } from 'vitest';
import { LightResponse } from '../fetch/light-response.ts';
import { eventStream, sdkStream } from './sdk-stream.ts';
import { sseDecoder } from '../answer/sse.ts';
import type { SseEvent } from '../answer/sse.ts';
import type { TransportHeaders } from '../transport/transport.ts';

// Everything here runs twice, on the SDK's own reading of a stream and on ours, and compares the two.

const encode = (text: string) => new TextEncoder().encode(text);
const headers = new Headers({ 'content-type': 'text/event-stream', 'x-request-id': 'r1' });

interface Source {
  readonly texts: readonly string[];
  readonly failure?: Error;
  /** The body stays open after its last piece, until the signal aborts. */
  readonly hangs?: boolean;
}

async function* piecesOf({ texts, failure, hangs }: Source, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    signal.throwIfAborted();
    yield encode(text);
  }
  if (hangs === true) await once(signal, 'abort');
  signal.throwIfAborted();
  if (failure !== undefined) throw failure;
}

async function* eventsOf(source: Source, signal: AbortSignal): AsyncGenerator<readonly SseEvent[]> {
  const decoder = sseDecoder();
  for await (const piece of piecesOf(source, signal)) yield decoder.push(piece);
  yield decoder.flush();
}

function responseOf(source: Source, signal: AbortSignal): LightResponse {
  const answer = {
    status: 200,
    headers: headers as TransportHeaders,
    body: piecesOf(source, signal),
    events: eventsOf(source, signal),
    destroy: () => undefined,
  };
  return new LightResponse(answer, '');
}

type Mode = 'legacy' | 'events';

function streams(
  source: Source,
  named = false,
  mode: Mode = 'legacy',
): [theirs: Stream<unknown>, ours: Stream<unknown>] {
  const [theirs, ours] = [new AbortController(), new AbortController()];
  const client = new OpenAI({ apiKey: 'k', logLevel: 'off' });
  return [
    Stream.fromSSEResponse(
      new Response(ReadableStream.from(piecesOf(source, theirs.signal)), { headers }),
      theirs,
      client,
      named,
      mode,
    ),
    sdkStream.fromSSEResponse(
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- It has the prototype of `Response`.
      responseOf(source, ours.signal),
      ours,
      client,
      named,
      mode,
    ),
  ];
}

/** All that a caller can see of a stream. */
async function seen(stream: Stream<unknown>): Promise<object> {
  const items: unknown[] = [];
  try {
    for await (const item of stream) items.push(item);
    return { items, aborted: stream.controller.signal.aborted };
  } catch (error) {
    const { message, constructor } = error as Error;
    const more =
      error instanceof APIError
        ? { error: error.error as unknown, code: error.code, requestID: error.requestID }
        : {};
    return { items, aborted: stream.controller.signal.aborted, message, type: constructor.name, ...more };
  }
}

const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;

describe('sdkStream.fromSSEResponse', () => {
  test.each<[string, Source]>([
    ['an ordinary stream', { texts: [chunk('a') + chunk('b'), chunk('c'), 'data: [DONE]\n\n'] }],
    ['a stream cut inside an event', { texts: [chunk('a'), 'data: {"x":', '1}\n', '\ndata: [DONE]\n\n'] }],
    ['a stream without [DONE]', { texts: [chunk('a')] }],
    ['events after [DONE]', { texts: [`${chunk('a')}data: [DONE]\n\n${chunk('b')}`] }],
    [
      'an error object',
      { texts: [chunk('a'), 'data: {"error":{"code":"429","message":"slow"}}\n\n', chunk('b')] },
    ],
    ['an error event', { texts: ['event: error\ndata: {"code":"x","message":"m"}\n\n'] }],
    ['an error event that wraps', { texts: ['event: error\ndata: {"error":{"message":"m"}}\n\n'] }],
    ['an error that is null', { texts: ['data: {"error":null,"a":1}\n\n'] }],
    ['a named event', { texts: ['event: response.created\ndata: {"type":"response.created"}\n\n'] }],
    ['an event of the Assistants', { texts: ['event: thread.created\ndata: {"id":"1"}\n\n'] }],
    ['values that are no objects', { texts: ['data: null\n\ndata: 1\n\ndata: "x"\n\ndata: []\n\n'] }],
    ['broken JSON', { texts: [chunk('a'), 'data: {"a"\n\n'] }],
    ['nothing', { texts: [] }],
    ['a body that fails', { texts: [chunk('a')], failure: new TypeError('terminated') }],
    ['a body that fails after [DONE]', { texts: ['data: [DONE]\n\n'], failure: new TypeError('terminated') }],
    ['a body that aborts', { texts: [chunk('a')], failure: new DOMException('gone', 'AbortError') }],
  ])('sees in %s what the SDK sees, in every mode', async (_, source) => {
    for (const mode of ['legacy', 'events'] as const) {
      for (const named of [false, true]) {
        const [theirs, ours] = streams(source, named, mode);
        expect(await seen(ours)).toEqual(await seen(theirs));
      }
    }
  });

  test('an error of a gateway, which the SDK takes for a chunk, is thrown as any other error of the service', async () => {
    const refusal = { statusCode: 503, message: 'm', activityId: 'a' };
    const [, ours] = streams({ texts: [chunk('a'), `data: ${JSON.stringify(refusal)}\n\n`, chunk('b')] });
    expect(await seen(ours)).toMatchObject({
      items: [{ choices: [{ delta: { content: 'a' } }] }],
      type: 'APIError',
      message: 'm',
      error: refusal,
      aborted: true,
    });
    const [, chunks] = streams({ texts: ['data: {"statusCode":200,"message":"m"}\n\n', chunk('b')] });
    expect(await seen(chunks)).toMatchObject({ items: [{ statusCode: 200 }, {}] });
  });

  test('sees what the SDK sees, for any events and cuts', async () => {
    const frame = fc.constantFrom(
      chunk('a'),
      chunk('grüße 🎉'),
      'data: [DONE]\n\n',
      'data: {"error":{"message":"m"}}\n\n',
      'event: error\ndata: {}\n\n',
      ': ping\n\n',
      'data: {\n\n',
    );
    const source = fc
      .tuple(fc.array(frame, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 10 }))
      .map(([frames, cuts]) => {
        let rest = frames.join('');
        const texts = cuts.map((cut) => {
          const text = rest.slice(0, cut);
          rest = rest.slice(cut);
          return text;
        });
        return { texts: [...texts, rest] };
      });
    await fc.assert(
      fc.asyncProperty(source, async (any) => {
        const [theirs, ours] = streams(any);
        expect(await seen(ours)).toEqual(await seen(theirs));
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  test('a second reading is refused as by the SDK', async () => {
    for (const stream of streams({ texts: [chunk('a')] })) {
      await seen(stream);
      await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow(
        'Cannot iterate over a consumed stream',
      );
    }
  });

  test('a reader that stops early aborts the request', async () => {
    for (const stream of streams({ texts: [chunk('a'), chunk('b')], hangs: true })) {
      for await (const item of stream) {
        expect(item).toBeDefined();
        break;
      }
      expect(stream.controller.signal.aborted).toBe(true);
    }
  });

  test('controller.abort() ends the stream without an error, also while it waits', async () => {
    for (const stream of streams({ texts: [chunk('a')], hangs: true })) {
      let count = 0;
      for await (const item of stream) {
        expect(item).toBeDefined();
        count += 1;
        setImmediate(() => {
          stream.controller.abort();
        });
      }
      expect(count).toBe(1);
    }
  });

  test('an abort inside a batch ends the stream after the item at hand', async () => {
    for (const stream of streams({ texts: [chunk('a') + chunk('b') + chunk('c')], hangs: true })) {
      let count = 0;
      for await (const item of stream) {
        expect(item).toBeDefined();
        count += 1;
        stream.controller.abort();
      }
      expect(count).toBe(1);
    }
  });

  test('items asked for all at once come in order', async () => {
    for (const stream of streams({ texts: [chunk('a'), chunk('b') + chunk('c'), chunk('d')] })) {
      const iterator = stream[Symbol.asyncIterator]();
      const results = await Promise.all(Array.from({ length: 6 }, () => iterator.next()));
      const text = results.map(({ value, done }) =>
        done === true
          ? '.'
          : (value as { choices: { delta: { content: string } }[] }).choices[0]?.delta.content,
      );
      expect(text.join('')).toBe('abcd..');
    }
  });

  test('tee and toReadableStream work', async () => {
    for (const stream of streams({ texts: [chunk('a') + chunk('b'), 'data: [DONE]\n\n'] })) {
      const [left, right] = stream.tee();
      const [leftItems, rightItems] = await Promise.all([seen(left), seen(right)]);
      expect(leftItems).toEqual(rightItems);
    }
    const texts = await Promise.all(
      streams({ texts: [chunk('a') + chunk('b')] }).map((stream) =>
        new Response(stream.toReadableStream() as ReadableStream<Uint8Array>).text(),
      ),
    );
    expect(texts[0]).toBe(texts[1]);
  });

  test('reads any other response with the code of the SDK', async () => {
    const stream = sdkStream.fromSSEResponse(new Response(chunk('a')), new AbortController());
    expect(await seen(stream)).toMatchObject({ items: [{ choices: [{ delta: { content: 'a' } }] }] });
  });

  test('adds a missing finish_reason as the SDK does, without its wrapper', async () => {
    const texts = [
      'data: {"choices":[{"delta":{}},{"finish_reason":"stop"}]}\n\n',
      'data: {"choices":[]}\n\ndata: {"id":1}\n\ndata: null\n\n',
      // Both are here before the first is asked for.
      'data: {"choices":[{"delta":{}}]}\n\ndata: {"choices":[{"delta":{}}]}\n\n',
    ];
    const [theirs] = streams({ texts });
    normalizeChatCompletionStream(theirs as never);
    const controller = new AbortController();
    const ours = eventStream(responseOf({ texts }, controller.signal), controller, {
      addsFinishReason: true,
    });
    expect(ours && (await seen(ours))).toEqual(await seen(theirs));
  });

  test('the SDK’s own wrapper does the same around a stream of ours', async () => {
    const [theirs, ours] = streams({ texts: ['data: {"choices":[{"delta":{}}]}\n\n'] });
    normalizeChatCompletionStream(theirs as never);
    normalizeChatCompletionStream(ours as never);
    const items = [{ choices: [{ delta: {}, finish_reason: null }] }];
    expect(await seen(ours)).toMatchObject({ items });
    expect(await seen(theirs)).toMatchObject({ items });
  });

  test('a wrapper takes the place of the iterator', () => {
    const [, ours] = streams({ texts: [] });
    const wrapper = async function* () {
      yield 1;
    };
    ours[Symbol.asyncIterator] = wrapper;
    expect(ours[Symbol.asyncIterator]).toBe(wrapper);
  });
});
