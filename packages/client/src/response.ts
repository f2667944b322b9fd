import type { Answer } from './answer.ts';

/** A standard `Response` over an answer. What is not read of it is dropped by `body.cancel()`. */
export function toResponse(answer: Answer): Response {
  const { status, body } = answer;
  const headers = new Headers([...answer.headers] as [string, string][]);
  const isBodiless = status === 204 || status === 205 || status === 304;
  if (isBodiless) return new Response(null, { status, headers });
  return new Response(
    body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : streamOf(body, answer),
    {
      status,
      headers,
    },
  );
}

function streamOf(body: AsyncIterable<Uint8Array>, answer: Answer): ReadableStream<Uint8Array> {
  const source = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const step = await source.next();
        if (step.done === true) controller.close();
        else controller.enqueue(step.value);
      },
      cancel: (reason) => {
        answer.destroy(reason);
      },
    },
    // Nothing is read ahead: a slow reader slows the sender down.
    { highWaterMark: 0 },
  );
}
