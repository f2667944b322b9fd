import type { Answer } from './answer.ts';
import { sseDecoder } from './sse.ts';
import type { SseEvent } from './sse.ts';
import { streamProgress } from './stream-progress.ts';
import type { StreamProgress } from './stream-progress.ts';
import type { TransportResponse } from '../transport/transport.ts';

/** What one read of the socket brought. */
export interface StreamPiece {
  readonly bytes: Uint8Array;
  readonly events: readonly SseEvent[];
}

/** A stream that has begun with content: it is the caller's from here on. */
export interface OpenedStream {
  readonly kind: 'open';
  /** What was held back, content included. Whoever reads it takes it away. */
  readonly held: StreamPiece[];
  readonly progress: StreamProgress;
  /** The next piece; `undefined` at the end. */
  next(): Promise<StreamPiece | undefined>;
}

/** A stream that failed before it had any content: nobody has seen it. */
export interface FailedStream {
  readonly kind: 'failed';
  /** The error that the stream carried; `undefined` when it just ended. */
  readonly error: StreamProgress['error'];
  /** The same stream for a caller who has nowhere else to go. */
  readonly answer: Answer;
}

/** Reads a stream up to its first content, so that a failure before it can go unseen. */
export async function openStream(response: TransportResponse): Promise<OpenedStream | FailedStream> {
  const source = response.body[Symbol.asyncIterator]();
  const decoder = sseDecoder();
  const progress = streamProgress();
  const held: StreamPiece[] = [];
  let ended = false;

  async function next(): Promise<StreamPiece | undefined> {
    if (ended) return undefined;
    const step = await source.next();
    ended = step.done === true;
    const events = step.done === true ? decoder.flush().filter(isReadable) : decoder.push(step.value);
    if (step.done === true && events.length === 0) return undefined;
    for (const event of events) progress.see(event);
    return { bytes: step.done === true ? new Uint8Array() : step.value, events };
  }

  for (;;) {
    const piece = await next();
    if (piece !== undefined) held.push(piece);
    const { error } = progress;
    // `response.failed` may come without a reason, which the next event then gives (pi#7983).
    const reasonMayFollow = error?.code === '' && piece !== undefined;
    if (error !== undefined && !progress.hasContent && !reasonMayFollow) return failed(response, held, error);
    if (piece?.events.every(isReadable) === false) return failed(response, held, undefined);
    if (progress.hasContent || (progress.finished && error === undefined)) {
      return { kind: 'open', held, progress, next };
    }
    if (piece === undefined) return failed(response, held, undefined);
  }
}

/** Whether there is no sign that an event was cut, or is somebody else's: every one of the service's is JSON. */
function isReadable({ data, json }: SseEvent): boolean {
  return json !== undefined || data === '[DONE]' || data === '';
}

function failed(
  response: TransportResponse,
  held: readonly StreamPiece[],
  error: StreamProgress['error'],
): FailedStream {
  const body = Buffer.concat(held.map(({ bytes }) => bytes));
  const { status, headers } = response;
  return {
    kind: 'failed',
    error,
    answer: { status, headers, body, events: eventsOf(held), destroy: () => undefined },
  };
}

async function* eventsOf(held: readonly StreamPiece[]): AsyncGenerator<readonly SseEvent[]> {
  for (const { events } of held) yield events;
}
