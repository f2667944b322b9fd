/** The latest values of a measurement, and their quantiles. */
export interface QuantileRing {
  add(value: number): void;
  /** The value below which `share` of them are; `0` when there are none. */
  quantile(share: number): number;
  readonly size: number;
}

/** Remembers the last `most` values. */
export function quantileRing(most: number): QuantileRing {
  const values: number[] = [];
  let next = 0;
  let sorted: readonly number[] | undefined;
  return {
    add: (value) => {
      values[next] = value;
      next = (next + 1) % most;
      sorted = undefined;
    },
    quantile: (share) => {
      sorted ??= values.toSorted((a, b) => a - b);
      return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    },
    get size() {
      return values.length;
    },
  };
}
