import { cutMidStream, reset, slow } from '../script/connection-faults.ts';
import type { Fault } from '../script/fault.ts';
import { serverError } from '../script/service-faults.ts';
import { rateLimited } from '../script/throttling.ts';

/** A button of the page: the fault for the next request. */
export interface FaultButton {
  readonly id: string;
  /** What the button does, said to a group that is named “Next request to …”. */
  readonly label: string;
  readonly fault: () => Fault;
}

export const faultButtons: readonly FaultButton[] = [
  { id: 'throttle', label: 'Throttle (429)', fault: () => rateLimited({ retryAfterMs: 2_000 }) },
  { id: 'error', label: 'Fail (500)', fault: () => serverError() },
  { id: 'slow', label: 'Delay 5 s', fault: () => slow({ delayMs: 5_000 }) },
  { id: 'cut', label: 'Cut off answer', fault: () => cutMidStream() },
  { id: 'reset', label: 'Drop connection', fault: () => reset() },
];

const words: Readonly<Record<string, string>> = {
  rateLimited: 'Throttle (429)',
  serverError: 'Fail (500)',
  slow: 'Delay',
  cutMidStream: 'Cut off answer',
  reset: 'Drop connection',
};

/** What a fault is called on the page. */
export function faultName(name: string): string {
  return words[name] ?? name;
}
