import type { Pace } from './pace.ts';
import type { WireResponse } from './wire-response.ts';

/** How a script changes the handling of one request. */
export interface Intervention {
  /** What does it: `rateLimited`. */
  readonly name?: string;
  /** Answers instead of the operation. */
  readonly response?: WireResponse;
  /** Changes what would be sent. */
  readonly change?: (response: WireResponse) => WireResponse;
  /** When the parts of the answer are sent. */
  readonly pace?: Pace;
  /** Sends it in another way. If it sends nothing, the caller gets nothing. */
  readonly deliver?: (delivery: Delivery) => void;
}

/** One answer that is being sent, over HTTP or as events of a WebSocket. */
export interface Delivery {
  readonly response: WireResponse;
  /** Sends the answer as usual. */
  readonly send: () => void;
  /** Sends this much of the answer and then ends: frames of a stream, or bytes of any other body. */
  readonly sendPart: (part: readonly string[] | Buffer, ending: PartEnding) => void;
  /** Resets the connection. */
  readonly reset: () => void;
}

/** How a partial answer ends. */
interface PartEnding {
  /** It ends as if it were complete. Otherwise the connection breaks off. */
  readonly isComplete: boolean;
  /** The length that the head promises. @default none */
  readonly promisedBytes?: number | undefined;
  /** The code that a WebSocket is closed with. @default 1000 for what seems complete, else none: it just ends */
  readonly closeCode?: number | undefined;
}
