import type { Exchange } from '../service/exchange.ts';
import { readHeaders } from '../service/header-lines.ts';
import type { OperationRequest } from '../service/operation.ts';
import { reserve, type Slab } from './slab.ts';

/** The part of a request that the journal stores: everything that came in. */
type EntryRequest = Pick<
  OperationRequest,
  'sequence' | 'resource' | 'surface' | 'method' | 'path' | 'params' | 'query' | 'headers' | 'raw'
>;

/** An exchange as the journal shows it. */
export interface Entry extends Readonly<Omit<Exchange, 'request'>> {
  readonly request: EntryRequest;
}

/**
 * A finished exchange as the journal stores it: one object, and bytes outside of the heap of V8. Stored as ordinary
 * objects, the last thousand requests cost the garbage collector a quarter of all CPU time.
 */
export interface KeptExchange
  extends Omit<EntryRequest, 'headers' | 'raw'>, Readonly<Omit<Exchange, 'request' | 'responseHeaders'>> {
  /** Holds the header lines of the request, then those of the answer, then the body. */
  readonly slab: Slab;
  readonly start: number;
  readonly answerAt: number;
  readonly bodyAt: number;
  /** Bytes of the body. */
  readonly size: number;
  /** The body itself, where it is too large to be copied. */
  readonly large: Buffer | undefined;
}

const largeBody = 4096;

/** The stored part of a finished exchange. */
export function keptExchange(exchange: Exchange): KeptExchange {
  const { sequence, resource, surface, method, path, params, query, headers, raw } = exchange.request;
  let lines = '';
  for (const name in headers) lines += `${name}: ${joined(headers[name])}\r\n`;
  const both = lines + exchange.responseHeaders;
  const large = raw.length > largeBody ? raw : undefined;
  const { slab, start } = reserve(both.length + (large === undefined ? raw.length : 0));
  const bodyAt = start + slab.bytes.write(both, start, 'latin1');
  if (large === undefined) slab.bytes.set(raw, bodyAt);
  return {
    sequence,
    resource,
    surface,
    method,
    path,
    params,
    query,
    slab,
    start,
    answerAt: start + lines.length,
    bodyAt,
    size: raw.length,
    large,
    operation: exchange.operation,
    deployment: exchange.deployment,
    receivedAtMs: exchange.receivedAtMs,
    cause: exchange.cause,
    status: exchange.status,
    finishedAtMs: exchange.finishedAtMs,
    outcome: exchange.outcome,
  };
}

const entries = new WeakMap<KeptExchange, Entry>();

/** The entry of a finished exchange, created when it is first read. */
export function entryOf(kept: KeptExchange): Entry {
  const entry = entries.get(kept) ?? toEntry(kept);
  entries.set(kept, entry);
  return entry;
}

function toEntry(kept: KeptExchange): Entry {
  const { sequence, resource, surface, method, path, params, query } = kept;
  const { start, answerAt, bodyAt, size, large } = kept;
  const { bytes } = kept.slab;
  const lines = bytes.toString('latin1', start, answerAt);
  // A copy: an entry may be read after its place was reused.
  const raw = large ?? Buffer.from(bytes.subarray(bodyAt, bodyAt + size));
  return {
    request: {
      sequence,
      resource,
      surface,
      method,
      path,
      params,
      query,
      headers: Object.fromEntries(readHeaders(lines)),
      raw,
    },
    responseHeaders: bytes.toString('latin1', answerAt, bodyAt),
    operation: kept.operation,
    deployment: kept.deployment,
    receivedAtMs: kept.receivedAtMs,
    cause: kept.cause,
    status: kept.status,
    finishedAtMs: kept.finishedAtMs,
    outcome: kept.outcome,
  };
}

function joined(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value ?? []).join(', ');
}
