/** How many retries may still be made. */
export interface RetryBudget {
  /** A call has begun: it earns its share of a retry. */
  earn(): void;
  /** Takes one retry. `false` when there is none left: the last answer is the call's answer. */
  spend(): boolean;
}

/**
 * A token bucket: each call earns `share` of a retry, up to `reserve`, with which it also begins.
 * Retries can then never be more than a fifth of the traffic, whatever fails and however often libraries nest.
 */
export function retryBudget({
  share = 0.2,
  reserve = 20,
}: { share?: number; reserve?: number } = {}): RetryBudget {
  let left = reserve;
  return {
    earn: () => {
      left = Math.min(reserve, left + share);
    },
    spend: () => {
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}

/** Where the bucket of the process is: two copies of this package, as npm sometimes installs them, find the same. */
const key = Symbol.for('@aoai/client.retryBudget');

/** The bucket of all clients of this process that were not given one of their own. */
export function processRetryBudget(): RetryBudget {
  const place = globalThis as unknown as Record<symbol, RetryBudget | undefined>;
  return (place[key] ??= retryBudget());
}
