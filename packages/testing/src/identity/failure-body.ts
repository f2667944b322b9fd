import type { Failure } from './failure.ts';

/** The JSON that the token endpoint answers with. */
export function failureBody(
  failure: Failure,
  request: { readonly nowMs: number; readonly traceId: string; readonly correlationId: string },
): Record<string, unknown> {
  const timestamp = new Date(request.nowMs).toISOString().replace('T', ' ').replace(/\.\d+/, '');
  return {
    error: failure.error,
    error_description: `AADSTS${failure.code}: ${failure.message} Trace ID: ${request.traceId} Correlation ID: ${request.correlationId} Timestamp: ${timestamp}`,
    error_codes: [failure.code],
    timestamp,
    trace_id: request.traceId,
    correlation_id: request.correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${failure.code}`,
    ...(failure.suberror === undefined ? {} : { suberror: failure.suberror }),
  };
}
