import type { ObservedQuota, RefusalReason, Settlement, TokenCount } from './quota.ts';

/** A copy of the service's own books for one target, so that a refusal costs no round trip. */
export interface QuotaMirror {
  /** Why `tokens` do not fit now; `undefined` when they do. */
  refuses(tokens: TokenCount, nowMs: number): { reason: RefusalReason; retryAtMs: number } | undefined;
  /** Writes an attempt into the books and gives the entry, for `admitted` and `settle`. */
  take(tokens: TokenCount, nowMs: number): unknown;
  /** The answer has begun. */
  admitted(entry: unknown, observed: ObservedQuota | undefined, nowMs: number): void;
  settle(entry: unknown, end: MirrorEnd, nowMs: number): void;
  /** Free share of the scarcest limit, 0 to 1. */
  free(nowMs: number): number;
}

/** How an attempt ended, and what had been reserved for it. */
export interface MirrorEnd {
  readonly reserved: TokenCount;
  readonly settlement: Settlement;
}
