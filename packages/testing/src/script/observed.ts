import type { RecordedRequest } from '../journal/recorded-request.ts';
import type { Finding } from '../verdict/finding.ts';

/** A request that was answered, and what was wrong with it. */
export interface Observed {
  readonly request: RecordedRequest;
  readonly findings: readonly Finding[];
}

export type ObserveListener = (observed: Observed) => void;
