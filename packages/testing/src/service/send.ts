import type { ServerResponse } from 'node:http';
import type { HeaderLines } from './header-lines.ts';
import type { Turn } from './turn.ts';
import type { StreamResponse, WireResponse } from './wire-response.ts';
import { writeHead } from './write-head.ts';

/** When the parts of an answer leave: all at once, or after the waits of a latency model. */
export interface Pace {
  readonly firstMs: number;
  /** Wait before the next frame of a stream. */
  nextMs(): number;
}

/** An answer with its headers. */
export interface Answer {
  readonly response: WireResponse;
  readonly lines: HeaderLines;
}

/** Sends an answer with the waits of `pace`, until `signal` says that nobody listens any more. */
export async function sendPaced(
  turn: Turn,
  answer: Answer,
  { pace, signal }: { readonly pace: Pace; readonly signal: AbortSignal },
): Promise<void> {
  const { clock } = turn.service;
  if (pace.firstMs > 0) await clock.sleep(pace.firstMs, signal);
  const { response } = answer;
  if (response.kind !== 'stream') {
    sendWhole(turn, answer, response.kind === 'json' ? response.text : response.bytes);
    return;
  }
  const { outgoing } = turn;
  head(turn, answer, 'stream');
  let isFirst = true;
  for (const frame of response.frames) {
    const waitMs = isFirst ? 0 : pace.nextMs();
    isFirst = false;
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    if (outgoing.destroyed) return;
    if (!outgoing.write(frame)) await drained(outgoing, signal);
  }
  outgoing.end();
}

/** Sends an answer with no wait at all. */
export function sendNow(turn: Turn, answer: Answer): void {
  const { response } = answer;
  if (response.kind === 'stream') sendFrames(turn, answer, response);
  else sendWhole(turn, answer, response.kind === 'json' ? response.text : response.bytes);
}

/** What is due at once goes in one piece. */
function sendFrames(turn: Turn, answer: Answer, { frames }: StreamResponse): void {
  let text = '';
  for (const frame of frames) text += frame;
  head(turn, answer, 'stream');
  sendText(turn.outgoing, text, Buffer.byteLength(text));
}

function sendWhole(turn: Turn, answer: Answer, body: string | Uint8Array): void {
  const length = Buffer.byteLength(body);
  // 204 has no body and no length.
  const size = answer.response.status === 204 ? '' : `Content-Length: ${length}\r\n`;
  head(turn, { ...answer, lines: answer.lines + size }, 'whole');
  if (typeof body === 'string') sendText(turn.outgoing, body, length);
  else turn.outgoing.end(body);
}

/** A text leaves together with the head in one write, and plain ASCII as it is: that halves the cost. */
function sendText(outgoing: ServerResponse, text: string, length: number): void {
  outgoing.end(text, length === text.length ? 'latin1' : 'utf8');
}

function head({ exchange, outgoing }: Turn, { response, lines }: Answer, body: 'whole' | 'stream'): void {
  exchange.responseHeaders = lines;
  const { status, reason, headers } = response;
  writeHead(outgoing, { status, reason, lines, isSpecial: headers !== undefined }, body);
}

async function drained(outgoing: ServerResponse, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const settle = (): void => {
    resolve(undefined);
  };
  outgoing.once('drain', settle).once('close', settle);
  signal.addEventListener('abort', settle, { once: true });
  await promise;
  outgoing.off('drain', settle).off('close', settle);
  signal.removeEventListener('abort', settle);
}
