import type * as Undici from 'undici';

// undici is loaded when the first connection is made, and no more of it than that takes: the whole package with its
// `fetch`, caches and sockets costs three times as much to load as its HTTP client (90 ms of CPU against 30).
// By `import()` with the names written out: that is what bundlers of whole applications see and take along.

/** The HTTP client of undici. */
export async function loadClient(): Promise<typeof Undici.Client> {
  try {
    // @ts-expect-error - The path is no part of undici's interface: it has no types, and may be gone one day.
    const client = (await import('undici/lib/dispatcher/client.js')) as {
      default: typeof Undici.Client;
    };
    return client.default;
  } catch {
    return (await loadUndici()).Client;
  }
}

/** All of undici: for proxies and HTTP/2. */
export async function loadUndici(): Promise<typeof Undici> {
  return import('undici');
}
