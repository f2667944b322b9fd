/** Headers of an answer. Names are matched in any case. */
export interface TransportHeaders extends Iterable<readonly [string, string]> {
  get(name: string): string | null;
}

/** One attempt on the wire: everything is decided, nothing is retried or followed. */
export interface TransportRequest {
  readonly url: URL | string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | null | ReadableStream<Uint8Array>;
  readonly signal: AbortSignal;
}

/** The answer, as soon as its headers are here. */
export interface TransportResponse {
  readonly status: number;
  readonly headers: TransportHeaders;
  /** Can be read once. Reading slowly slows the sender down. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Drops what has not been read and frees the socket. Does nothing when all has been read. */
  destroy(reason?: unknown): void;
}

/**
 * Sends one attempt. Rejects when there is no answer (connection refused, reset, DNS) and, with
 * `signal.reason`, when the signal aborts; afterwards the signal ends the body in the same way.
 * Never follows a redirect and never rejects for a status.
 */
export interface Transport {
  (request: TransportRequest): Promise<TransportResponse>;
  /** Ends idle connections, then waits for the busy ones. */
  close?(): Promise<void>;
}
