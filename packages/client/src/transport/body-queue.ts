import { joined } from './transport.ts';
import type { TransportBody } from './transport.ts';

/** Bytes that may wait for a reader before the sender is slowed down. */
const highWaterBytes = 64 * 1024;

/** The body of an answer as it arrives: the connection adds chunks, one reader takes them. */
export interface BodyQueue {
  readonly body: TransportBody;
  /** Adds a chunk. `false` asks the connection to pause until `resume` is called. */
  push(chunk: Uint8Array): boolean;
  end(): void;
  /** Ends the body with an error. What has arrived before is still read first, unless `drop` is set. */
  fail(error: unknown, drop?: boolean): void;
}

/** What the queue calls on the connection. */
export interface BodySource {
  resume(): void;
  /** The reader stopped before the end. */
  cancel(): void;
}

/** A reader that waits for the whole body, up to a length. */
interface Whole {
  readonly atMost: number;
  resolve(bytes: Buffer | undefined): void;
  reject(error: unknown): void;
}

interface Waiter {
  resolve(result: IteratorResult<Uint8Array, undefined>): void;
  reject(error: unknown): void;
}

const done = Object.freeze({ value: undefined, done: true } as const);

export function createBodyQueue(source: BodySource): BodyQueue {
  let chunks: Uint8Array[] = [];
  let waiting = 0;
  let state: 'open' | 'ended' | 'failed' = 'open';
  let failure: unknown;
  let paused = false;
  let waiter: Waiter | undefined;
  let whole: Whole | undefined;
  let length = 0;

  const settle = (): void => {
    if (whole !== undefined) {
      if (state === 'failed') whole.reject(failure);
      else whole.resolve(joined(chunks));
      chunks = [];
    }
    if (waiter === undefined) return;
    if (state === 'failed') waiter.reject(failure);
    else waiter.resolve(done);
    waiter = undefined;
  };

  const next = (): Promise<IteratorResult<Uint8Array, undefined>> => {
    const chunk = chunks.shift();
    if (chunk !== undefined) {
      waiting -= chunk.byteLength;
      if (paused && waiting < highWaterBytes) {
        paused = false;
        source.resume();
      }
      return Promise.resolve({ value: chunk, done: false });
    }
    if (state === 'ended') return Promise.resolve(done);
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- The reason of the caller's signal passes through as it is.
    if (state === 'failed') return Promise.reject(failure);
    return new Promise((resolve, reject) => {
      waiter = { resolve, reject };
    });
  };

  const bytes = (atMost = Infinity): Promise<Buffer | undefined> =>
    new Promise((resolve, reject) => {
      whole = { atMost, resolve, reject };
      length = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (length > atMost) tooLong(whole);
      else if (state !== 'open') settle();
      else if (paused) {
        paused = false;
        source.resume();
      }
    });

  function tooLong(reader: Whole): void {
    whole = undefined;
    reader.resolve(undefined);
    void stop();
  }

  const stop = (): Promise<IteratorResult<Uint8Array, undefined>> => {
    if (state === 'open') {
      state = 'ended';
      source.cancel();
      settle();
    }
    chunks = [];
    waiting = 0;
    return Promise.resolve(done);
  };

  const iterator = { next, return: stop, [Symbol.asyncIterator]: () => iterator };
  return {
    body: { [Symbol.asyncIterator]: () => iterator, bytes },
    push(chunk) {
      if (state !== 'open') return true;
      if (waiter !== undefined) {
        const reader = waiter;
        waiter = undefined;
        reader.resolve({ value: chunk, done: false });
        return true;
      }
      chunks.push(chunk);
      if (whole !== undefined) {
        length += chunk.byteLength;
        if (length > whole.atMost) tooLong(whole);
        return true;
      }
      waiting += chunk.byteLength;
      paused = waiting >= highWaterBytes;
      return !paused;
    },
    end() {
      if (state !== 'open') return;
      state = 'ended';
      settle();
    },
    fail(error, drop = false) {
      if (state !== 'open' && !drop) return;
      if (state === 'ended' && chunks.length === 0) return;
      state = 'failed';
      failure = error;
      if (drop) chunks = [];
      settle();
    },
  };
}
