/** The sum of what was added within the last `windowMs`. */
export interface SlidingSum {
  add(amount: number, atMs: number): void;
  /** Takes back what was added at `atMs`. */
  remove(amount: number, atMs: number): void;
  sum(nowMs: number): number;
  /** When at least `amount` of the sum will have left the window. */
  leavesAtMs(amount: number, nowMs: number): number;
}

const grains = 240;

/** A sum over time in `grains` steps: never below the exact sum, and of bounded size however much is added. */
export function slidingSum(windowMs: number): SlidingSum {
  const grainMs = windowMs / grains;
  const amounts = new Map<number, number>();
  let total = 0;
  /** Steps are counted from the first one, because small integers are cheap keys. */
  let firstGrain: number | undefined;

  const grainOf = (atMs: number): number => {
    const grain = Math.floor(atMs / grainMs);
    firstGrain ??= grain;
    return grain - firstGrain;
  };
  const leftAtMs = (grain: number): number => (grain + (firstGrain ?? 0) + 1) * grainMs + windowMs;

  function expire(nowMs: number): void {
    for (const [grain, amount] of amounts) {
      if (leftAtMs(grain) > nowMs) return;
      amounts.delete(grain);
      total -= amount;
    }
  }

  function add(amount: number, atMs: number): void {
    const grain = grainOf(atMs);
    amounts.set(grain, (amounts.get(grain) ?? 0) + amount);
    total += amount;
  }

  return {
    add,
    remove: (amount, atMs) => {
      const grain = grainOf(atMs);
      const held = amounts.get(grain);
      if (held === undefined) return;
      amounts.set(grain, held - amount);
      total -= amount;
    },
    sum: (nowMs) => {
      expire(nowMs);
      return total;
    },
    leavesAtMs: (amount, nowMs) => {
      expire(nowMs);
      let left = 0;
      for (const [grain, held] of amounts) {
        left += held;
        if (left >= amount) return leftAtMs(grain);
      }
      return nowMs;
    },
  };
}
