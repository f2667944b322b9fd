import { SchemaTooLargeError } from '../answer/room.ts';
import { thrownMessage } from '../thrown-message.ts';
import { invalidRequest, serverFailure } from './envelopes.ts';
import { headerText, withHeaders, type HeaderLines } from './header-lines.ts';
import type { MockDeployment } from './mock-deployment.ts';
import type { OperationRequest } from './operation.ts';
import type { Pace } from './pace.ts';
import { unparsable } from './read-body.ts';
import { Refusal } from './refusal.ts';
import { gatewayHeaders, modelHeaders, regionHeader, serviceHeaders } from './response-headers.ts';
import { settle } from './settle.ts';
import { sendNow, sendPaced, type Answer } from './send.ts';
import type { Turn } from './turn.ts';
import type { WireResponse } from './wire-response.ts';
import { writeHead } from './write-head.ts';

/** Sends the answer of a turn, in the way and at the pace that the script and the latency model want. */
export function deliver(turn: Turn, decided: WireResponse): void {
  const { service, request, exchange, outgoing, intervention } = turn;
  const response = intervention?.change === undefined ? decided : changed(intervention.change(decided));
  const answer = { response, lines: headersOf(turn, response) };
  exchange.status = response.status;
  exchange.responseHeaders = answer.lines;
  outgoing.on('close', () => {
    exchange.finishedAtMs = service.clock.now();
    exchange.outcome = outgoing.writableFinished ? 'answered' : 'abandoned';
    service.finished?.(exchange);
  });
  const pace = intervention?.pace ?? response.pace ?? service.pace?.(request, response);
  if (pace === undefined) settle(turn.admission, response);
  else
    outgoing.once('close', () => {
      settle(turn.admission, response);
    });
  if (intervention?.deliver === undefined) {
    sendAnswer(turn, answer, pace);
    return;
  }
  intervention.deliver({
    response,
    send: () => {
      sendAnswer(turn, answer, pace);
    },
    sendPart: (part, { isComplete, promisedBytes }) => {
      const length = promisedBytes === undefined ? '' : `Content-Length: ${promisedBytes}\r\n`;
      const lines = answer.lines + length;
      exchange.responseHeaders = lines;
      writeHead(outgoing, { status: response.status, reason: undefined, lines, isSpecial: true }, 'whole');
      const bytes = Buffer.isBuffer(part) ? part : Buffer.from(part.join(''));
      service.answered?.(exchange, bytes.toString());
      if (isComplete) {
        outgoing.end(bytes);
        return;
      }
      // Only after the part was sent: a reset would discard it.
      outgoing.write(bytes, () => {
        outgoing.destroy();
      });
    },
    reset: () => {
      outgoing.socket?.resetAndDestroy();
    },
  });
}

/** A script may have changed anything. */
export function changed(response: WireResponse): WireResponse {
  return { ...response, isAscii: false };
}

function sendAnswer(turn: Turn, answer: Answer, pace: Pace | undefined): void {
  if (pace === undefined) {
    sendNow(turn, answer);
    return;
  }
  const { outgoing, service } = turn;
  const gone = new AbortController();
  outgoing.once('close', () => {
    gone.abort();
  });
  const signal = AbortSignal.any([service.closing, gone.signal]);
  // An abort means that the caller has disconnected.
  sendPaced(turn, answer, { pace, signal }).catch(() => outgoing.destroy());
}

/** The answer to a request on which something was thrown. */
export function failure(turn: Turn, error: unknown): WireResponse {
  if (error instanceof Refusal) return error.response;
  if (error instanceof SchemaTooLargeError)
    return invalidRequest(error.message, { code: 'invalid_json_schema' });
  // Nested too deeply: a mistake of the caller, not of the service.
  if (error instanceof RangeError && error.message.includes('call stack')) return unparsable().response;
  return serverFailure(turn.request.id, thrownMessage(error));
}

function headersOf(turn: Turn, response: WireResponse): HeaderLines {
  const { request, exchange } = turn;
  const admission = turn.admission === undefined ? '' : turn.admission.headers;
  const origin = originHeaders(request, response, exchange.deployment);
  const readable = turn.service.mayRead(request.headers.origin) ? origin : origin.replace(anyOrigin, '');
  const lines = `${gatewayHeaders(request)}${readable}${admission}Content-Type: ${contentType(response)}\r\n`;
  return response.headers === undefined ? lines : withHeaders(lines, response.headers);
}

const anyOrigin = 'access-control-allow-origin: *\r\n';

function originHeaders(
  request: OperationRequest,
  response: WireResponse,
  deployment: MockDeployment | undefined,
): HeaderLines {
  if (response.origin === 'gateway') {
    // The gateway knows its region after it has looked up the deployment.
    return response.isRegional === true || deployment !== undefined ? regionHeader(request) : '';
  }
  if (deployment === undefined) return serviceHeaders(request);
  const { kind, status } = response;
  return modelHeaders(request, { deployment, isStream: kind === 'stream', status });
}

function contentType(response: WireResponse): string {
  if (response.kind === 'bytes') return headerText(response.contentType);
  return response.kind === 'stream' ? 'text/event-stream; charset=utf-8' : 'application/json';
}
