import { STATUS_CODES, type ServerResponse } from 'node:http';
import { readHeaders, type HeaderLines } from './header-lines.ts';

/** Status and headers of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** Reason phrase, where it is not the usual one. */
  readonly reason: string | undefined;
  readonly lines: HeaderLines;
  /** Whether the lines may say how the connection goes on, or how long the body is, in a way of their own. */
  readonly isSpecial: boolean;
}

/**
 * Gives `outgoing` its head. What nearly every answer has, a body over a connection that stays open, is handed over
 * as finished text; Node itself writes everything else (docs/decisions/0013-finished-heads.md).
 */
export function writeHead(outgoing: ServerResponse, head: ResponseHead, body: 'whole' | 'stream'): void {
  if (isOrdinary(outgoing, head) && handOver(outgoing, head, body)) return;
  outgoing.sendDate = false;
  const headers = readHeaders(head.lines).flat();
  if (head.reason === undefined) outgoing.writeHead(head.status, headers);
  else outgoing.writeHead(head.status, head.reason, headers);
}

function isOrdinary(outgoing: ServerResponse, { status, reason, isSpecial }: ResponseHead): boolean {
  return (
    !isSpecial &&
    reason === undefined &&
    outgoing.shouldKeepAlive &&
    // Not so for HTTP/1.0, which wants other words for both.
    outgoing.useChunkedEncodingByDefault &&
    outgoing.req.method !== 'HEAD' &&
    status >= 200 &&
    status <= 599 &&
    status !== 204 &&
    status !== 304
  );
}

/** Where Node keeps the head that it has written: `headersSent` is whether there is one. */
interface WrittenHead {
  _header: string | null;
}

/** `false`: this version of Node does not take it. */
function handOver(
  outgoing: ServerResponse,
  { status, lines }: ResponseHead,
  body: 'whole' | 'stream',
): boolean {
  const isStream = body === 'stream';
  const framing = isStream ? 'Transfer-Encoding: chunked\r\n' : '';
  const written = outgoing as unknown as WrittenHead;
  written._header = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n${lines}Connection: keep-alive\r\n${framing}\r\n`;
  if (!outgoing.headersSent) return false;
  outgoing.statusCode = status;
  outgoing.chunkedEncoding = isStream;
  return true;
}
