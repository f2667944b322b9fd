import type { HeaderLines } from './header-lines.ts';
import type { MockDeployment } from './mock-deployment.ts';
import type { OperationRequest, Operation } from './operation.ts';

/** One request and what became of it, for the journal. */
export interface Exchange {
  readonly request: OperationRequest;
  /** `undefined` where the URL means nothing. */
  readonly operation: Operation | undefined;
  readonly deployment: MockDeployment | undefined;
  readonly receivedAtMs: number;
  status: number;
  responseHeaders: HeaderLines;
  /** When the last byte was handed to the socket, or the caller went away. */
  finishedAtMs: number | undefined;
  outcome: 'pending' | 'answered' | 'abandoned';
}
