import type { Exchange } from '../service/exchange.ts';

/** The last requests, oldest first. */
export interface Journal {
  readonly add: (exchange: Exchange) => void;
  exchanges(): readonly Exchange[];
  clear(): void;
}

export interface JournalOptions {
  /** How many requests are kept. @default 1000 */
  readonly maxRequests?: number;
  /** How many bytes of bodies are kept. @default 16 MiB */
  readonly maxBytes?: number;
}

/** A journal that forgets the oldest request when it is full, so that the memory stays flat. */
export function createJournal({
  maxRequests = 1_000,
  maxBytes = 16 * 1024 * 1024,
}: JournalOptions = {}): Journal {
  if (!Number.isInteger(maxRequests) || maxRequests < 1) {
    throw new RangeError(
      `Cannot keep a journal: \`maxRequests\` is ${maxRequests}. Give a whole number above 0.`,
    );
  }
  let ring: (Exchange | undefined)[] = [];
  let first = 0;
  let bytes = 0;

  function dropFirst(): void {
    bytes -= ring[first]?.request.raw.length ?? 0;
    ring[first] = undefined;
    first += 1;
    // Moving everything once per `maxRequests` requests costs nothing per request.
    if (first >= maxRequests) {
      ring = ring.slice(first);
      first = 0;
    }
  }

  return {
    add(exchange) {
      ring.push(exchange);
      bytes += exchange.request.raw.length;
      while (ring.length - first > 1 && (ring.length - first > maxRequests || bytes > maxBytes)) dropFirst();
    },
    exchanges: () => ring.slice(first).filter((exchange) => exchange !== undefined),
    clear() {
      ring = [];
      first = 0;
      bytes = 0;
    },
  };
}
