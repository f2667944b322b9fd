import { learnedLimit } from './learned-limit.ts';
import { windowCount } from './window-count.ts';
import type { Ticket } from './window-count.ts';
import { windowOrigin } from './window-origin.ts';
import { windowProbes } from './window-probes.ts';

/**
 * A copy of one of the service's windows: so many tokens a minute, so many calls in ten seconds.
 * Until it is known when the service's own windows begin, any `windowMs` counts: that is never too much.
 */
export interface QuotaWindow {
  /** When `amount` fits; not after `nowMs` when it fits now, `Infinity` when it never will. */
  fitsAtMs(amount: number, nowMs: number): number;
  take(amount: number, nowMs: number): Ticket;
  /** The service has let the attempt in. What its answer said: the limit, and what remained of it. */
  admitted(ticket: Ticket, reported: Reported, nowMs: number): void;
  /** The service has refused it for another reason than this window, or never got it. */
  giveBack(ticket: Ticket): void;
  /** The service has refused it for this window, and asked to wait. */
  refused(ticket: Ticket, waitMs: number | undefined, nowMs: number): void;
  /** Free share, 0 to 1; 1 while no limit is known. */
  free(nowMs: number): number;
}

/** What a header says about a window. */
interface Reported {
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
}

/**
 * A window of `given`, or of a limit that is still to be learned. Calls are counted exactly; tokens are estimates, of
 * which the service may count less than we do.
 */
export function quotaWindow(
  given: number | undefined,
  windowMs: number,
  counts: 'exact' | 'estimates' = 'estimates',
): QuotaWindow {
  const origin = windowOrigin(windowMs);
  const limit = learnedLimit(given);
  const count = windowCount(windowMs, origin, counts);
  const probes = windowProbes(origin);

  function usedAt(nowMs: number): number {
    if (count.moveTo(nowMs)) limit.windowBegan();
    return origin.isSure ? count.inWindow : count.sliding(nowMs);
  }

  function fitsAtMs(amount: number, nowMs: number): number {
    if (limit.value === undefined) return nowMs;
    if (amount > limit.value && !limit.isGuess) return Infinity;
    const used = usedAt(nowMs);
    const excess = used + amount - limit.value;
    if (excess <= 0 || used === 0) return nowMs;
    limit.heldBack();
    if (origin.isSure) return count.beganMs + windowMs;
    const fitsWindow = count.inWindow + amount <= limit.value;
    return probes.maySend(fitsWindow, count.beganMs) ? nowMs : count.leavesAtMs(excess, nowMs);
  }

  function take(amount: number, nowMs: number): Ticket {
    const isOver = usedAt(nowMs) + amount > (limit.value ?? Infinity);
    const ticket = count.take(amount, nowMs);
    if (isOver && !origin.isSure) probes.sent(ticket, count.beganMs);
    return ticket;
  }

  function admitted(ticket: Ticket, { limit: said, remaining }: Reported, nowMs: number): void {
    if (!count.end(ticket)) return;
    probes.admitted(ticket);
    if (said !== undefined) limit.said(said);
    // A zero on an answer is more often nonsense than the truth (MS Q&A 5625878), and the truth comes with a refusal.
    if (remaining === undefined || remaining === 0 || limit.value === undefined) return;
    const used = Math.max(0, limit.value - remaining);
    origin.saw({ sentMs: ticket.atMs, upTo: ticket.upTo, used }, limit.value);
    if (!origin.isSure || !count.isOfWindow(ticket, nowMs)) return;
    usedAt(nowMs);
    count.correct(ticket, used);
  }

  function giveBack(ticket: Ticket): void {
    if (!count.end(ticket)) return;
    probes.dropped(ticket);
    count.remove(ticket);
  }

  function refused(ticket: Ticket, waitMs: number | undefined, nowMs: number): void {
    const wasPresumed = origin.atMs !== undefined;
    giveBack(ticket);
    const wasOver = count.sliding(ticket.atMs) + ticket.amount > (limit.value ?? Infinity);
    limit.refused(ticket.amount, usedAt(nowMs));
    if (waitMs === undefined || waitMs > windowMs) return;
    // It would have fitted if the windows were what they seemed to be.
    if (wasPresumed && wasOver && !limit.isGuess) probes.refuted();
    origin.told(ticket.atMs, waitMs);
    usedAt(nowMs);
    if (limit.value !== undefined) count.fill(limit.value);
  }

  return {
    fitsAtMs,
    take,
    admitted,
    giveBack,
    refused,
    free: (nowMs) => {
      if (limit.value === undefined) return 1;
      const used = usedAt(nowMs);
      return Math.max(0, 1 - used / limit.value);
    },
  };
}
