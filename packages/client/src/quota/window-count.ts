import { slidingSum } from './sliding-sum.ts';
import type { WindowOrigin } from './window-origin.ts';

/**
 * Counts what was taken in two ways: since the current window began, as a service with fixed windows does, and within
 * the last `windowMs`.
 */
export interface WindowCount {
  /** When the current window began; `-Infinity` while it is not known when windows begin. */
  readonly beganMs: number;
  /** Taken since the current window began. */
  readonly inWindow: number;
  /** Taken within the last `windowMs`. */
  sliding(nowMs: number): number;
  /** When at least `amount` will have left the sliding window. */
  leavesAtMs(amount: number, nowMs: number): number;
  /** Goes on to the window of `nowMs`; true if that is another one. */
  moveTo(nowMs: number): boolean;
  take(amount: number, nowMs: number): Ticket;
  /** The request of the ticket is over; false if it was before. */
  end(ticket: Ticket): boolean;
  /** Takes a ticket out of both counts. */
  remove(ticket: Ticket): void;
  /** Whether the ticket was taken in the window of `nowMs`. */
  isOfWindow(ticket: Ticket, nowMs: number): boolean;
  /** The service had counted `used` when it let the ticket in, which is of the current window. */
  correct(ticket: Ticket, used: number): void;
  /** The current window is full. */
  fill(limit: number): void;
}

/** What one request has taken. */
export interface Ticket {
  readonly atMs: number;
  readonly amount: number;
  /** All that had ever been taken, this included. */
  readonly upTo: number;
}

/** An attempt that is sent so shortly before a window ends may arrive in the next one. */
const onTheWayMs = 50;

/** `exact` amounts are never lowered by a correction; the service may count less than what we estimate. */
export function windowCount(
  windowMs: number,
  origin: WindowOrigin,
  counts: 'exact' | 'estimates',
): WindowCount {
  const recent = slidingSum(windowMs);
  const pending = new Set<Ticket>();
  let total = 0;
  let beganMs = Number.NEGATIVE_INFINITY;
  let inWindow = 0;

  const beginningOf = (atMs: number): number =>
    origin.atMs === undefined
      ? Number.NEGATIVE_INFINITY
      : origin.atMs + Math.floor((atMs - origin.atMs) / windowMs) * windowMs;

  function moveTo(nowMs: number): boolean {
    const beginning = beginningOf(nowMs);
    // What is known of the beginning gets more exact all the time: only a jump is another window.
    const isAnother = beginning - beganMs > windowMs / 2;
    if (isAnother) {
      inWindow = 0;
      for (const { atMs, amount } of pending) if (atMs > beginning - onTheWayMs) inWindow += amount;
    }
    beganMs = beginning;
    return isAnother;
  }

  function take(amount: number, nowMs: number): Ticket {
    inWindow += amount;
    total += amount;
    recent.add(amount, nowMs);
    const ticket = { atMs: nowMs, amount, upTo: total };
    pending.add(ticket);
    return ticket;
  }

  function remove({ amount, atMs }: Ticket): void {
    recent.remove(amount, atMs);
    if (beginningOf(atMs) === beganMs) inWindow = Math.max(0, inWindow - amount);
  }

  function correct({ upTo }: Ticket, used: number): void {
    // What was taken later, and what was taken earlier but may have arrived later, is not in that number.
    let unseen = total - upTo;
    for (const other of pending) if (other.upTo < upTo) unseen += other.amount;
    inWindow = counts === 'exact' ? Math.max(inWindow, used + unseen) : used + unseen;
  }

  return {
    get beganMs() {
      return beganMs;
    },
    get inWindow() {
      return inWindow;
    },
    sliding: (nowMs) => recent.sum(nowMs),
    leavesAtMs: (amount, nowMs) => recent.leavesAtMs(amount, nowMs),
    moveTo,
    take,
    end: (ticket) => pending.delete(ticket),
    remove,
    isOfWindow: ({ atMs }, nowMs) => beginningOf(atMs) === beginningOf(nowMs),
    correct,
    fill: (limit) => {
      inWindow = limit;
    },
  };
}
