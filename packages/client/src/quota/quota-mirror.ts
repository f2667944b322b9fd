import type { ObservedQuota, RefusalReason, Settlement, TokenCount } from './quota.ts';

/** A copy of what the service counts for one target, so that a refusal costs no round trip. */
export interface QuotaMirror {
  /** Why `tokens` do not fit now; `undefined` when they do. */
  refuses(tokens: TokenCount, nowMs: number): { reason: RefusalReason; retryAtMs: number } | undefined;
  /** Counts an attempt and returns its entry, for `admitted` and `settle`. */
  take(tokens: TokenCount, nowMs: number): unknown;
  /** The answer to the attempt has begun. */
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
