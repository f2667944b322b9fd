import { createRequire } from 'node:module';
import type * as Undici from 'undici';

// undici is loaded when the first connection is made, and no more of it than that takes: the whole package with its
// `fetch`, caches and sockets costs three times as much to load as its HTTP client (90 ms of CPU against 30).

const require = createRequire(import.meta.url);

/** The HTTP client of undici. */
export function loadClient(): typeof Undici.Client {
  try {
    return require('undici/lib/dispatcher/client.js') as typeof Undici.Client;
  } catch {
    // The path is no part of undici's interface.
    return loadUndici().Client;
  }
}

/** All of undici: for proxies and HTTP/2. */
export function loadUndici(): typeof Undici {
  return require('undici') as typeof Undici;
}
