import type { RecordedRequest } from '../journal/recorded-request.ts';
import type { Finding } from '../verdict/finding.ts';

/** An answered request, with its mistakes. */
export interface Observed {
  readonly request: RecordedRequest;
  readonly findings: readonly Finding[];
}

export type ObserveListener = (observed: Observed) => void;
