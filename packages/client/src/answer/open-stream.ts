import type { IdleTimer } from '../waiting/attempt-scope.ts';
import type { Answer } from './answer.ts';
import type { ServiceError } from './service-error.ts';
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
  /** What was held back, content included. Reading empties it. */
  readonly held: StreamPiece[];
  readonly progress: StreamProgress;
  /** The next piece; `undefined` at the end. */
  next(): Promise<StreamPiece | undefined>;
}

/** A stream that failed before it had any content: the caller has seen nothing of it. */
export interface FailedStream {
  readonly kind: 'failed';
  /** The error that the stream carried; `undefined` when it just ended, or holds something else than events. */
  readonly error: ServiceError | undefined;
  /** What had arrived. */
  readonly body: Buffer;
  /** The same stream, for a call that has no other target. */
  readonly answer: Answer;
}

/** A body that is no stream of events, whatever its type says. */
export interface NoStream {
  readonly kind: 'other';
  /** All of it; `undefined` when it is too long. */
  readonly body: Buffer | undefined;
}

/** How a stream is opened. */
export interface OpenOptions {
  /** Choices that were asked for. */
  readonly choices: number;
  /** Whether every event is what the caller asked for: a response that is read again may wait in the queue still. */
  readonly holdsNothing: boolean;
  /** How long the stream may be silent, before its first content and after it. */
  idle(hasContent: boolean): IdleTimer;
  /** Bytes that are held at most: before the first content, and of one event. */
  readonly maxBytes: number;
  /** The error for more than that. */
  tooLarge(): Error;
}

/** Reads a stream up to its first content, so that a failure before it can go unseen. */
export async function openStream(
  response: TransportResponse,
  options: OpenOptions,
): Promise<OpenedStream | FailedStream | NoStream> {
  const { maxBytes } = options;
  let idle = options.idle(false);
  const source = response.body[Symbol.asyncIterator]();
  const decoder = sseDecoder();
  const progress = streamProgress(options.choices);
  const held: StreamPiece[] = [];
  let ended = false;
  const broken = { isUnreadable: false };
  let unfinishedBytes = 0;

  async function read(): Promise<Uint8Array | undefined> {
    idle.start();
    try {
      const step = await source.next();
      ended = step.done === true;
      return step.done === true ? undefined : step.value;
    } finally {
      idle.stop();
    }
  }

  function decode(bytes: Uint8Array): StreamPiece {
    const decoded = decoder.push(bytes);
    unfinishedBytes = decoded.length > 0 ? 0 : unfinishedBytes + bytes.byteLength;
    if (unfinishedBytes > maxBytes) throw options.tooLarge();
    return { bytes, events: seen(decoded) };
  }

  /** The events that hold something, up to one that cannot be read: nothing comes after that. */
  function seen(decoded: readonly SseEvent[]): readonly SseEvent[] {
    if (decoded.every(isReadable)) {
      for (const event of decoded) progress.see(event);
      return decoded;
    }
    const events = decoded.filter((event) => !isEmpty(event));
    const end = events.findIndex((event) => !isReadable(event));
    const readable = end < 0 ? events : events.slice(0, end);
    if (end >= 0) broken.isUnreadable = true;
    for (const event of readable) progress.see(event);
    return readable;
  }

  async function next(): Promise<StreamPiece | undefined> {
    if (broken.isUnreadable) throw new SyntaxError('An event of the stream is no JSON.');
    if (ended) return undefined;
    const bytes = await read();
    if (bytes !== undefined) return decode(bytes);
    const events = seen(decoder.flush().filter(isReadable));
    return events.length === 0 ? undefined : { bytes: new Uint8Array(), events };
  }

  /** The rest of a body that is none of events. */
  async function other(first: readonly Uint8Array[]): Promise<NoStream> {
    const chunks = [...first];
    let length = 0;
    for (const chunk of chunks) length += chunk.byteLength;
    for (let bytes = await read(); bytes !== undefined; bytes = await read()) {
      length += bytes.byteLength;
      if (length > maxBytes) return { kind: 'other', body: undefined };
      chunks.push(bytes);
    }
    return { kind: 'other', body: Buffer.concat(chunks) };
  }

  const first: Uint8Array[] = [];
  for (;;) {
    const bytes = await read();
    if (bytes !== undefined) first.push(bytes);
    const isEvents = startsLikeEvents(first.length === 1 ? first[0] : Buffer.concat(first));
    if (isEvents === false) return other(first);
    if (isEvents === true || bytes === undefined) break;
  }

  let heldBytes = 0;
  for (;;) {
    const begun = first.shift();
    const piece: StreamPiece | undefined = begun === undefined ? await next() : decode(begun);
    if (piece !== undefined) {
      held.push(piece);
      heldBytes += piece.bytes.byteLength;
    }
    const { error } = progress;
    // `response.failed` may come without a reason, which the next event then gives (pi#7983).
    const reasonMayFollow = error?.code === '' && error.message === '' && piece !== undefined;
    if (error !== undefined && !progress.hasContent && !reasonMayFollow) return failed(response, held, error);
    if (broken.isUnreadable && !progress.hasContent) return failed(response, held, undefined);
    const isWanted = progress.hasContent || (options.holdsNothing && progress.events > 0);
    if (isWanted || (progress.finished && error === undefined)) {
      idle = options.idle(true);
      return { kind: 'open', held, progress, next };
    }
    if (piece === undefined) return failed(response, held, undefined);
    if (heldBytes > maxBytes) throw options.tooLarge();
  }
}

/** Whether bytes begin a stream of events; `undefined` when there are too few of them to tell. */
function startsLikeEvents(bytes: Uint8Array | undefined): boolean | undefined {
  if (bytes === undefined) return undefined;
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1_024))
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  if (start === '') return undefined;
  if (/^(?:data|event|id|retry)?:/.test(start) || /^(?:data|event|id|retry)[\r\n]/.test(start)) return true;
  const isPartOfName = ['data', 'event', 'id', 'retry'].some((name) => name.startsWith(start));
  return isPartOfName ? undefined : false;
}

/** Whether there is no sign that an event was cut, or is somebody else's: every one of the service's is JSON. */
function isReadable({ data, json }: SseEvent): boolean {
  return json !== undefined || data === '[DONE]';
}

/** Gateways keep a stream alive by events that hold nothing: `data:`, `data: : keepalive`, `data: ping`. */
function isEmpty({ data, json }: SseEvent): boolean {
  return json === undefined && data !== '[DONE]' && /^\s*(?::.*|[\w.-]{0,40})\s*$/s.test(data);
}

function failed(
  response: TransportResponse,
  held: readonly StreamPiece[],
  error: ServiceError | undefined,
): FailedStream {
  const body = Buffer.concat(held.map(({ bytes }) => bytes));
  const { status, headers } = response;
  return {
    kind: 'failed',
    error,
    body,
    answer: { status, headers, body, events: eventsOf(held), destroy: () => undefined },
  };
}

async function* eventsOf(held: readonly StreamPiece[]): AsyncGenerator<readonly SseEvent[]> {
  for (const { events } of held) yield events;
}
