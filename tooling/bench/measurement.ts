/** One thing that several subjects did in the same run, in turns. */
export interface Measurement {
  /** What was done: `JSON call, 16 in flight`. */
  readonly what: string;
  /** Of the values: `µs of CPU per call`. Less is better. */
  readonly unit: string;
  /** The subject that is held against the others. */
  readonly ours: string;
  /** The median of each subject. */
  readonly values: Readonly<Record<string, number>>;
  /** What the value of `ours` over that of another subject may be at most. A subject without a bound is shown only. */
  readonly atMost: Readonly<Record<string, number>>;
}

/** Ours beside one other subject. */
export interface Comparison {
  readonly peer: string;
  readonly ratio: number;
  readonly atMost: number | undefined;
  /** Whether the bound is broken by more than noise. */
  readonly isBroken: boolean;
}

/** Medians of the same code differ by so much from one run to the next on a machine that does other things too. */
export const noise = 0.15;

/** Every other subject, in the order of the values. */
export function comparisonsOf({ ours, values, atMost }: Measurement): readonly Comparison[] {
  const own = values[ours] ?? Number.NaN;
  return Object.entries(values)
    .filter(([name]) => name !== ours)
    .map(([peer, value]) => {
      const ratio = own / value;
      const bound = atMost[peer];
      // Not `>`: a ratio that is no number keeps no bound.
      const isBroken = bound !== undefined && !(ratio <= bound * (1 + noise));
      return { peer, ratio, atMost: bound, isBroken };
    });
}

/** A value with three digits that count. */
export function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** What a person reads while the benchmarks run. */
export function linesOf(measurement: Measurement): readonly string[] {
  const { what, unit, ours, values } = measurement;
  const peers = comparisonsOf(measurement).map(({ peer, ratio, atMost, isBroken }) => {
    const bound = atMost === undefined ? '' : `, at most ${shown(atMost)} ${isBroken ? 'BROKEN' : 'ok'}`;
    return `  ${peer.padEnd(26)} ${shown(values[peer] ?? Number.NaN).padStart(8)}   ratio ${shown(ratio)}${bound}`;
  });
  return [
    `${what} (${unit})`,
    `  ${ours.padEnd(26)} ${shown(values[ours] ?? Number.NaN).padStart(8)}`,
    ...peers,
  ];
}
