import type { SseEvent } from './sse.ts';
import type { TransportHeaders } from '../transport/transport.ts';

/** What a call gives back, before it becomes the SDK's or a standard `Response`. */
export interface Answer {
  readonly status: number;
  readonly headers: TransportHeaders;
  /** The whole body when it has been read, else the body to read once. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  /** A whole JSON body, parsed. */
  readonly json?: unknown;
  /** A stream of events: the same bytes, decoded. Read either `body` or `events`. */
  readonly events?: AsyncIterable<readonly SseEvent[]>;
  /** Drops what has not been read and frees the socket. */
  destroy(reason?: unknown): void;
}
