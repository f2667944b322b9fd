import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { HeaderList } from './response-headers.ts';
import type { StreamResponse, WireResponse } from './wire-response.ts';

/** When the parts of an answer leave: all at once, or after the waits of a latency model. */
export interface Pace {
  readonly firstMs: number;
  /** Wait before the next frame of a stream. */
  nextMs(): number;
}

interface Sending {
  readonly outgoing: ServerResponse;
  readonly headers: HeaderList;
  readonly pace: Pace | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Sends an answer. Waits only where a pace asks for it. */
export async function send(response: WireResponse, sending: Sending): Promise<void> {
  const { pace, clock, signal } = sending;
  if (pace !== undefined && pace.firstMs > 0) await clock.sleep(pace.firstMs, signal);
  if (response.kind === 'stream') return sendStream(response, sending);
  sendWhole(response, sending);
}

/** Sends an answer with no wait at all. */
export function sendNow(response: WireResponse, sending: Sending): void {
  if (response.kind === 'stream') {
    const text = Array.from(response.frames).join('');
    head(response, sending);
    sendText(text, sending.outgoing);
    return;
  }
  sendWhole(response, sending);
}

function sendWhole(response: Exclude<WireResponse, StreamResponse>, sending: Sending): void {
  const body = response.kind === 'json' ? response.text : response.bytes;
  // 204 has no body and no length.
  if (response.status !== 204) sending.headers.push('Content-Length', String(Buffer.byteLength(body)));
  head(response, sending);
  if (typeof body === 'string') sendText(body, sending.outgoing);
  else sending.outgoing.end(body);
}

/** A text leaves together with the head in one write, and plain ASCII as it is: that halves the cost. */
function sendText(text: string, outgoing: ServerResponse): void {
  outgoing.end(text, Buffer.byteLength(text) === text.length ? 'latin1' : 'utf8');
}

async function sendStream(response: StreamResponse, sending: Sending): Promise<void> {
  const { outgoing, pace, clock, signal } = sending;
  head(response, sending);
  let isFirst = true;
  for (const frame of response.frames) {
    const waitMs = isFirst ? 0 : (pace?.nextMs() ?? 0);
    isFirst = false;
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    if (outgoing.destroyed) return;
    if (!outgoing.write(frame)) await drained(outgoing, signal);
  }
  outgoing.end();
}

function head(response: WireResponse, { outgoing, headers }: Sending): void {
  try {
    writeHead(response, outgoing, headers);
  } catch {
    // A name that a caller made up can hold what no header may.
    writeHead(
      response,
      outgoing,
      headers.map((value) => value.replace(/[^\t\x20-\x7e]/g, (character) => encoded(character))),
    );
  }
}

function writeHead(response: WireResponse, outgoing: ServerResponse, headers: HeaderList): void {
  if (response.reason === undefined) outgoing.writeHead(response.status, headers);
  else outgoing.writeHead(response.status, response.reason, headers);
}

function encoded(character: string): string {
  return character.isWellFormed() ? encodeURIComponent(character) : '%EF%BF%BD';
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
