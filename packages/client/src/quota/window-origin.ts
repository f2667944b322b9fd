/** When the service's windows begin, as far as its answers have shown it. */
export interface WindowOrigin {
  /** The beginning of one of the windows; `undefined` while nothing is known of them. */
  readonly atMs: number | undefined;
  /** `true` when the counter was seen to go back to zero at `atMs`. Otherwise the windows may also slide. */
  readonly isSure: boolean;
  /** The answer to an attempt said how much of the window was used, the attempt included. */
  saw(reading: CounterReading, limit: number): void;
  /** The service refused an attempt that was sent at `sentMs`, and asked it to wait for `waitMs`. */
  told(sentMs: number, waitMs: number): void;
  /** The service admitted more than a sliding window would admit. */
  confirm(): void;
  /** The service refused an attempt that a window with this beginning would admit. */
  doubt(): void;
}

/** The service's counter, as the answer to one attempt showed it. */
interface CounterReading {
  readonly sentMs: number;
  /** All that this client had ever used when the attempt was sent, the attempt included. */
  readonly upTo: number;
  readonly used: number;
}

interface Interval {
  readonly afterMs: number;
  readonly untilMs: number;
}

/** The service rounds a wait up to whole seconds: its end may be up to one second late. */
const hintGrainMs = 1_000;
/** More attempts than one deployment ever has under way at once. */
const mostReadings = 1_024;
/** Attempts that overtake each other on the network make the counter fall by less than this part of the limit. */
const smallFall = 1 / 8;
/** After so many contradictions by the service the search for a beginning is given up. */
const mostDoubts = 3;

/**
 * Finds when windows of `windowMs` begin, from the moments when the counter falls back to zero. All times are times of
 * sending, so that the network delay cancels out. The counter of a sliding window does not fall to zero; such a service
 * may be mistaken for one with fixed windows only for a short time.
 */
export function windowOrigin(windowMs: number): WindowOrigin {
  /** The latest readings, in order of sending: answers arrive in any order. */
  const readings: CounterReading[] = [];
  let known: Interval | undefined;
  let isSure = false;
  let doubts = 0;

  function saw(reading: CounterReading, limit: number): void {
    // The usual case: the newest reading, of a low counter. The last one that is kept shows a later fall as well.
    const last = readings.at(-1);
    if (last !== undefined && last.upTo <= reading.upTo && isLow(last, limit) && isLow(reading, limit))
      return;
    let at = readings.length;
    while (at > 0 && (readings[at - 1]?.upTo ?? 0) > reading.upTo) at -= 1;
    readings.splice(at, 0, reading);
    fell(readings[at - 1], readings[at], limit);
    fell(readings[at], readings[at + 1], limit);
    if (readings.length > mostReadings) readings.splice(0, mostReadings / 2);
  }

  function fell(before: CounterReading | undefined, after: CounterReading | undefined, limit: number): void {
    if (before === undefined || after === undefined || after.sentMs === before.sentMs) return;
    if (before.used - after.used < limit * smallFall) return;
    // Back to zero: only what was used since is left. When an old burst leaves a sliding window, more is left.
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

/** Too low to show a reset. */
function isLow({ used }: CounterReading, limit: number): boolean {
  return used < limit * smallFall;
}
