import type { Exchange } from '../service/exchange.ts';
import { readHeaders } from '../service/header-lines.ts';
import type { OperationRequest } from '../service/operation.ts';

/** What the journal knows of a request: all that came in, and nothing that was made of it. */
type EntryRequest = Pick<
  OperationRequest,
  'sequence' | 'resource' | 'surface' | 'method' | 'path' | 'params' | 'query' | 'headers' | 'raw'
>;

/** An exchange as the journal shows it. */
export interface Entry extends Readonly<Omit<Exchange, 'request'>> {
  readonly request: EntryRequest;
}

/**
 * A finished exchange as the journal keeps it: the headers of both sides as bytes, outside of what V8's garbage
 * collector moves about. Kept as they were, the last thousand requests cost it a quarter of all the work.
 */
export interface KeptExchange
  extends Omit<EntryRequest, 'headers' | 'raw'>, Readonly<Omit<Exchange, 'request' | 'responseHeaders'>> {
  /** The header lines of the request, then those of the answer. */
  readonly headers: Buffer;
  /** Where those of the answer begin. */
  readonly answerAt: number;
  /** As text, where it was read as one. */
  readonly body: Buffer | string;
  /** Bytes of the body. */
  readonly size: number;
}

/** What is kept of a finished exchange. */
export function keptExchange(exchange: Exchange): KeptExchange {
  const { sequence, resource, surface, method, path, params, query, headers, raw, text } = exchange.request;
  let lines = '';
  for (const name in headers) lines += `${name}: ${joined(headers[name])}\r\n`;
  return {
    sequence,
    resource,
    surface,
    method,
    path,
    params,
    query,
    headers: Buffer.from(lines + exchange.responseHeaders, 'latin1'),
    answerAt: lines.length,
    body: text ?? raw,
    size: raw.length,
    operation: exchange.operation,
    deployment: exchange.deployment,
    receivedAtMs: exchange.receivedAtMs,
    status: exchange.status,
    finishedAtMs: exchange.finishedAtMs,
    outcome: exchange.outcome,
  };
}

const entries = new WeakMap<KeptExchange, Entry>();

/** The entry of a finished exchange, made when somebody first looks at it. */
export function entryOf(kept: KeptExchange): Entry {
  const entry = entries.get(kept) ?? toEntry(kept);
  entries.set(kept, entry);
  return entry;
}

function toEntry(kept: KeptExchange): Entry {
  const { sequence, resource, surface, method, path, params, query, headers, answerAt, body } = kept;
  return {
    request: {
      sequence,
      resource,
      surface,
      method,
      path,
      params,
      query,
      headers: Object.fromEntries(readHeaders(headers.toString('latin1', 0, answerAt))),
      raw: Buffer.from(body as string),
    },
    responseHeaders: headers.toString('latin1', answerAt),
    operation: kept.operation,
    deployment: kept.deployment,
    receivedAtMs: kept.receivedAtMs,
    status: kept.status,
    finishedAtMs: kept.finishedAtMs,
    outcome: kept.outcome,
  };
}

function joined(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value ?? []).join(', ');
}
