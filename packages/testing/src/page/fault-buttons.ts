import { cutMidStream, reset, slow } from '../script/connection-faults.ts';
import type { Fault } from '../script/fault.ts';
import { serverError } from '../script/service-faults.ts';
import { rateLimited } from '../script/throttling.ts';

/** A button of the page: the fault for the next request. */
export interface FaultButton {
  readonly id: string;
  readonly label: string;
  readonly title: string;
  readonly fault: () => Fault;
}

export const faultButtons: readonly FaultButton[] = [
  {
    id: 'throttle',
    label: '429',
    title: 'Throttle the next request: retry after 2 s',
    fault: () => rateLimited({ retryAfterMs: 2_000 }),
  },
  { id: 'error', label: '500', title: 'Fail the next request', fault: () => serverError() },
  {
    id: 'slow',
    label: 'Slow',
    title: 'Answer the next request after 5 s',
    fault: () => slow({ delayMs: 5_000 }),
  },
  { id: 'cut', label: 'Cut', title: 'Break off the next answer half-way', fault: () => cutMidStream() },
  { id: 'reset', label: 'Reset', title: 'Reset the connection of the next request', fault: () => reset() },
];
