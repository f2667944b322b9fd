import { slidingSum } from './sliding-sum.ts';

/**
 * A copy of one of the service's windows: so many tokens a minute, so many calls in ten seconds.
 * Until the service has said when its own windows begin, any `windowMs` counts: that is never too much.
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
export interface Seen {
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

/** A window of `given`, or of a limit that is still to be learned. */
export function quotaWindow(given: number | undefined, windowMs: number): QuotaWindow {
  const recent = slidingSum(windowMs);
  const pending = new Set<Ticket>();
  let limit = given;
  let total = 0;
  /** When one of the service's windows began, once it has said so. */
  let origin: number | undefined;
  let index = 0;
  let used = 0;

  const indexAt = (nowMs: number): number =>
    origin === undefined ? 0 : Math.floor((nowMs - origin) / windowMs);

  function usedAt(nowMs: number): number {
    if (origin === undefined) return recent.sum(nowMs);
    if (indexAt(nowMs) !== index) [index, used] = [indexAt(nowMs), 0];
    return used;
  }

  function fitsAtMs(amount: number, nowMs: number): number {
    if (limit === undefined) return nowMs;
    if (amount > limit) return Infinity;
    const excess = usedAt(nowMs) + amount - limit;
    if (excess <= 0) return nowMs;
    return origin === undefined ? recent.leavesAtMs(excess, nowMs) : origin + (index + 1) * windowMs;
  }

  function take(amount: number, nowMs: number): Ticket {
    usedAt(nowMs);
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
    if (indexAt(ticket.atMs) === indexAt(nowMs)) used = Math.max(0, usedAt(nowMs) - ticket.amount);
  }

  function observe(ticket: Ticket, { limit: said, remaining }: Seen, nowMs: number): void {
    // The config may promise more than the service grants, never less than we want to use.
    if (said !== undefined && (given === undefined || said < given)) limit = said;
    if (remaining === undefined || limit === undefined || origin === undefined) return;
    if (indexAt(ticket.atMs) !== indexAt(nowMs)) return;
    usedAt(nowMs);
    // What was taken later, and what was taken earlier but may have arrived later, is not in that number.
    let unseen = total - ticket.upTo;
    for (const other of pending) if (other.upTo < ticket.upTo) unseen += other.amount;
    used = Math.max(0, limit - remaining) + unseen;
  }

  function refused(ticket: Ticket, waitMs: number | undefined, nowMs: number): void {
    // All that went through before the refusal is what the service grants.
    limit ??= Math.max(ticket.amount, recent.sum(nowMs) - ticket.amount);
    if (waitMs === undefined || waitMs > windowMs) return;
    const boundary = nowMs + waitMs;
    origin ??= boundary;
    // Every hint is late by its way through the network: the earliest is the best.
    const ahead = (((boundary - origin) % windowMs) + windowMs) % windowMs;
    if (ahead > windowMs / 2) origin += ahead - windowMs;
    index = indexAt(nowMs);
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
