/** What was taken within the last `windowMs`, however the service's own windows lie. */
export interface SlidingWindow {
  /** When `amount` fits; `nowMs` or before when it fits now, `Infinity` when it never will. */
  fitsAtMs(amount: number, nowMs: number): number;
  take(amount: number, nowMs: number): void;
  /** Free share, 0 to 1. */
  free(nowMs: number): number;
}

interface Taken {
  readonly atMs: number;
  amount: number;
}

/** A window that grants `limit` in any `windowMs`. Neighbours in time share an entry, so it stays small. */
export function slidingWindow(limit: number, windowMs: number): SlidingWindow {
  const grainMs = windowMs / 240;
  let taken: Taken[] = [];
  let first = 0;
  let used = 0;

  function expire(nowMs: number): void {
    for (
      let entry = taken[first];
      entry !== undefined && entry.atMs + windowMs + grainMs <= nowMs;
      entry = taken[first]
    ) {
      used -= entry.amount;
      first += 1;
    }
    if (first > 256 && first * 2 > taken.length) {
      taken = taken.slice(first);
      first = 0;
    }
  }

  function fitsAtMs(amount: number, nowMs: number): number {
    if (limit === Infinity) return nowMs;
    if (amount > limit) return Infinity;
    expire(nowMs);
    let excess = used + amount - limit;
    if (excess <= 0) return nowMs;
    for (let index = first; index < taken.length; index += 1) {
      const entry = taken[index];
      if (entry === undefined) break;
      excess -= entry.amount;
      if (excess <= 0) return entry.atMs + windowMs + grainMs;
    }
    return nowMs;
  }

  function take(amount: number, nowMs: number): void {
    if (limit === Infinity) return;
    expire(nowMs);
    used += amount;
    const last = taken[taken.length - 1];
    if (last !== undefined && first < taken.length && nowMs - last.atMs < grainMs) last.amount += amount;
    else taken.push({ atMs: nowMs, amount });
  }

  return {
    fitsAtMs,
    take,
    free: (nowMs) => {
      if (limit === Infinity) return 1;
      expire(nowMs);
      return Math.max(0, 1 - used / limit);
    },
  };
}
