import type { ServerResponse } from 'node:http';
import type { HeaderLines } from './header-lines.ts';
import type { Pace } from './pace.ts';
import type { Turn } from './turn.ts';
import type { StreamResponse, WireResponse } from './wire-response.ts';
import { writeAnswer, writeBulk, writeHead, type ResponseHead, type TextBody } from './write-head.ts';

/** An answer with its headers. */
export interface Answer {
  readonly response: WireResponse;
  readonly lines: HeaderLines;
}

/** Sends an answer with the waits of `pace`, until `signal` aborts, because the caller has disconnected. */
export async function sendPaced(
  turn: Turn,
  answer: Answer,
  { pace, signal }: { readonly pace: Pace; readonly signal: AbortSignal },
): Promise<void> {
  const { clock } = turn.service;
  if (pace.firstMs > 0) await clock.sleep(pace.firstMs, signal);
  const { response } = answer;
  if (response.kind !== 'stream') {
    sendWhole(turn, answer, response);
    return;
  }
  const { outgoing } = turn;
  sendHead(turn, answer, 'stream');
  if (pace.isHeadAlone === true) outgoing.flushHeaders();
  const sent: string[] = [];
  turn.service.answered?.(turn.exchange, sent);
  let isWithHead = pace.isHeadAlone !== true;
  for (const frame of response.frames) {
    const waitMs = isWithHead ? 0 : pace.nextMs();
    isWithHead = false;
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    if (outgoing.destroyed) return;
    if (sent.length < mostKept) sent.push(frame);
    if (!outgoing.write(frame)) await drained(outgoing, signal);
  }
  outgoing.end();
}

/** Frames of a slow answer that are kept for whoever looks at it. */
const mostKept = 200;

/** Sends an answer with no wait at all. */
export function sendNow(turn: Turn, answer: Answer): void {
  const { response } = answer;
  if (response.kind === 'stream') sendFrames(turn, answer, response);
  else sendWhole(turn, answer, response);
}

/** Parts without a wait are sent in one write. */
function sendFrames(turn: Turn, answer: Answer, { frames, isAscii = false }: StreamResponse): void {
  if ('write' in frames) {
    turn.exchange.responseHeaders = answer.lines;
    turn.service.answered?.(turn.exchange, frames);
    writeBulk(turn.outgoing, headOf(answer), frames);
    return;
  }
  let text = '';
  for (const frame of frames) text += frame;
  sendText(turn, answer, { text, isStream: true, isAscii });
}

function sendWhole(turn: Turn, answer: Answer, response: Exclude<WireResponse, StreamResponse>): void {
  if (response.kind === 'json') {
    const { text, isAscii = false } = response;
    sendText(turn, answer, { text, isStream: false, isAscii });
    return;
  }
  const { bytes, status, contentType } = response;
  turn.service.answered?.(turn.exchange, `(${bytes.length} bytes of ${contentType})`);
  // 204 has no body and no length.
  const size = status === 204 ? '' : `Content-Length: ${bytes.length}\r\n`;
  sendHead(turn, { response, lines: answer.lines + size }, 'whole');
  turn.outgoing.end(bytes);
}

function sendText({ exchange, outgoing, service }: Turn, answer: Answer, body: TextBody): void {
  service.answered?.(exchange, body.text);
  exchange.responseHeaders = writeAnswer(outgoing, headOf(answer), body);
}

function sendHead({ exchange, outgoing }: Turn, answer: Answer, body: 'whole' | 'stream'): void {
  exchange.responseHeaders = answer.lines;
  writeHead(outgoing, headOf(answer), body);
}

function headOf({ response, lines }: Answer): ResponseHead {
  return {
    status: response.status,
    reason: response.reason,
    lines,
    isSpecial: response.headers !== undefined,
  };
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
