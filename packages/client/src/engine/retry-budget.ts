/** How many retries may still be made. */
export interface RetryBudget {
  /** A call has begun: it earns its share of a retry. */
  earn(): void;
  /** Takes one retry and leaves `keep`. `false` when that cannot be: the last answer is the call's answer. */
  spend(keep?: number): boolean;
  /** What was taken was not needed after all. */
  giveBack(): void;
  /** How much of `reserve` is there, from 0 to 1. */
  saved(): number;
}

/**
 * A token bucket: each call earns `share` of a retry, up to `reserve`, with which it also begins.
 * Retries can then never be more than a fifth of the traffic, whatever fails and however often libraries nest.
 */
export function retryBudget({
  share = 0.2,
  reserve = 20,
  start = reserve,
}: { share?: number; reserve?: number; start?: number } = {}): RetryBudget {
  let left = Math.min(reserve, start);
  return {
    earn: () => {
      left = Math.min(reserve, left + share);
    },
    spend: (keep = 0) => {
      if (left < 1 + keep) return false;
      left -= 1;
      return true;
    },
    giveBack: () => {
      left = Math.min(reserve, left + 1);
    },
    saved: () => (reserve === 0 ? 0 : left / reserve),
  };
}

/** Where the bucket of the process is kept: two copies of this package, as npm sometimes installs them, use the same. */
const key = Symbol.for('@aoai/client.retryBudget@2');

/** The bucket of all clients of this process that were not given one of their own. */
export function processRetryBudget(): RetryBudget {
  const place = globalThis as unknown as Record<symbol, RetryBudget | undefined>;
  return (place[key] ??= retryBudget());
}
