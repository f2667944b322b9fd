import type { Clock } from '../clock.ts';
import type { Pace } from '../service/pace.ts';

/** How a response runs in the background, in the mock's time. */
export interface Background {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  /** Whether it was created with `stream`: only then can it be streamed later on. */
  readonly isStreamed: boolean;
}

/** A background response waits a little, then takes as long as its tokens would. */
export function schedule(outputTokens: number, nowMs: number): Omit<Background, 'isStreamed'> {
  return { startsAtMs: nowMs + 100, endsAtMs: nowMs + 400 + outputTokens * 10 };
}

/** `response.created` and `response.queued` exist before the work begins. */
const queuedEvents = 2;

/**
 * When the unread events of a background response are sent: past ones at once, the others when they happen. The
 * events after the first two are spread over the time of the work, and `[DONE]` ends them.
 */
export function backgroundPace(
  { startsAtMs, endsAtMs }: Pick<Background, 'startsAtMs' | 'endsAtMs'>,
  { frames, skipped, clock }: { readonly frames: number; readonly skipped: number; readonly clock: Clock },
): Pace {
  const steps = Math.max(1, frames - queuedEvents - 2);
  const dueAtMs = (index: number): number => {
    if (index < queuedEvents) return -Infinity;
    const share = Math.min(1, (index - queuedEvents) / steps);
    return startsAtMs + share * (endsAtMs - startsAtMs);
  };
  let index = skipped;
  const nextMs = (): number => Math.max(0, dueAtMs(index++) - clock.now());
  return { firstMs: 0, isHeadAlone: true, nextMs };
}
