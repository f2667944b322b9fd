import type { ServerResponse } from 'node:http';
import type { HeaderLines } from './header-lines.ts';
import type { Pace } from './pace.ts';
import type { WireResponse } from './wire-response.ts';

/** What a script does to one request, instead of or on top of the default. */
export interface Intervention {
  /** Answers instead of the operation. */
  readonly response?: WireResponse;
  /** Changes what would be sent. */
  readonly change?: (response: WireResponse) => WireResponse;
  /** When the parts of the answer leave. */
  readonly pace?: Pace;
  /** Takes over the socket. */
  readonly deliver?: (delivery: Delivery) => void;
}

/** One answer on its way out. */
export interface Delivery {
  readonly response: WireResponse;
  readonly outgoing: ServerResponse;
  /** Sends the status and the headers, with `more` of them. */
  readonly writeHead: (more?: HeaderLines) => void;
  /** Sends the answer as usual. */
  send(): void;
}
