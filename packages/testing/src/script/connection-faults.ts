import type { Delivery } from '../service/intervention.ts';
import type { StreamResponse, WireResponse } from '../service/wire-response.ts';
import type { Fault } from './fault.ts';

export interface SlowOptions {
  /** Time before anything is sent. @default 0 */
  readonly delayMs?: number;
  /** Time between the events of a stream. @default 0 */
  readonly betweenMs?: number;
}

/** The answer is correct but slow. */
export function slow({ delayMs = 0, betweenMs = 0 }: SlowOptions): Fault {
  const pace = { firstMs: delayMs, nextMs: () => betweenMs };
  return { name: 'slow', intervention: () => ({ pace }) };
}

/** The request is accepted, and no answer is ever sent. */
export function neverAnswers(): Fault {
  return { name: 'neverAnswers', intervention: () => ({ deliver: () => undefined }) };
}

/** The connection is reset before anything is answered. */
export function reset(): Fault {
  return {
    name: 'reset',
    intervention: () => ({
      deliver: ({ reset: resetConnection }) => {
        resetConnection();
      },
    }),
  };
}

/**
 * Nothing listens: the ports of the resources are closed at once, for every deployment of them. Refused connections
 * cannot be counted, so it ends after a time.
 */
export function refused({
  forMs = Infinity,
}: {
  /** In the mock's time. @default until `azure.reset()` */
  readonly forMs?: number;
} = {}): Fault {
  return { name: 'refused', refusesForMs: forMs, intervention: () => ({}) };
}

export interface TruncatedOptions {
  /** How many events of a stream are sent before. @default half of them */
  readonly afterChunks?: number;
}

export interface CutOptions extends TruncatedOptions {
  /** The code that a WebSocket is closed with. @default none: it ends without a close frame (1006 on the other side) */
  readonly closeCode?: number;
}

/** The connection ends in the middle of the answer. */
export function cutMidStream({ afterChunks, closeCode }: CutOptions = {}): Fault {
  const deliver = ({ response, sendPart }: Delivery) => {
    const part = firstPart(response, afterChunks);
    const promisedBytes = Buffer.isBuffer(part) ? part.length * 2 : undefined;
    sendPart(part, { isComplete: false, promisedBytes, closeCode });
  };
  return { name: 'cutMidStream', intervention: () => ({ deliver }) };
}

/**
 * The stream ends in the middle as if it were complete: no `finish_reason`, no `[DONE]`. Gateways do this at their
 * time limit. A WebSocket is closed with 1000.
 */
export function truncated({ afterChunks }: TruncatedOptions = {}): Fault {
  const deliver = ({ response, sendPart }: Delivery) => {
    sendPart(firstPart(response, afterChunks), { isComplete: true });
  };
  return { name: 'truncated', intervention: () => ({ deliver }) };
}

/** The answer promises more bytes than it has. Over a WebSocket, the connection breaks after it. */
export function wrongContentLength(): Fault {
  const deliver = ({ response, sendPart }: Delivery) => {
    const whole = response.kind === 'stream' ? [...response.frames] : bodyOf(response);
    const { length } = Buffer.isBuffer(whole) ? whole : Buffer.from(whole.join(''));
    sendPart(whole, { isComplete: false, promisedBytes: length + 100 });
  };
  return { name: 'wrongContentLength', intervention: () => ({ deliver }) };
}

function bodyOf(response: Exclude<WireResponse, StreamResponse>): Buffer {
  return Buffer.from(response.kind === 'bytes' ? response.bytes : Buffer.from(response.text));
}

function firstPart(response: WireResponse, afterChunks: number | undefined): string[] | Buffer {
  if (response.kind === 'stream') return openFrames(response, afterChunks);
  const whole = bodyOf(response);
  return whole.subarray(0, Math.floor(whole.length / 2));
}

const finishing = /"finish_reason":"|"type":"response\.(?:completed|incomplete|failed)"|^data: \[DONE\]/;

/** The frames before the cut. The cut is always before the frame that completes the answer. */
function openFrames(response: StreamResponse, afterChunks: number | undefined): string[] {
  const frames = [...response.frames];
  const finish = frames.findIndex((frame) => finishing.test(frame));
  const open = finish === -1 ? frames : frames.slice(0, finish);
  return open.slice(0, afterChunks ?? Math.ceil(open.length / 2));
}
