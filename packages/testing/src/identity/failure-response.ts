import { randomUUID } from 'node:crypto';
import type { Failure } from './failure.ts';
import { json } from '../neighbour/listener.ts';
import type { PlainRequest, PlainResponse } from '../neighbour/listener.ts';

/** Headers of every answer with a token or a token error. */
export const noStore: Readonly<Record<string, string>> = {
  'cache-control': 'no-store, no-cache',
  pragma: 'no-cache',
};

/** The answer of the authority to a request that failed. */
export function failureResponse(
  failure: Failure,
  { request, nowMs }: { readonly request: PlainRequest; readonly nowMs: number },
): PlainResponse {
  const body = failureBody(failure, { nowMs, correlationId: correlationOf(request) });
  return json(failure.status, body, noStore);
}

/** Its JSON. */
export function failureBody(
  failure: Failure,
  { nowMs, correlationId = randomUUID() }: { readonly nowMs: number; readonly correlationId?: string },
): Record<string, unknown> {
  const timestamp = new Date(nowMs).toISOString().replace('T', ' ').replace(/\.\d+/, '');
  const traceId = randomUUID();
  return {
    error: failure.error,
    error_description: `AADSTS${failure.code}: ${failure.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [failure.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${failure.code}`,
    ...(failure.suberror === undefined ? {} : { suberror: failure.suberror }),
    ...(failure.claims === undefined ? {} : { claims: failure.claims }),
  };
}

function correlationOf({ headers, url }: PlainRequest): string {
  const header = headers['client-request-id'];
  const given = typeof header === 'string' ? header : header?.[0];
  return given ?? url.searchParams.get('client-request-id') ?? randomUUID();
}
