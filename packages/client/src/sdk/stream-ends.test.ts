import { APIError } from 'openai';
import { describe, expect, test } from 'vitest';
import type { SseEvent } from '../answer/sse.ts';
import { LightResponse } from '../fetch/light-response.ts';
import type { TransportHeaders } from '../transport/transport.ts';
import { addsFinishReasons, eventStream, onStreamEnd, sdkStream } from './sdk-stream.ts';

// What happens when a stream of ours ends. What a reader sees is compared with the SDK in sdk-stream.test.ts.
const item = (id: number): SseEvent => ({ event: null, data: `{"id":${id}}`, json: { id } });
const done: SseEvent = { event: null, data: '[DONE]', json: undefined };
const failed: SseEvent = { event: 'error', data: '{"message":"m"}', json: { message: 'm' } };
const headers = new Headers({ 'content-type': 'text/event-stream' }) as TransportHeaders;

type Batch = readonly SseEvent[] | Error | 'wait';

/** A response with these batches of events, and what becomes of them. */
function responseOf(batches: readonly Batch[], freeing: () => Promise<unknown> = async () => undefined) {
  const controller = new AbortController();
  const rest = [...batches];
  const seen = { frees: 0, ends: 0, reads: 0 };
  const iterator: AsyncIterator<readonly SseEvent[]> = {
    next: async () => {
      seen.reads += 1;
      const batch = rest.shift();
      if (batch instanceof Error) throw batch;
      if (batch === 'wait')
        return new Promise((_, reject) => {
          controller.signal.addEventListener('abort', () => {
            reject(controller.signal.reason as Error);
          });
        });
      return batch === undefined ? { value: undefined, done: true } : { value: batch, done: false };
    },
    return: async () => {
      seen.frees += 1;
      await freeing();
      return { value: undefined, done: true };
    },
  };
  const response = new LightResponse(
    {
      status: 200,
      headers,
      body: new Uint8Array(),
      events: { [Symbol.asyncIterator]: () => iterator },
      destroy: () => undefined,
    },
    '',
  );
  return { response, controller, seen };
}

/** A stream of these batches, and what its end has done. */
function streamOf(...given: Parameters<typeof responseOf>) {
  const { response, controller, seen } = responseOf(...given);
  const stream = eventStream<unknown>(response, controller, {});
  if (stream === undefined) throw new Error('There are no events.');
  onStreamEnd(controller, () => {
    seen.ends += 1;
  });
  return { stream, controller, seen, response, reader: () => stream[Symbol.asyncIterator]() };
}

async function idsOf(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const ids: unknown[] = [];
  for await (const { id } of stream as AsyncIterable<{ id: number }>) ids.push(id);
  return ids;
}

describe('the end of a stream', () => {
  test('by its last item tells once, and frees nothing that has ended', async () => {
    const { stream, seen, controller } = streamOf([[item(1)], [], [item(2), item(3)]]);
    expect(await idsOf(stream)).toEqual([1, 2, 3]);
    expect([seen.ends, seen.frees, controller.signal.aborted]).toEqual([1, 0, false]);
  });

  test('by [DONE] frees the rest, also when that fails, and reads nothing more', async () => {
    const { stream, seen, controller } = streamOf([[item(1), done, item(2)], [item(3)]], () =>
      Promise.reject(new Error('gone')),
    );
    expect(await idsOf(stream)).toEqual([1]);
    expect(seen).toEqual({ ends: 1, frees: 1, reads: 1 });
    expect(controller.signal.aborted).toBe(false);
  });

  test('by an error ends the request, and tells before the reader learns of it', async () => {
    const error = new TypeError('terminated');
    const cut = streamOf([[item(1)], error]);
    await expect(idsOf(cut.stream)).rejects.toBe(error);
    const refused = streamOf([[item(1), failed, item(2)]]);
    await expect(idsOf(refused.stream)).rejects.toBeInstanceOf(APIError);
    for (const { seen, controller } of [cut, refused])
      expect([seen.ends, seen.frees, controller.signal.aborted]).toEqual([1, 1, true]);
  });

  test('by its reader ends the request', async () => {
    const { stream, seen, controller, reader } = streamOf([[item(1), item(2)], [item(3)]]);
    for await (const _ of { [Symbol.asyncIterator]: reader }) break;
    expect(seen).toEqual({ ends: 1, frees: 1, reads: 1 });
    expect(controller.signal.aborted).toBe(true);
    await expect(idsOf(stream), 'it was read').rejects.toThrow('Cannot iterate over a consumed stream');
  });

  test('by its controller is no error, whatever the reason, also between two items', async () => {
    const waiting = streamOf([[item(1)], 'wait']);
    const reading = idsOf(waiting.stream);
    await new Promise<void>((resolve) => setImmediate(resolve));
    waiting.controller.abort(new RangeError('enough'));
    expect(await reading).toEqual([1]);
    expect(waiting.seen.ends).toBe(1);
    const between = streamOf([[item(1), item(2)]]);
    const reader = between.reader();
    await reader.next();
    between.controller.abort();
    expect(await reader.next()).toEqual({ value: undefined, done: true });
    expect(between.seen.ends).toBe(1);
  });

  test('an error of its own is one, also after an abort', async () => {
    const error = new TypeError('terminated');
    const { reader, controller } = streamOf([error]);
    const next = reader().next();
    controller.abort();
    await expect(next).rejects.toBe(error);
  });

  test('comes once: who asks or leaves later changes nothing', async () => {
    const { reader: begin, seen, controller } = streamOf([[item(1)]]);
    const reader = begin();
    const results = await Promise.all([reader.next(), reader.next(), reader.next()]);
    expect(results.map(({ done: isDone }) => isDone)).toEqual([false, true, true]);
    expect(await reader.return?.()).toEqual({ value: undefined, done: true });
    expect(await reader.next()).toEqual({ value: undefined, done: true });
    expect([seen.ends, seen.frees, seen.reads, controller.signal.aborted]).toEqual([1, 0, 2, false]);
  });

  test('an error among items that were asked for together comes in its place, and the rest is the end', async () => {
    const error = new TypeError('terminated');
    const reader = streamOf([[item(1)], error]).reader();
    const results = await Promise.allSettled([reader.next(), reader.next(), reader.next()]);
    expect(results).toEqual([
      { status: 'fulfilled', value: { value: { id: 1 }, done: false } },
      { status: 'rejected', reason: error },
      { status: 'fulfilled', value: { value: undefined, done: true } },
    ]);
  });
});

test('events are taken once: there is no second stream of them', () => {
  const { response, controller } = streamOf([]);
  expect(eventStream(response, controller, {})).toBeUndefined();
});

test('a stream says whether it adds what is missing of `finish_reason`', () => {
  const withoutEvents = sdkStream.fromSSEResponse(new Response('x'), new AbortController());
  for (const other of [streamOf([]).stream, withoutEvents, {}, undefined])
    expect(addsFinishReasons(other)).toBe(false);
  const { response } = responseOf([]);
  expect(addsFinishReasons(eventStream(response, new AbortController(), { addsFinishReason: true }))).toBe(
    true,
  );
});
