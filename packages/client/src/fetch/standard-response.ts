import type { Answer } from '../answer/answer.ts';

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
export function streamOf(answer: Answer): ReadableStream<Uint8Array> | null {
  const { body } = answer;
  if (bodiless.has(answer.status)) return null;
  const iterator = body instanceof Uint8Array ? [body].values() : body[Symbol.asyncIterator]();
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
