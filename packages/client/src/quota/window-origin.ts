/** When the service's windows begin, as far as its answers have given it away. */
export interface WindowOrigin {
  /** The beginning of one of the windows; `undefined` while nothing is known of them. */
  readonly atMs: number | undefined;
  /** It has been seen that the counter goes back to zero then. Otherwise the windows may as well slide. */
  readonly isSure: boolean;
  /** An attempt found so much of the window taken, itself included. */
  saw(sight: Sight, limit: number): void;
  /** An attempt that was sent at `sentMs` was told that it fits after `waitMs`. */
  told(sentMs: number, waitMs: number): void;
  /** More went through than windows that slide would let through. */
  confirm(): void;
  /** Something was refused that windows would have let through. */
  doubt(): void;
}

/** What an attempt found. */
interface Sight {
  readonly sentMs: number;
  /** All that had ever been taken when it was sent, itself included. */
  readonly upTo: number;
  readonly used: number;
}

interface Interval {
  readonly afterMs: number;
  readonly untilMs: number;
}

/** A hint in whole seconds is late by up to one. */
const hintGrainMs = 1_000;
/** More than are ever on the way at once, at the pace of one deployment. */
const mostSights = 1_024;
/** Attempts that overtake each other on their way make falls of less than this part of the limit. */
const smallFall = 1 / 8;
/** So often may the service prove the windows wrong before they are given up. */
const mostDoubts = 3;

/**
 * Finds the beginning of windows of `windowMs` from the counter's falls back to zero. All times are times of sending:
 * the way to the service then cancels out. A service whose windows slide never falls to zero, and is never taken for
 * one with windows for long.
 */
export function windowOrigin(windowMs: number): WindowOrigin {
  /** The latest sights, in order of sending: answers come in any order. */
  const sights: Sight[] = [];
  let known: Interval | undefined;
  let isSure = false;
  let doubts = 0;

  function saw(sight: Sight, limit: number): void {
    // Nearly always the latest, and of a counter that has not risen far: the next one falls as far from the last.
    const last = sights.at(-1);
    if (last !== undefined && last.upTo <= sight.upTo && isLow(last, limit) && isLow(sight, limit)) return;
    let at = sights.length;
    while (at > 0 && (sights[at - 1]?.upTo ?? 0) > sight.upTo) at -= 1;
    sights.splice(at, 0, sight);
    fell(sights[at - 1], sights[at], limit);
    fell(sights[at], sights[at + 1], limit);
    if (sights.length > mostSights) sights.splice(0, mostSights / 2);
  }

  function fell(before: Sight | undefined, after: Sight | undefined, limit: number): void {
    if (before === undefined || after === undefined || after.sentMs === before.sentMs) return;
    if (before.used - after.used < limit * smallFall) return;
    // Back to zero: nothing is left but what was taken since. An old burst that leaves a sliding window leaves more.
    if (after.used > (after.upTo - before.upTo) * 1.5 + limit / 50) return;
    if (narrow({ afterMs: before.sentMs, untilMs: after.sentMs })) isSure = true;
  }

  function narrow(found: Interval): boolean {
    if (doubts >= mostDoubts) return false;
    if (known === undefined) {
      known = found;
      return true;
    }
    const windows = Math.round((found.untilMs - known.untilMs) / windowMs) * windowMs;
    const afterMs = Math.max(known.afterMs, found.afterMs - windows);
    const untilMs = Math.min(known.untilMs, found.untilMs - windows);
    if (afterMs < untilMs) {
      known = { afterMs, untilMs };
      return true;
    }
    doubt();
    known = doubts < mostDoubts ? found : undefined;
    return false;
  }

  function doubt(): void {
    doubts += 1;
    isSure = false;
    if (doubts >= mostDoubts) known = undefined;
  }

  return {
    get atMs() {
      return known?.untilMs;
    },
    get isSure() {
      return isSure;
    },
    saw,
    told: (sentMs, waitMs) => {
      const untilMs = sentMs + waitMs;
      narrow({ afterMs: untilMs - hintGrainMs, untilMs });
    },
    confirm: () => {
      isSure = known !== undefined;
    },
    doubt,
  };
}

/** Nothing falls from there. */
function isLow({ used }: Sight, limit: number): boolean {
  return used < limit * smallFall;
}
