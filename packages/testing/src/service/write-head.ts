import { STATUS_CODES, type ServerResponse } from 'node:http';
import { giveBack, takeBytes } from './byte-pool.ts';
import { readHeaders, type HeaderLines } from './header-lines.ts';
import type { BulkFrames } from './wire-response.ts';

/** Status and headers of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** Reason phrase, where it is not the usual one. */
  readonly reason: string | undefined;
  readonly lines: HeaderLines;
  /** Whether the lines may contain their own `connection` or length headers. */
  readonly isSpecial: boolean;
}

/** A body that is known as text. */
export interface TextBody {
  readonly text: string;
  readonly isStream: boolean;
  /** It is known to be ASCII. */
  readonly isAscii: boolean;
}

// The common case, a body over a kept connection, is written as finished text; Node writes every other head
// (docs/decisions/0014-finished-heads.md).

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

/** Sends a whole answer, in one write if possible. Returns the lines of its head, with its length. */
export function writeAnswer(outgoing: ServerResponse, head: ResponseHead, body: TextBody): HeaderLines {
  const { text, isStream } = body;
  const length = body.isAscii ? text.length : Buffer.byteLength(text);
  const isAscii = length === text.length;
  // 204 has no body and no length.
  const size = isStream || head.status === 204 ? '' : `Content-Length: ${length}\r\n`;
  const sized = { ...head, lines: head.lines + size };
  if (isAscii && length < largeText && isOrdinary(outgoing, head)) {
    const end = isStream ? `${streamEnd}${length.toString(16)}\r\n${text}${chunkEnd}` : wholeEnd + text;
    if (handOver(outgoing, head.status, `${statusLine(head)}${sized.lines}${end}`)) {
      outgoing.end();
      return sized.lines;
    }
  }
  writeHead(outgoing, sized, isStream ? 'stream' : 'whole');
  if (isAscii) outgoing.end(Buffer.from(text, 'latin1'));
  else outgoing.end(text);
  return sized.lines;
}

/** Sends the frames of a stream at once. */
export function writeBulk(outgoing: ServerResponse, head: ResponseHead, frames: BulkFrames): void {
  const { length } = frames;
  const bytes = takeBytes(length + chunkEnd.length);
  frames.write(bytes, 0);
  // A buffer that was not sent completely may still be read, so it is left to the garbage collector.
  outgoing.on('finish', () => {
    giveBack(bytes);
  });
  if (isOrdinary(outgoing, head)) {
    const text = `${statusLine(head)}${head.lines}${streamEnd}${length.toString(16)}\r\n`;
    if (handOver(outgoing, head.status, text)) {
      bytes.write(chunkEnd, length, 'latin1');
      outgoing.end(bytes.subarray(0, length + chunkEnd.length));
      return;
    }
  }
  writeHead(outgoing, head, 'stream');
  outgoing.end(bytes.subarray(0, length));
}

const chunkEnd = '\r\n0\r\n\r\n';

/** Up to this length Node writes a text from the stack. Longer ones are copied twice, unless they are bytes. */
const largeText = 16_000;

const okLine = 'HTTP/1.1 200 OK\r\n';

function statusLine({ status }: ResponseHead): string {
  return status === 200 ? okLine : `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
}

const wholeEnd = 'Connection: keep-alive\r\n\r\n';
const streamEnd = 'Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n';

function isOrdinary(outgoing: ServerResponse, { status, reason, isSpecial }: ResponseHead): boolean {
  return (
    !isSpecial &&
    reason === undefined &&
    outgoing.shouldKeepAlive &&
    // Not for HTTP/1.0, which has other headers for both.
    outgoing.useChunkedEncodingByDefault &&
    outgoing.req.method !== 'HEAD' &&
    status >= 200 &&
    status <= 599 &&
    status !== 204 &&
    status !== 304
  );
}

/** The property where Node stores a written head: `headersSent` tells whether it is set. */
interface WrittenHead {
  _header: string | null | undefined;
}

/** `false`: this runtime stores its head elsewhere, as Bun does, and the response is unchanged. */
function handOver(outgoing: ServerResponse, status: number, text: string): boolean {
  const written = outgoing as unknown as WrittenHead;
  const before = written._header;
  written._header = text;
  if (!outgoing.headersSent) {
    written._header = before;
    return false;
  }
  outgoing.statusCode = status;
  return true;
}
