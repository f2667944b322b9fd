import type { TransportHeaders } from '../transport/transport.ts';

/** The same headers with some set. Names are in lower case. */
export function withHeaders(
  headers: TransportHeaders,
  set: Readonly<Record<string, string>>,
): TransportHeaders {
  return {
    get: (name) => set[name.toLowerCase()] ?? headers.get(name),
    *[Symbol.iterator]() {
      for (const header of headers) if (set[header[0].toLowerCase()] === undefined) yield header;
      yield* Object.entries(set);
    },
  };
}
