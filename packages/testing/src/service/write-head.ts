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

/** A body that is known as text. */
export interface TextBody {
  readonly text: string;
  /** Its bytes in UTF-8. */
  readonly length: number;
  readonly isStream: boolean;
}

// What nearly every answer has, a body over a connection that stays open, is handed over as finished text; Node itself
// writes everything else (docs/decisions/0014-finished-heads.md).

/** Gives `outgoing` its head. */
export function writeHead(outgoing: ServerResponse, head: ResponseHead, body: 'whole' | 'stream'): void {
  const isStream = body === 'stream';
  if (isOrdinary(outgoing, head)) {
    const text = `${statusLine(head)}${head.lines}${isStream ? streamEnd : wholeEnd}`;
    if (handOver(outgoing, head.status, text)) {
      outgoing.chunkedEncoding = isStream;
      return;
    }
  }
  outgoing.sendDate = false;
  const headers = readHeaders(head.lines).flat();
  if (head.reason === undefined) outgoing.writeHead(head.status, headers);
  else outgoing.writeHead(head.status, head.reason, headers);
}

/**
 * Sends a whole answer, in one write where that can be. Returns the lines of its head as a part of the text that was sent:
 * for V8 that is one text, where the lines as they came are a tree of a hundred.
 */
export function writeAnswer(outgoing: ServerResponse, head: ResponseHead, body: TextBody): HeaderLines {
  const { text, length, isStream } = body;
  const isAscii = length === text.length;
  if (isAscii && isOrdinary(outgoing, head)) {
    const start = statusLine(head);
    const rest = isStream
      ? `${streamEnd}${length.toString(16)}\r\n${text}\r\n0\r\n\r\n`
      : `${wholeEnd}${text}`;
    const answer = `${start}${head.lines}${rest}`;
    if (handOver(outgoing, head.status, answer)) {
      outgoing.end();
      return answer.slice(start.length, start.length + head.lines.length);
    }
  }
  writeHead(outgoing, head, isStream ? 'stream' : 'whole');
  outgoing.end(text, isAscii ? 'latin1' : 'utf8');
  return head.lines;
}

function statusLine({ status }: ResponseHead): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
}

const wholeEnd = 'Connection: keep-alive\r\n\r\n';
const streamEnd = 'Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n';

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
function handOver(outgoing: ServerResponse, status: number, text: string): boolean {
  (outgoing as unknown as WrittenHead)._header = text;
  if (!outgoing.headersSent) return false;
  outgoing.statusCode = status;
  return true;
}
