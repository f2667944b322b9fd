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

/** Headers as they came: name, value, name, value. A value is decoded when it is asked for. */
function rawHeaders(raw: readonly Buffer[]): TransportHeaders {
  const names: string[] = [];
  for (let at = 0; at < raw.length; at += 2) names.push(raw[at]?.toString('latin1').toLowerCase() ?? '');
  const valueAt = (index: number): string => raw[2 * index + 1]?.toString('latin1') ?? '';
  const get = (name: string): string | null => {
    const wanted = name.toLowerCase();
    let index = names.indexOf(wanted);
    if (index === -1) return null;
    let value = valueAt(index);
    for (index = names.indexOf(wanted, index + 1); index !== -1; index = names.indexOf(wanted, index + 1)) {
      value += `, ${valueAt(index)}`;
    }
    return value;
  };
  return {
    get,
    *[Symbol.iterator]() {
      for (const name of new Set(names)) yield [name, get(name) ?? ''] as const;
    },
  };
}
