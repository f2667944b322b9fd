import type { Grant, QuotaTarget, RefusalReason, Settlement, TokenCount } from './quota.ts';
import { slidingWindow } from './sliding-window.ts';
import type { SlidingWindow } from './sliding-window.ts';
import { leakyBucket } from './leaky-bucket.ts';

/** A copy of the service's own books for one target, so that a refusal costs no round trip. */
export interface QuotaMirror {
  /** Why `tokens` do not fit now; `undefined` when they do. */
  refuses(tokens: TokenCount, nowMs: number): { reason: RefusalReason; retryAtMs: number } | undefined;
  /** Writes an attempt into the books and gives the entry, for `settle`. */
  take(tokens: TokenCount, nowMs: number): unknown;
  settle(grant: Grant, settlement: Settlement, nowMs: number): void;
  /** Free share of the scarcest limit, 0 to 1. */
  free(nowMs: number): number;
}

/** The mirror that a target needs: windows of tokens and requests, or a leaky bucket of utilisation. */
export function quotaMirror(target: QuotaTarget): QuotaMirror {
  return target.provisioned ? provisionedMirror(target) : windowMirror(target);
}

// Windows that slide never grant more than the service does, wherever its own windows begin.
const tokenWindowMs = 60_000;
const requestWindowMs = 10_000;

function windowMirror({ limits }: QuotaTarget): QuotaMirror {
  const tokens = slidingWindow(limits.tpm ?? Infinity, tokenWindowMs);
  const requests = slidingWindow(limits.rpm === undefined ? Infinity : limits.rpm / 6, requestWindowMs);
  const reasonOf = (window: SlidingWindow): RefusalReason => (window === tokens ? 'tokens' : 'requests');
  return {
    refuses: (count, nowMs) => {
      const waits = [
        { window: tokens, retryAtMs: tokens.fitsAtMs(count.input + count.output, nowMs) },
        { window: requests, retryAtMs: requests.fitsAtMs(1, nowMs) },
      ];
      const [longest] = waits.sort((a, b) => b.retryAtMs - a.retryAtMs);
      if (longest === undefined || longest.retryAtMs <= nowMs) return undefined;
      return { reason: reasonOf(longest.window), retryAtMs: longest.retryAtMs };
    },
    take: (count, nowMs) => {
      tokens.take(count.input + count.output, nowMs);
      requests.take(1, nowMs);
      return undefined;
    },
    settle: () => undefined,
    free: (nowMs) => Math.min(tokens.free(nowMs), requests.free(nowMs)),
  };
}

function provisionedMirror({ limits, ptu }: QuotaTarget): QuotaMirror {
  if (limits.ptu === undefined || ptu === undefined) return openMirror;
  const bucket = leakyBucket(limits.ptu * ptu.inputTpm);
  const weigh = ({ input, output, cachedInput = 0 }: TokenCount) =>
    input - cachedInput + output * ptu.outputWeight;
  return {
    refuses: (_count, nowMs) => {
      const waitMs = bucket.waitMs(nowMs);
      return waitMs > 0 ? { reason: 'utilisation', retryAtMs: nowMs + waitMs } : undefined;
    },
    take: (count, nowMs) => {
      bucket.add(weigh(count), nowMs);
      return undefined;
    },
    settle: (grant, { tokens, counted = true }, nowMs) => {
      const actual = counted ? weigh(tokens ?? grant.tokens) : 0;
      bucket.add(actual - weigh(grant.tokens), nowMs);
    },
    free: (nowMs) => Math.max(0, 1 - bucket.level(nowMs)),
  };
}

const openMirror: QuotaMirror = {
  refuses: () => undefined,
  take: () => undefined,
  settle: () => undefined,
  free: () => 1,
};
