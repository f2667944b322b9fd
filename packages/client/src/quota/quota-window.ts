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
  /** The service has let the attempt in. What its answer said: the limit, and what remained of it. */
  admitted(ticket: Ticket, seen: Seen, nowMs: number): void;
  /** The service has refused it for another reason than this window, or never got it. */
  giveBack(ticket: Ticket, nowMs: number): void;
  /** The service has refused it for this window, and asked to wait. */
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
  /** A question to the service: it would not fit if windows slid. */
  readonly isQuestion: boolean;
}

/** A guess that was used up without a refusal may have been too small: a little, and twice as much each time. */
const firstGrowth = 0.01;

/** A refusal after less than so many requests of its size says more about others than about the limit. */
const enoughForGuess = 8;

/** An attempt that is sent so shortly before a window ends may arrive in the next one. */
const onTheWayMs = 50;

/** So many questions must be answered with yes before windows are believed without a counter that shows them. */
const enoughAnswers = 16;

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
  /** The limit is what went through before a refusal: others may have taken their part of it. */
  let isGuess = false;
  let wasFull = false;
  let growth = firstGrowth;
  let total = 0;
  /** The window that `used` belongs to, once the service's windows are known. */
  let beganMs = Number.NEGATIVE_INFINITY;
  let used = 0;
  /** The window in which the service was last asked something, and how that went. */
  let askedMs: number | undefined;
  let openQuestions = 0;
  let answers = 0;

  /** When the presumed window of a time began. */
  const beginningOf = (atMs: number): number =>
    origin.atMs === undefined
      ? Number.NEGATIVE_INFINITY
      : origin.atMs + Math.floor((atMs - origin.atMs) / windowMs) * windowMs;

  function usedAt(nowMs: number): number {
    const beginning = beginningOf(nowMs);
    // What is known of the beginning gets better all the time: only a jump is another window.
    if (beginning - beganMs > windowMs / 2) {
      used = 0;
      for (const { atMs, amount } of pending) if (atMs > beginning - onTheWayMs) used += amount;
      if (isGuess && wasFull) {
        limit = (limit ?? 0) * (1 + growth);
        growth = Math.min(1, growth * 2);
      }
      wasFull = false;
    }
    beganMs = beginning;
    return origin.isSure ? used : recent.sum(nowMs);
  }

  function fitsAtMs(amount: number, nowMs: number): number {
    if (limit === undefined) return nowMs;
    if (amount > limit && !isGuess) return Infinity;
    const taken = usedAt(nowMs);
    const excess = taken + amount - limit;
    if (excess <= 0 || taken === 0) return nowMs;
    wasFull = true;
    if (origin.isSure) return beganMs + windowMs;
    return mayAsk(amount, limit) ? nowMs : recent.leavesAtMs(excess, nowMs);
  }

  /**
   * Do the service's windows slide? Only it knows: one question when nothing is known, since its refusal names the end
   * of its window; then some at the beginning of each presumed window, twice as many as were answered with yes.
   */
  function mayAsk(amount: number, most: number): boolean {
    if (origin.atMs === undefined) return askedMs === undefined;
    return used + amount <= most && (askedMs !== beganMs || openQuestions <= answers);
  }

  function take(amount: number, nowMs: number): Ticket {
    const isQuestion = !origin.isSure && usedAt(nowMs) + amount > (limit ?? Infinity);
    if (isQuestion) {
      askedMs = beganMs;
      openQuestions += 1;
    }
    usedAt(nowMs);
    used += amount;
    total += amount;
    recent.add(amount, nowMs);
    const ticket = { atMs: nowMs, amount, upTo: total, isQuestion };
    pending.add(ticket);
    return ticket;
  }

  function admitted(ticket: Ticket, { limit: said, remaining }: Seen, nowMs: number): void {
    if (!pending.delete(ticket)) return;
    if (ticket.isQuestion) {
      openQuestions -= 1;
      answers += 1;
      if (answers >= enoughAnswers) origin.confirm();
    }
    if (said !== undefined) {
      limit = Math.min(said, given ?? Infinity);
      isGuess = false;
    }
    // A zero on an answer is more often nonsense than the truth (MS Q&A 5625878), and the truth comes with a refusal.
    if (remaining === undefined || remaining === 0 || limit === undefined) return;
    const seen = Math.max(0, limit - remaining);
    origin.saw({ sentMs: ticket.atMs, upTo: ticket.upTo, used: seen }, limit);
    if (!origin.isSure || beginningOf(ticket.atMs) !== beginningOf(nowMs)) return;
    usedAt(nowMs);
    // What was taken later, and what was taken earlier but may have arrived later, is not in that number.
    let unseen = total - ticket.upTo;
    for (const other of pending) if (other.upTo < ticket.upTo) unseen += other.amount;
    used = counts === 'exact' ? Math.max(used, seen + unseen) : seen + unseen;
  }

  function giveBack(ticket: Ticket, nowMs: number): void {
    if (!pending.delete(ticket)) return;
    if (ticket.isQuestion) openQuestions -= 1;
    recent.remove(ticket.amount, ticket.atMs);
    usedAt(nowMs);
    if (beginningOf(ticket.atMs) === beganMs) used = Math.max(0, used - ticket.amount);
  }

  function refused(ticket: Ticket, waitMs: number | undefined, nowMs: number): void {
    const wasPresumed = origin.atMs !== undefined;
    giveBack(ticket, nowMs);
    const overSliding = recent.sum(ticket.atMs) + ticket.amount > (limit ?? Infinity);
    const through = origin.isSure ? used : recent.sum(nowMs);
    if ((limit === undefined || isGuess) && through >= enoughForGuess * ticket.amount) {
      limit = through;
      isGuess = true;
    }
    growth = firstGrowth;
    wasFull = false;
    if (waitMs === undefined || waitMs > windowMs) return;
    // It would have fitted if the windows were what they seemed to be.
    if (wasPresumed && overSliding && !isGuess) {
      answers = 0;
      origin.doubt();
    }
    origin.told(ticket.atMs, waitMs);
    usedAt(nowMs);
    used = limit ?? used;
  }

  return {
    fitsAtMs,
    take,
    admitted,
    giveBack,
    refused,
    free: (nowMs) => (limit === undefined ? 1 : Math.max(0, 1 - usedAt(nowMs) / limit)),
  };
}
