import { slidingSum } from './sliding-sum.ts';
import { windowOrigin } from './window-origin.ts';

/**
 * A copy of one of the service's windows: so many tokens a minute, so many calls in ten seconds.
 * Until it is known when the service's own windows begin, any `windowMs` counts: that is never too much.
 */
export interface QuotaWindow {
  /** When `amount` fits; not after `nowMs` when it fits now, `Infinity` when it never will. */
  fitsAtMs(amount: number, nowMs: number): number;
  take(amount: number, nowMs: number): Ticket;
  /** The attempt has ended. `counted` is `false` when the service did not count it. */
  settle(ticket: Ticket, counted: boolean, nowMs: number): void;
  /** What an answer said: the limit, and what remained of it when the attempt was let in. */
  observe(ticket: Ticket, seen: Seen, nowMs: number): void;
  /** A refusal that these books did not foresee, with the wait that the service asked for. */
  refused(ticket: Ticket, waitMs: number | undefined, nowMs: number): void;
  /** Free share, 0 to 1; 1 while no limit is known. */
  free(nowMs: number): number;
}

/** What a header says about a window. */
interface Seen {
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
}

/** One entry in the books. */
export interface Ticket {
  readonly atMs: number;
  readonly amount: number;
  /** All that had ever been taken, this included. */
  readonly upTo: number;
}

/** A guess that was used up without a refusal may have been too small. */
const guessGrowth = 1.05;

/** An attempt that is sent so shortly before a window ends may arrive in the next one. */
const onTheWayMs = 50;

/**
 * A window of `given`, or of a limit that is still to be learned. Calls are counted exactly; tokens are estimates, of
 * which the service may think less than we do.
 */
export function quotaWindow(
  given: number | undefined,
  windowMs: number,
  counts: 'exact' | 'estimates' = 'estimates',
): QuotaWindow {
  const recent = slidingSum(windowMs);
  const origin = windowOrigin(windowMs);
  const pending = new Set<Ticket>();
  let limit = given;
  let total = 0;
  /** The window that `used` belongs to. */
  let beganMs = Number.NEGATIVE_INFINITY;
  let used = 0;
  let hasAsked = false;
  /** The limit is what went through before a refusal: others may have taken their part of it. */
  let isGuess = false;
  let wasFull = false;

  /** When the window of a time began; `undefined` while nothing is known about windows. */
  const beginningOf = (atMs: number): number | undefined =>
    origin.atMs === undefined
      ? undefined
      : origin.atMs + Math.floor((atMs - origin.atMs) / windowMs) * windowMs;

  function usedAt(nowMs: number): number {
    const beginning = beginningOf(nowMs);
    if (beginning === undefined) return recent.sum(nowMs);
    // What is known of the beginning gets better all the time: only a jump is another window.
    if (beginning - beganMs > windowMs / 2) {
      used = 0;
      if (isGuess && wasFull) limit = (limit ?? 0) * guessGrowth;
      wasFull = false;
      for (const { atMs, amount } of pending) if (atMs > beginning - onTheWayMs) used += amount;
    }
    beganMs = beginning;
    return used;
  }

  function fitsAtMs(amount: number, nowMs: number): number {
    if (limit === undefined) return nowMs;
    if (amount > limit && !isGuess) return Infinity;
    const taken = usedAt(nowMs);
    const excess = taken + amount - limit;
    if (excess <= 0 || taken === 0) return nowMs;
    wasFull = true;
    // One question to the service, once: its refusal names the end of its window, which no other answer does.
    if (!hasAsked && origin.atMs === undefined) return nowMs;
    return origin.atMs === undefined ? recent.leavesAtMs(excess, nowMs) : beganMs + windowMs;
  }

  function take(amount: number, nowMs: number): Ticket {
    if (usedAt(nowMs) + amount > (limit ?? Infinity)) hasAsked = true;
    used += amount;
    total += amount;
    recent.add(amount, nowMs);
    const ticket = { atMs: nowMs, amount, upTo: total };
    pending.add(ticket);
    return ticket;
  }

  function settle(ticket: Ticket, counted: boolean, nowMs: number): void {
    pending.delete(ticket);
    if (counted) return;
    recent.remove(ticket.amount, ticket.atMs);
    if (beginningOf(ticket.atMs) === beginningOf(nowMs)) used = Math.max(0, usedAt(nowMs) - ticket.amount);
  }

  function observe(ticket: Ticket, { limit: said, remaining }: Seen, nowMs: number): void {
    // The config may promise more than the service grants, never less than we want to use.
    if (said !== undefined) {
      limit = Math.min(said, given ?? Infinity);
      isGuess = false;
    }
    // A zero on an answer is more often nonsense than the truth (MS Q&A 5625878), and the truth comes with a refusal.
    if (remaining === undefined || remaining === 0 || limit === undefined) return;
    const seen = Math.max(0, limit - remaining);
    const before = origin.atMs;
    origin.saw({ sentMs: ticket.atMs, order: ticket.upTo, used: seen }, limit);
    if (origin.atMs === undefined || beginningOf(ticket.atMs) !== beginningOf(nowMs)) return;
    if (before === undefined) beganMs = beginningOf(nowMs) ?? beganMs;
    usedAt(nowMs);
    // What was taken later, and what was taken earlier but may have arrived later, is not in that number.
    let unseen = total - ticket.upTo;
    for (const other of pending) if (other.upTo < ticket.upTo) unseen += other.amount;
    used = counts === 'exact' ? Math.max(used, seen + unseen) : seen + unseen;
  }

  function refused(ticket: Ticket, waitMs: number | undefined, nowMs: number): void {
    // All that went through before the refusal is what the service grants.
    if (limit === undefined || isGuess) {
      limit = Math.max(ticket.amount, (isGuess ? usedAt(nowMs) : recent.sum(nowMs)) - ticket.amount);
      isGuess = true;
    }
    wasFull = false;
    if (waitMs === undefined || waitMs > windowMs) return;
    origin.told(ticket.atMs, waitMs);
    beganMs = beginningOf(nowMs) ?? beganMs;
    used = limit;
  }

  return {
    fitsAtMs,
    take,
    settle,
    observe,
    refused,
    free: (nowMs) => (limit === undefined ? 1 : Math.max(0, 1 - usedAt(nowMs) / limit)),
  };
}
