import { inspect } from 'node:util';
import type { TransportHeaders } from '../transport/transport.ts';

/**
 * Headers that are read in place. A standard `Headers` checks and copies each name and value first, which costs
 * more than all that the SDK then does with them.
 *
 * A class, so that `instanceof Headers` holds: callers get it in `error.headers` and `response.headers`.
 */
export class LightHeaders implements Headers {
  readonly #raw: TransportHeaders;

  constructor(raw: TransportHeaders) {
    this.#raw = raw;
  }

  get(name: string): string | null {
    return this.#raw.get(name);
  }

  has(name: string): boolean {
    return this.#raw.get(name) !== null;
  }

  getSetCookie(): string[] {
    return [...this.#raw].filter(([name]) => name.toLowerCase() === 'set-cookie').map(([, cookie]) => cookie);
  }

  *entries(): HeadersIterator<[string, string]> {
    for (const [name, value] of this.#raw) yield [name, value];
  }

  *keys(): HeadersIterator<string> {
    for (const [name] of this.#raw) yield name;
  }

  *values(): HeadersIterator<string> {
    for (const [, value] of this.#raw) yield value;
  }

  forEach(visit: (value: string, name: string, parent: Headers) => void, self?: unknown): void {
    for (const [name, value] of this.#raw) visit.call(self, value, name, this);
  }

  append(): never {
    return immutable();
  }

  set(): never {
    return immutable();
  }

  delete(): never {
    return immutable();
  }

  [Symbol.iterator](): HeadersIterator<[string, string]> {
    return this.entries();
  }

  readonly [Symbol.toStringTag]: string = 'Headers';
}

// The constructor of `Headers` is what costs; its prototype is wanted.
Object.setPrototypeOf(LightHeaders.prototype, Headers.prototype);
Object.defineProperty(LightHeaders.prototype, inspect.custom, {
  value(this: LightHeaders) {
    return Object.fromEntries([...this.keys()].map((name) => [name, this.get(name)]));
  },
});

type HeadersIterator<T> = Generator<T, undefined>;

function immutable(): never {
  throw new TypeError(
    'Cannot change the headers of a response: they are immutable. Copy them with `new Headers(headers)`.',
  );
}
