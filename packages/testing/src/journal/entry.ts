import type { Exchange } from '../service/exchange.ts';
import type { OperationRequest } from '../service/operation.ts';

/** What the journal keeps of a request: all that came in, and nothing that was made of it. */
type EntryRequest = Pick<
  OperationRequest,
  'sequence' | 'resource' | 'surface' | 'method' | 'path' | 'params' | 'query' | 'headers' | 'raw'
>;

/** An exchange as the journal keeps it. */
export interface Entry extends Readonly<Omit<Exchange, 'request'>> {
  readonly request: EntryRequest;
}

/**
 * The entry of a finished exchange. A copy of what matters is cheaper than keeping the exchange: parsed bodies and
 * the rest die young, which costs the garbage collector nothing.
 */
export function entryOf(exchange: Exchange): Entry {
  const { sequence, resource, surface, method, path, params, query, headers, raw } = exchange.request;
  return {
    request: { sequence, resource, surface, method, path, params, query, headers, raw },
    operation: exchange.operation,
    deployment: exchange.deployment,
    receivedAtMs: exchange.receivedAtMs,
    status: exchange.status,
    responseHeaders: exchange.responseHeaders,
    finishedAtMs: exchange.finishedAtMs,
    outcome: exchange.outcome,
  };
}
