import type { Cancellation } from './cancellation.ts';
import { longestTimerMs } from './longest-timer.ts';

/** What a waiting call finds when it looks for a target. */
export type Look<Found> =
  | { readonly found: Found }
  /** Nothing now. `againAtMs` is when looking again makes sense. */
  | { readonly againAtMs: number };

/** A call in line. */
interface Waiter<Found> {
  /** Place in line: the earlier the better. */
  readonly sinceMs: number;
  /** No point in waiting any longer. */
  readonly deadlineAtMs: number;
  readonly cancellation: Cancellation;
  look(): Look<Found> | Promise<Look<Found>>;
}

/** Calls that wait for a target, served in the order in which they arrived. */
export interface WaitingLine {
  readonly length: number;
  /** Waits for its turn and then for a target; `undefined` when the deadline comes first. */
  wait<Found>(waiter: Waiter<Found>): Promise<Found | undefined>;
  /** Something has become free: the first in line looks again. */
  poke(): void;
}

interface Place {
  readonly sinceMs: number;
  /** Called when it becomes the first, and when it should look again. */
  turn(): void;
}

/** A line that only its first looks out for a target, so that nobody overtakes and nobody asks in vain. */
export function waitingLine(now: () => number): WaitingLine {
  const places: Place[] = [];

  function enter(place: Place): void {
    const later = places.findIndex(({ sinceMs }) => sinceMs > place.sinceMs);
    places.splice(later < 0 ? places.length : later, 0, place);
  }

  function leave(place: Place): void {
    const at = places.indexOf(place);
    if (at >= 0) places.splice(at, 1);
    if (at === 0) places[0]?.turn();
  }

  async function wait<Found>(waiter: Waiter<Found>): Promise<Found | undefined> {
    let wake: () => void = () => undefined;
    const place: Place = {
      sinceMs: waiter.sinceMs,
      turn: () => {
        wake();
      },
    };
    const sleep = async (untilMs: number): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      wake = () => {
        resolve(undefined);
      };
      const ms = Math.ceil(Math.min(Math.max(0, untilMs - now()), longestTimerMs));
      const timer = setTimeout(wake, ms);
      const forget = waiter.cancellation.onAbort(wake);
      await promise;
      clearTimeout(timer);
      forget();
    };
    enter(place);
    try {
      for (;;) {
        waiter.cancellation.throwIfAborted();
        let untilMs = waiter.deadlineAtMs;
        if (places[0] === place) {
          const looked = waiter.look();
          const look = looked instanceof Promise ? await looked : looked;
          if ('found' in look) return look.found;
          untilMs = Math.min(untilMs, look.againAtMs);
          if (look.againAtMs > waiter.deadlineAtMs) return undefined;
        }
        if (now() >= waiter.deadlineAtMs) return undefined;
        await sleep(untilMs);
      }
    } finally {
      leave(place);
    }
  }

  return {
    get length() {
      return places.length;
    },
    wait,
    poke: () => places[0]?.turn(),
  };
}
