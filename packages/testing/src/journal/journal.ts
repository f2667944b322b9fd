import type { Exchange } from '../service/exchange.ts';
import { entryOf, keptExchange, type Entry, type KeptExchange } from './entry.ts';
import { release } from './slab.ts';

/** The last requests. */
export interface Journal {
  /** Records a request that has come in. */
  readonly begin: (exchange: Exchange) => void;
  /** Records its answer. `undefined` when the request was dropped in the meantime. */
  readonly finish: (exchange: Exchange) => KeptExchange | undefined;
  /** The stored requests, in the order of arrival. */
  entries(): readonly Entry[];
  clear(): void;
}

export interface JournalOptions {
  /** How many requests are kept. @default 1000 */
  readonly maxRequests?: number;
  /** How many bytes of bodies are kept. @default 16 MiB */
  readonly maxBytes?: number;
}

/** A journal that drops the oldest request when it is full, so that memory stays constant. */
export function createJournal({
  maxRequests = 1_000,
  maxBytes = 16 * 1024 * 1024,
}: JournalOptions = {}): Journal {
  if (!Number.isInteger(maxRequests) || maxRequests < 1) {
    throw new RangeError(
      `Cannot keep a journal: \`maxRequests\` is ${maxRequests}. Give a whole number above 0.`,
    );
  }
  const pending = new Set<Exchange>();
  // A ring buffer. Sizes are stored separately, so that dropping a request does not read it from memory.
  const ring: (KeptExchange | undefined)[] = [];
  const sizes: number[] = [];
  let first = 0;
  let count = 0;
  let bytes = 0;

  function dropFirst(): void {
    bytes -= sizes[first] ?? 0;
    const dropped = ring[first];
    if (dropped !== undefined) release(dropped.slab);
    ring[first] = undefined;
    first = (first + 1) % maxRequests;
    count -= 1;
  }

  function keep(exchange: KeptExchange): void {
    if (count === maxRequests) dropFirst();
    const { size } = exchange;
    const place = (first + count) % maxRequests;
    ring[place] = exchange;
    sizes[place] = size;
    count += 1;
    bytes += size;
    while (bytes > maxBytes && count > 1) dropFirst();
  }

  return {
    begin(exchange) {
      pending.add(exchange);
    },
    finish(exchange) {
      if (!pending.delete(exchange)) return undefined;
      const kept = keptExchange(exchange);
      keep(kept);
      return kept;
    },
    entries() {
      const kept = Array.from({ length: count }, (_, index) => ring[(first + index) % maxRequests]);
      return [...kept.filter((exchange) => exchange !== undefined).map(entryOf), ...pending].sort(
        (a, b) => a.request.sequence - b.request.sequence,
      );
    },
    clear() {
      pending.clear();
      while (count > 0) dropFirst();
    },
  };
}
