/** Headers of an answer. Names are matched in any case. */
export interface TransportHeaders extends Iterable<readonly [string, string]> {
  get(name: string): string | null;
}

/** The request of one attempt. The transport sends it as it is, without retries and without following redirects. */
export interface TransportRequest {
  readonly url: URL | string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | null | ReadableStream<Uint8Array>;
  readonly signal: AbortSignal;
}

/** The bytes of an answer. They can be read once: with `bytes`, or as an iterable. */
export interface TransportBody extends AsyncIterable<Uint8Array> {
  /**
   * Reads all bytes at once, which is cheaper than to collect chunks. `undefined` when there are more than `atMost`: the
   * rest is then dropped. A transport may leave this method out.
   */
  bytes?(atMost?: number): Promise<Buffer | undefined>;
}

/** The answer, as soon as its headers are here. */
export interface TransportResponse {
  readonly status: number;
  readonly headers: TransportHeaders;
  /** Can be read once. A slow reader slows the sender down. */
  readonly body: TransportBody;
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

/** The whole body; `undefined`, and the rest dropped, when it is longer than `atMost`. */
export async function readBytes(body: TransportBody, atMost: number = Infinity): Promise<Buffer | undefined> {
  if (body.bytes !== undefined) {
    const bytes = await body.bytes(atMost);
    return bytes !== undefined && bytes.byteLength > atMost ? undefined : bytes;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    // Leaving the loop drops the rest.
    if (length > atMost) return undefined;
    chunks.push(chunk);
  }
  return joined(chunks);
}

/** The first bytes of a body, `atMost` so many; the rest is dropped. */
export async function readStart(body: TransportBody, atMost: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length >= atMost) break;
  }
  return joined(chunks).subarray(0, atMost);
}

/** The chunks as one, without copying a single one. */
export function joined(chunks: readonly Uint8Array[]): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined
    ? Buffer.from(first.buffer, first.byteOffset, first.byteLength)
    : Buffer.concat(chunks);
}
