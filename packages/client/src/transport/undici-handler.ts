import type { Dispatcher } from 'undici';
import type { TransportHeaders } from './transport.ts';

/** One request and its answer, as the transport sees them. */
export interface Exchange {
  started(control: Control): void;
  head(status: number, headers: TransportHeaders): void;
  /** `false` asks for a pause. */
  data(chunk: Uint8Array): boolean;
  end(): void;
  error(error: Error): void;
}

/** What the transport may do to an exchange that is under way. */
export interface Control {
  abort(reason: Error): void;
  resume(): void;
}

/** For any dispatcher of undici, of version 7 or later. */
export function dispatchHandler(exchange: Exchange): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller) {
      exchange.started(controller);
    },
    onResponseStart(_, status, headers) {
      if (status >= 200) exchange.head(status, parsedHeaders(headers));
    },
    onResponseData(controller, chunk) {
      if (!exchange.data(chunk)) controller.pause();
    },
    onResponseEnd() {
      exchange.end();
    },
    onResponseError(_, error) {
      exchange.error(error);
    },
  };
}

/**
 * For the HTTP client of undici 7, which is what our own connections are: the handler that it uses inside. The other
 * one costs a layer, and names and values of all headers are decoded that nobody reads.
 */
/* eslint-disable @typescript-eslint/no-deprecated -- deprecated for callers who cannot know the version of undici; the manifest pins it */
export function rawHandler(exchange: Exchange): Dispatcher.DispatchHandler {
  let resume: (() => void) | undefined;
  return {
    onConnect(abort) {
      exchange.started({ abort, resume: () => resume?.() });
    },
    onHeaders(status, headers, resumeBody) {
      resume = resumeBody;
      if (status >= 200) exchange.head(status, rawHeaders(headers));
      return true;
    },
    onData(chunk) {
      return exchange.data(chunk);
    },
    onComplete() {
      exchange.end();
    },
    onError(error) {
      exchange.error(error);
    },
  };
}
/* eslint-enable @typescript-eslint/no-deprecated */

function parsedHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): TransportHeaders {
  const get = (name: string): string | null => {
    const value = headers[name] ?? headers[name.toLowerCase()];
    if (value === undefined) return null;
    return typeof value === 'string' ? value : value.join(', ');
  };
  return {
    get,
    *[Symbol.iterator]() {
      for (const name of Object.keys(headers)) yield [name, get(name) ?? ''] as const;
    },
  };
}

/** Headers as they came: name, value, name, value. They are compared in place, and decoded when somebody asks for all. */
function rawHeaders(raw: readonly Buffer[]): TransportHeaders {
  const textAt = (index: number): string => raw[index]?.toString('latin1') ?? '';
  const get = (name: string): string | null => {
    let value: string | null = null;
    for (let at = 0; at < raw.length; at += 2) {
      if (!isNamed(raw[at], name)) continue;
      value = value === null ? textAt(at + 1) : `${value}, ${textAt(at + 1)}`;
    }
    return value;
  };
  return {
    get,
    *[Symbol.iterator]() {
      const names = new Set<string>();
      for (let at = 0; at < raw.length; at += 2) names.add(textAt(at).toLowerCase());
      for (const name of names) yield [name, get(name) ?? ''] as const;
    },
  };
}

/** Whether bytes are a name, letter case aside. Only letters differ by the bit of their case (RFC 9110: names are tokens). */
function isNamed(bytes: Buffer | undefined, name: string): boolean {
  if (bytes?.length !== name.length) return false;
  for (let at = 0; at < name.length; at += 1) {
    if (bytes[at] !== name.charCodeAt(at) && !isSameLetter(bytes[at] ?? 0, name.charCodeAt(at))) return false;
  }
  return true;
}

function isSameLetter(a: number, b: number): boolean {
  const lower = a | 0x20;
  return lower === (b | 0x20) && lower >= 0x61 && lower <= 0x7a;
}
