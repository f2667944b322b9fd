import type { Delivery } from '../service/intervention.ts';
import type { StreamResponse, WireResponse } from '../service/wire-response.ts';
import type { Fault } from './fault.ts';

export interface SlowOptions {
  /** Time before anything is sent. @default 0 */
  readonly delayMs?: number;
  /** Time between the events of a stream. @default 0 */
  readonly betweenMs?: number;
}

/** The answer is right, but takes its time. */
export function slow({ delayMs = 0, betweenMs = 0 }: SlowOptions): Fault {
  const pace = { firstMs: delayMs, nextMs: () => betweenMs };
  return { name: 'slow', intervention: () => ({ pace }) };
}

/** The request is accepted and nothing ever comes back. */
export function neverAnswers(): Fault {
  return { name: 'neverAnswers', intervention: () => ({ deliver: () => undefined }) };
}

/** The connection is reset before anything is answered. */
export function reset(): Fault {
  return {
    name: 'reset',
    intervention: () => ({
      deliver: ({ outgoing }) => {
        outgoing.socket?.resetAndDestroy();
      },
    }),
  };
}

/**
 * Nothing listens: the ports of the resources are closed at once, for every deployment of them. How often it strikes
 * cannot be counted, so it ends by time.
 */
export function refused({
  forMs = Infinity,
}: {
  /** In the mock's time. @default until `azure.reset()` */
  readonly forMs?: number;
} = {}): Fault {
  return { name: 'refused', refusesForMs: forMs, intervention: () => ({}) };
}

export interface CutOptions {
  /** How many events of a stream arrive before. @default half of them */
  readonly afterChunks?: number;
}

/** The connection ends in the middle of the answer. */
export function cutMidStream({ afterChunks }: CutOptions = {}): Fault {
  const deliver = ({ response, writeHead, outgoing }: Delivery) => {
    const part = firstPart(response, afterChunks);
    writeHead(response.kind === 'stream' ? '' : contentLength(part.length * 2));
    // Only when the part is on its way: a reset would take it back.
    outgoing.write(part, () => {
      outgoing.destroy();
    });
  };
  return { name: 'cutMidStream', intervention: () => ({ deliver }) };
}

/** The stream ends in the middle as if it were complete: no `finish_reason`, no `[DONE]`. Gateways that lose patience do this. */
export function truncated({ afterChunks }: CutOptions = {}): Fault {
  const deliver = ({ response, writeHead, outgoing }: Delivery) => {
    writeHead();
    outgoing.end(firstPart(response, afterChunks));
  };
  return { name: 'truncated', intervention: () => ({ deliver }) };
}

/** The answer promises more bytes than it has. */
export function wrongContentLength(): Fault {
  const deliver = ({ response, writeHead, outgoing }: Delivery) => {
    const whole = bodyOf(response);
    writeHead(contentLength(whole.length + 100));
    outgoing.write(whole, () => {
      outgoing.destroy();
    });
  };
  return { name: 'wrongContentLength', intervention: () => ({ deliver }) };
}

function contentLength(length: number): string {
  return `Content-Length: ${length}\r\n`;
}

function bodyOf(response: WireResponse): Buffer {
  if (response.kind === 'bytes') return Buffer.from(response.bytes);
  return Buffer.from(response.kind === 'json' ? response.text : [...response.frames].join(''));
}

function firstPart(response: WireResponse, afterChunks: number | undefined): Buffer {
  if (response.kind === 'stream') return Buffer.from(openFrames(response, afterChunks).join(''));
  const whole = bodyOf(response);
  return whole.subarray(0, Math.floor(whole.length / 2));
}

const finishing = /"finish_reason":"|"type":"response\.(?:completed|incomplete|failed)"|^data: \[DONE\]/;

/** The frames before the cut, which is never behind the one that says that the answer is complete. */
function openFrames(response: StreamResponse, afterChunks: number | undefined): string[] {
  const frames = [...response.frames];
  const finish = frames.findIndex((frame) => finishing.test(frame));
  const open = finish === -1 ? frames : frames.slice(0, finish);
  return open.slice(0, afterChunks ?? Math.ceil(open.length / 2));
}
