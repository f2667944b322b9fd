import type { ResourceRequest } from '../service/operation.ts';
import type { BatchError } from './batch-line.ts';

/** A batch and its progress. */
export interface Batch {
  readonly id: string;
  readonly endpoint: string;
  readonly inputFileId: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly outputExpiresAfterMs: number | undefined;
  readonly createdAtMs: number;
  /** The date in answers; `createdAtMs` is a time of the clock, which decides about its age. */
  readonly dateMs: number;
  /** The request that created it: its caller is the caller of all lines. */
  readonly request: ResourceRequest;
  /** The input, kept because its file may be deleted meanwhile. */
  input: Buffer | undefined;
  /** Its lines, once they are checked. */
  ranges: readonly (readonly [number, number])[];
  errors: readonly BatchError[];
  /** Answered lines so far, and how many of them with an error. */
  done: number;
  failed: number;
  outputs: Buffer[];
  failures: Buffer[];
  cancelledAtMs: number | undefined;
  outputFileId: string | null;
  errorFileId: string | null;
}

/** The state of a batch. */
export type BatchStatus =
  | 'validating'
  | 'failed'
  | 'in_progress'
  | 'finalizing'
  | 'completed'
  | 'expired'
  | 'cancelling'
  | 'cancelled';

/** When a batch reaches each state, in the mock's time. */
export interface Timeline {
  readonly inProgressAtMs: number;
  readonly finalizingAtMs: number;
  readonly completedAtMs: number;
  readonly expiresAtMs: number;
}

const validatingMs = 1000;
const startingMs = 1000;
const perLineMs = 2;
const finalizingMs = 1000;
const windowMs = 24 * 60 * 60 * 1000;

/** Metadata that makes a batch so slow that it expires half done: `{ "mock-batch": "slow" }`. */
const slowBatch = { key: 'mock-batch', value: 'slow' } as const;

/** The times of a batch whose lines are known. */
export function timeline({ createdAtMs, ranges, metadata }: Batch): Timeline {
  const isSlow = metadata?.[slowBatch.key] === slowBatch.value;
  const inProgressAtMs = createdAtMs + validatingMs;
  const finalizingAtMs = inProgressAtMs + (isSlow ? 2 * windowMs : startingMs + ranges.length * perLineMs);
  return {
    inProgressAtMs,
    finalizingAtMs,
    completedAtMs: finalizingAtMs + finalizingMs,
    expiresAtMs: createdAtMs + windowMs,
  };
}

/** The state of a batch at `nowMs`. */
export function statusAt(batch: Batch, nowMs: number): BatchStatus {
  const times = timeline(batch);
  if (nowMs < times.inProgressAtMs) return batch.cancelledAtMs === undefined ? 'validating' : 'cancelling';
  if (batch.errors.length > 0) return 'failed';
  if (batch.cancelledAtMs !== undefined)
    return nowMs < batch.cancelledAtMs + finalizingMs ? 'cancelling' : 'cancelled';
  if (nowMs >= times.completedAtMs && times.completedAtMs <= times.expiresAtMs) return 'completed';
  if (nowMs >= times.expiresAtMs) return 'expired';
  return nowMs < times.finalizingAtMs ? 'in_progress' : 'finalizing';
}

/** How many lines are answered by `nowMs`. */
export function linesDoneAt(batch: Batch, nowMs: number): number {
  const { inProgressAtMs, finalizingAtMs, expiresAtMs } = timeline(batch);
  const until = Math.min(nowMs, batch.cancelledAtMs ?? Infinity, expiresAtMs);
  if (until <= inProgressAtMs) return 0;
  const share = (until - inProgressAtMs) / (finalizingAtMs - inProgressAtMs);
  return Math.min(batch.ranges.length, Math.floor(batch.ranges.length * share));
}
