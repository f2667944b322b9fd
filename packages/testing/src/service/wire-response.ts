import type { Tokens } from '../limits/admission.ts';
import type { Pace } from './pace.ts';

/** The answer of an operation, without the headers that every answer has. */
export type WireResponse = JsonResponse | StreamResponse | BytesResponse;

interface Head {
  readonly status: number;
  /** Reason phrase, where Azure's is not the usual one. */
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Which part of Azure answers; each has its own headers. @default 'model' */
  readonly origin?: 'gateway' | 'model';
  /** The gateway's answer names its region. */
  readonly isRegional?: boolean;
  /** Tokens that the request really used, once known. The limiter corrects its estimate with it. */
  readonly usedTokens?: Tokens;
  /** When its parts are sent. @default at once, or by the latency of the mock */
  readonly pace?: Pace;
  /** The body is known to be ASCII, so it is not checked. @default false */
  readonly isAscii?: boolean;
}

/** A JSON body, already written: Azure's spacing differs from answer to answer. */
export interface JsonResponse extends Head {
  readonly kind: 'json';
  readonly text: string;
}

/** Server-sent events. Each frame is a complete event, `data: …\n\n` included. */
export interface StreamResponse extends Head {
  readonly kind: 'stream';
  readonly frames: Iterable<string> | BulkFrames;
}

/** Frames that are cheaper to write all at once, as bytes, than one by one. */
export interface BulkFrames extends Iterable<string> {
  /** Bytes of all frames together. */
  readonly length: number;
  /** Writes all frames into `target`, from `at` on. Returns where they end. */
  readonly write: (target: Buffer, at: number) => number;
}

/** Any other body. */
export interface BytesResponse extends Head {
  readonly kind: 'bytes';
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

type HeadOptions = Partial<Head>;

/** Answers `value` as JSON. */
export function json(value: unknown, options: HeadOptions = {}): JsonResponse {
  return { kind: 'json', status: 200, ...options, text: JSON.stringify(value) };
}

/** Answers `text`, which is JSON already. */
export function jsonText(text: string, options: HeadOptions = {}): JsonResponse {
  return { kind: 'json', status: 200, ...options, text };
}

/** Answers a stream of server-sent events. */
export function stream(frames: StreamResponse['frames'], options: HeadOptions = {}): StreamResponse {
  return { kind: 'stream', status: 200, ...options, frames };
}

/** Answers bytes of `contentType`. */
export function bytes(body: Uint8Array, contentType: string, options: HeadOptions = {}): BytesResponse {
  return { kind: 'bytes', status: 200, ...options, contentType, bytes: body };
}

/** One event of a stream: `data: <json>` and an empty line. */
export function frame(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** The last event of a stream. */
export const done = 'data: [DONE]\n\n';
