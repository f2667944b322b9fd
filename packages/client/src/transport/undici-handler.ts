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

/** How the transport resumes or aborts an exchange that is under way. */
export interface Control {
  abort(reason: Error): void;
  resume(): void;
}

/**
 * For a dispatcher of undici 7 or 8. Undici 7 also takes the handlers of version 6, which cost it a layer less; undici 8
 * refuses them.
 */
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

function parsedHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): TransportHeaders {
  const get = (name: string): string | null => {
    const value = headers[name] ?? headers[name.toLowerCase()];
    if (value === undefined) return null;
    return typeof value === 'string' ? value : value.join(', ');
  };
  return {
    get,
    *[Symbol.iterator]() {
      for (const name of Object.keys(headers)) {
        const value = headers[name];
        // As in the Fetch standard: a cookie may have a comma in it, so that cookies stay apart.
        if (name.toLowerCase() === 'set-cookie' && Array.isArray(value))
          yield* value.map((cookie) => [name, cookie] as const);
        else yield [name, get(name) ?? ''] as const;
      }
    },
  };
}
