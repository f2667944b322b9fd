import type { Answer } from '../answer/answer.ts';
import type { SseEvent } from '../answer/sse.ts';

/** Statuses that the fetch standard allows no body. */
const bodiless = new Set([101, 204, 205, 304]);

/** The answer as any client other than the SDK wants it: a `Response` of this runtime. */
export function standardResponse(
  answer: Answer,
  url: string,
  body: ReadableStream<Uint8Array> | null = streamOf(answer),
): Response {
  const response = new Response(body, {
    status: answer.status,
    headers: [...answer.headers].map(([name, value]) => [name, value]),
  });
  // A constructed `Response` has no URL; clients log it.
  return Object.defineProperty(response, 'url', { value: url });
}

/** The body of an answer as a web stream. Nothing is read before somebody reads. */
function streamOf(answer: Answer): ReadableStream<Uint8Array> | null {
  const { body } = answer;
  if (bodiless.has(answer.status)) return null;
  const iterator = body instanceof Uint8Array ? [body].values() : body[Symbol.asyncIterator]();
  return pulled(iterator, answer);
}

/**
 * The events of an answer as the body of a web stream, written anew: without those that hold nothing, and without a part of
 * one that cannot be read, which the SDK's own decoder would take for a fault of its own.
 */
export function eventBodyOf(answer: Answer): ReadableStream<Uint8Array> | null {
  const { events } = answer;
  if (events === undefined || bodiless.has(answer.status)) return streamOf(answer);
  return pulled(written(events), answer);
}

async function* written(events: AsyncIterable<readonly SseEvent[]>): AsyncGenerator<Uint8Array> {
  for await (const batch of events) yield writtenEvents(batch);
}

function writtenEvents(events: readonly SseEvent[]): Uint8Array {
  const text = events.map(({ event, data }) => {
    const name = event === null ? '' : `event: ${event}\n`;
    return `${name}data: ${data.replaceAll('\n', '\ndata: ')}\n\n`;
  });
  return Buffer.from(text.join(''));
}

function pulled(
  iterator: Iterator<Uint8Array> | AsyncIterator<Uint8Array>,
  answer: Pick<Answer, 'destroy'>,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let result = await iterator.next();
        // Nobody pulls again for nothing: an empty piece would be the last one.
        while (result.done !== true && result.value.byteLength === 0) result = await iterator.next();
        if (result.done === true) controller.close();
        else controller.enqueue(result.value);
      },
      cancel(reason) {
        answer.destroy(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The same response, which says when its body has been read to its end, has failed or is not wanted any more. */
export function onBodyEnd(response: Response, end: () => void): Response {
  const { status, headers, url } = response;
  const reader = response.body?.getReader();
  if (reader === undefined) end();
  const body = reader && watchedStream(reader, end);
  return Object.defineProperty(new Response(body, { status, headers: [...headers] }), 'url', { value: url });
}

function watchedStream(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  end: () => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) {
            controller.enqueue(value);
            return;
          }
        } catch (error) {
          end();
          throw error;
        }
        end();
        controller.close();
      },
      cancel(reason) {
        end();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
