import { withNewest } from './newest.ts';
import type { Observation } from './newest.ts';
import { quantileRing } from './quantile-ring.ts';

/** How long one target takes for one kind of call. Times are kept as logarithms, so that a few long ones weigh little. */
export interface LatencyBook {
  /** Adds an answer: `value` is the time of a call of average size, `ms` the measured time. */
  add(answer: Observation<number>, ms: number): void;
  /** Estimates the time of the next call. `overdue` are the times so far of calls under way that are late. */
  expected(overdue: readonly Observation<number>[]): number;
  /** Starts anew from one answer, because it shows that what was known is no longer true. */
  restart(answer: Observation<number>): void;
  /** Answers that the estimate rests on, 64 at most. */
  readonly count: number;
  /** Usual deviation of an answer from the estimate. */
  readonly deviation: number;
  /** The time of calls over a long period, in which the last minutes weigh little. */
  readonly usual: number;
  /** Forgets the usual time, and learns it again. */
  forgetUsual(): void;
  /** Answers that `usual` rests on. */
  readonly usualCount: number;
  /** A quantile of the last 128 answers in milliseconds; `0` before the first. */
  quantileMs(share: number): number;
}

/** The estimate is an average over so many answers. */
const longestAverage = 64;
/** The usual time is an average over so many. */
const longestUsual = 500;
/** The median of this many latest answers decides whether times have changed: one slow answer of five is not enough. */
const latestSize = 5;
/** The most that one answer moves the average, as a logarithm. */
const clip = 0.7;
const leastChange = 0.5;
/** How many answers in a row have to agree that times have changed before the average starts anew. */
const agreement = 8;

/** Creates an empty book. */
export function latencyBook(): LatencyBook {
  const ring = quantileRing(128);
  let latest: readonly Observation<number>[] = [];
  /** Median of `latest`. */
  let middle = 0;
  let level = 0;
  let count = 0;
  let deviation = 0.4;
  let usual = 0;
  let usualCount = 0;
  let changed = 0;

  function expected(overdue: readonly Observation<number>[]): number {
    if (count === 0) return overdue[0]?.value ?? Number.NaN;
    let seen = latest;
    for (const late of overdue) seen = withNewest(seen, late, latestSize);
    if (seen.length < 2) return level;
    const now = seen === latest ? middle : median(seen);
    return Math.abs(now - level) > Math.max(leastChange, 2 * deviation) ? now : level;
  }

  function restart(answer: Observation<number>): void {
    latest = [answer];
    middle = level = answer.value;
    count = 1;
    changed = 0;
  }

  function add(answer: Observation<number>, ms: number): void {
    const { value: logMs } = answer;
    ring.add(ms);
    usualCount = Math.min(longestUsual, usualCount + 1);
    usual += within(clip, logMs - usual, usualCount);
    if (count === 0) {
      restart(answer);
      return;
    }
    latest = withNewest(latest, answer, latestSize);
    middle = median(latest);
    count = Math.min(longestAverage, count + 1);
    const off = logMs - level;
    level += within(clip, off, count);
    changed = Math.abs(middle - level) > Math.max(leastChange, 2 * deviation) ? changed + 1 : 0;
    // While times are changing, the distance from the estimate does not show how much they vary.
    if (changed === 0) deviation += (Math.min(Math.abs(off), 1) - deviation) / Math.max(16, count);
    if (changed >= agreement) {
      level = middle;
      count = latestSize;
      changed = 0;
    }
  }

  return {
    add,
    expected,
    restart,
    forgetUsual: () => {
      usualCount = 0;
    },
    get count() {
      return count;
    },
    get deviation() {
      return deviation;
    },
    get usual() {
      return usual;
    },
    get usualCount() {
      return usualCount;
    },
    quantileMs: (share) => ring.quantile(share),
  };
}

/** One step of an average over `count` values: the first ones count in full, later ones are clipped. */
function within(limit: number, off: number, count: number): number {
  return (count < 4 ? off : Math.min(limit, Math.max(-limit, off))) / count;
}

function median(seen: readonly Observation<number>[]): number {
  // Few values, sorted at each answer: an insertion sort costs less than `sort`.
  const sorted: number[] = [];
  for (const { value } of seen) {
    let at = sorted.length;
    for (; at > 0 && (sorted[at - 1] ?? 0) > value; at -= 1) sorted[at] = sorted[at - 1] ?? 0;
    sorted[at] = value;
  }
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? 0)) / 2;
}
