import { serverFailure } from './envelopes.ts';
import { unparsable } from './read-body.ts';
import { Refusal } from './refusal.ts';
import {
  gatewayHeaders,
  modelHeaders,
  serviceHeaders,
  setHeader,
  type HeaderList,
} from './response-headers.ts';
import { send, sendNow } from './send.ts';
import type { Turn } from './turn.ts';
import type { WireResponse } from './wire-response.ts';

/** Sends the answer of a turn, in the way and at the pace that the script and the latency model want. */
export function deliver(turn: Turn, decided: WireResponse): void {
  const { service, request, exchange, outgoing, intervention } = turn;
  const response = intervention?.change?.(decided) ?? decided;
  if (response.usedTokens !== undefined) turn.admission?.settle?.(response.usedTokens);
  const headers = headersOf(turn, response);
  exchange.status = response.status;
  exchange.responseHeaders = headers;
  outgoing.sendDate = false;
  outgoing.once('close', () => {
    exchange.finishedAtMs = service.clock.now();
    exchange.outcome = outgoing.writableFinished ? 'answered' : 'abandoned';
    service.finished?.(exchange);
  });
  const pace = intervention?.pace ?? service.pace?.(request, response);
  const go = (): void => {
    const sending = { outgoing, headers, pace, clock: service.clock, signal: service.closing };
    if (pace === undefined) {
      sendNow(response, sending);
      return;
    }
    const gone = new AbortController();
    outgoing.once('close', () => {
      gone.abort();
    });
    const signal = AbortSignal.any([service.closing, gone.signal]);
    // An abort means that nobody listens any more.
    send(response, { ...sending, signal }).catch(() => outgoing.destroy());
  };
  if (intervention?.deliver === undefined) go();
  else intervention.deliver({ response, headers, outgoing, send: go });
}

/** The answer to a request on which something was thrown. */
export function failure(turn: Turn, error: unknown): WireResponse {
  if (error instanceof Refusal) return error.response;
  // Nested so deep that no part can walk it: the caller's mistake, not the service's.
  if (error instanceof RangeError && error.message.includes('call stack')) return unparsable().response;
  return serverFailure(turn.request.id, error instanceof Error ? error.message : String(error));
}

function headersOf(turn: Turn, response: WireResponse): HeaderList {
  const { request, exchange } = turn;
  const headers = gatewayHeaders(request);
  const { deployment } = exchange;
  if (response.origin === 'gateway') {
    // The gateway knows where it stands, once it looked for the deployment.
    if (response.isRegional === true || deployment !== undefined)
      headers.push('x-ms-region', turn.request.resource.regionName);
  } else if (deployment === undefined) {
    serviceHeaders(headers, request);
  } else {
    modelHeaders(headers, request, {
      deployment,
      isStream: response.kind === 'stream',
      status: response.status,
    });
  }
  if (turn.admission !== undefined) headers.push(...turn.admission.headers);
  headers.push('Content-Type', contentType(response));
  for (const name in response.headers) setHeader(headers, name, response.headers[name] ?? '');
  return headers;
}

function contentType(response: WireResponse): string {
  if (response.kind === 'bytes') return response.contentType;
  return response.kind === 'stream' ? 'text/event-stream; charset=utf-8' : 'application/json';
}
