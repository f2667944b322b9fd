/** When the service's windows begin, as far as its answers have given it away. */
export interface WindowOrigin {
  /** The beginning of one of the windows; `undefined` while it is not known. */
  readonly atMs: number | undefined;
  /** An attempt found so much of the window taken, itself included. */
  saw(sight: Sight, limit: number): void;
  /** An attempt that was sent at `sentMs` was told that the window ends in `waitMs`. */
  told(sentMs: number, waitMs: number): void;
}

/** What an attempt found. */
interface Sight {
  readonly sentMs: number;
  /** Its place in the order of sending. */
  readonly order: number;
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
/** So often may the answers contradict each other before windows are given up. */
const mostContradictions = 3;

/**
 * Finds the beginning of windows of `windowMs` from the counter's falls back to zero. All times are times of sending:
 * the way to the service then cancels out. A service whose windows slide never falls, and its origin is never found.
 */
export function windowOrigin(windowMs: number): WindowOrigin {
  /** The latest sights, in order of sending: answers come in any order. */
  const sights: Sight[] = [];
  let known: Interval | undefined;
  let contradictions = 0;

  function saw(sight: Sight, limit: number): void {
    let at = sights.length;
    while (at > 0 && (sights[at - 1]?.order ?? 0) > sight.order) at -= 1;
    sights.splice(at, 0, sight);
    fell(sights[at - 1], sights[at], limit);
    fell(sights[at], sights[at + 1], limit);
    if (sights.length > mostSights) sights.splice(0, mostSights / 2);
  }

  /** Attempts that overtake each other on their way make small falls. */
  function fell(before: Sight | undefined, after: Sight | undefined, limit: number): void {
    if (before === undefined || after === undefined || before.used - after.used < limit / 8) return;
    if (after.sentMs === before.sentMs) return;
    narrow({ afterMs: before.sentMs, untilMs: after.sentMs });
  }

  function narrow(found: Interval): void {
    if (contradictions >= mostContradictions) return;
    if (known === undefined) {
      known = found;
      return;
    }
    const windows = Math.round((found.untilMs - known.untilMs) / windowMs) * windowMs;
    const afterMs = Math.max(known.afterMs, found.afterMs - windows);
    const untilMs = Math.min(known.untilMs, found.untilMs - windows);
    if (afterMs < untilMs) {
      known = { afterMs, untilMs };
      return;
    }
    contradictions += 1;
    known = contradictions < mostContradictions ? found : undefined;
  }

  return {
    get atMs() {
      return known?.untilMs;
    },
    saw,
    told: (sentMs, waitMs) => {
      const untilMs = sentMs + waitMs;
      narrow({ afterMs: untilMs - hintGrainMs, untilMs });
    },
  };
}
