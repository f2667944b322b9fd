import type { Answer } from '../answer/answer.ts';
import type { Classified } from '../answer/classify.ts';
import type { OpenedStream } from '../answer/open-stream.ts';
import type { TransportResponse } from '../transport/transport.ts';

/** How one attempt went. */
export type AttemptResult =
  /** The whole body is here. */
  | {
      readonly kind: 'whole';
      readonly response: TransportResponse;
      readonly body: Buffer;
      /** The same, parsed; `undefined` without a body. */
      readonly json: unknown;
    }
  /** The stream has begun with content, or is over. */
  | { readonly kind: 'stream'; readonly response: TransportResponse; readonly stream: OpenedStream }
  /** Bytes that are no JSON and no events: passed on as they come. */
  | { readonly kind: 'bytes'; readonly response: TransportResponse }
  /** No success: an answer, or none at all. */
  | {
      readonly kind: 'failed';
      readonly classified: Classified;
      readonly status?: number;
      readonly answer?: Answer;
      readonly error?: unknown;
      /** Another attempt could do the work twice. */
      readonly isFinal?: boolean;
    };
