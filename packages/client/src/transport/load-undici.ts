import type * as Undici from 'undici';
import { TransportLoadError } from '../errors.ts';

// undici is loaded when the first connection is made, and no more of it than that takes: the whole package with its
// `fetch`, caches and sockets costs three times as much to load as its HTTP client (90 ms of CPU against 30).
// The names stand in `import()` as literals: bundlers find only those.

/** The parts of undici that our own connections are made of. */
export type HttpParts = Pick<typeof Undici, 'Client' | 'buildConnector'>;

/** The HTTP client of undici, and what opens its sockets. */
export async function loadClient(): Promise<HttpParts> {
  try {
    const [client, connect] = (await Promise.all([
      // @ts-expect-error - The path is no part of undici's interface: it has no types, and may be gone one day.
      import('undici/lib/dispatcher/client.js'),
      // @ts-expect-error - As above.
      import('undici/lib/core/connect.js'),
    ])) as [{ default: HttpParts['Client'] }, { default: HttpParts['buildConnector'] }];
    return { Client: client.default, buildConnector: connect.default };
  } catch {
    return loadUndici();
  }
}

/** The whole package `undici`: for SOCKS proxies and HTTP/2. */
export function loadUndici(): Promise<typeof Undici> {
  return loaded(() => import('undici'));
}

/** The result of `load`. @throws TransportLoadError when it fails */
export async function loaded<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new TransportLoadError(error);
  }
}
