import type { LastKnown, LocalShare, OwnEntry } from './local-share.ts';
import { localShare } from './local-share.ts';
import type { Refusal } from '../quota/quota.ts';

/** What an answer of the store says about its books. */
export interface StoreNews {
  readonly known: LastKnown;
  /** Name of the books: another one means that the server has lost what it knew. */
  readonly epoch: string;
  readonly serverMs: number;
}

/** What the store is being told. */
interface Debt {
  readonly text: string;
  /** Whether it has arrived. */
  end(isTold: boolean): void;
}

const nothing: Debt = { text: '', end: () => undefined };

/**
 * What a replica remembers of one target, for when the store does not answer, and for a while after: the others may not
 * have found back to it yet, and it may have lost what it knew.
 */
export interface StoreMemory {
  /** Whether the replica keeps to its own share, beside what the store says. */
  isCautious(nowMs: number): boolean;
  refuses(tokens: number, nowMs: number): Refusal | undefined;
  take(tokens: number, nowMs: number, isPoured: boolean): OwnEntry;
  /** What the store does not know of, as `age:tokens:calls,…`, for one question at a time. */
  owed(nowMs: number): Debt;
  heard(news: StoreNews): void;
  /** The time of the server at `atMs` of ours; `undefined` before it has told it. */
  serverMs(atMs: number): number | undefined;
  /** The clock of the server says `serverMs` now. */
  setClock(serverMs: number, nowMs: number): void;
  failed(nowMs: number): void;
  free(nowMs: number): number;
}

/** The longest that a replica leaves a store alone which did not answer. */
const longestPauseMs = 30_000;
const shortestPauseMs = 500;
const windowMs = 60_000;
/** Two clocks that drift apart by more between two answers have not drifted: one of them was set. */
const clockSetMs = 2_000;

/** `empty` is what holds before the store has ever answered. */
export function storeMemory(empty: LastKnown): StoreMemory {
  let known = empty;
  let share: LocalShare = localShare(empty);
  let epoch: string | undefined;
  let clockOffsetMs: number | undefined;
  let failingSinceMs: number | undefined;
  let cautiousUntilMs = 0;
  let isTelling = false;

  function setClock(serverMs: number, nowMs: number): void {
    const offsetMs = serverMs - nowMs;
    const wasSet = clockOffsetMs !== undefined && Math.abs(offsetMs - clockOffsetMs) > clockSetMs;
    if (wasSet) distrust();
    clockOffsetMs = offsetMs;
  }

  /** What the store says of the window that was under way is no longer all. */
  function distrust(): void {
    cautiousUntilMs = Math.max(cautiousUntilMs, known.atMs + windowMs);
  }

  function heard(news: StoreNews): void {
    const nowMs = news.known.atMs;
    setClock(news.serverMs, nowMs);
    if (epoch !== undefined && epoch !== news.epoch) distrust();
    if (failingSinceMs !== undefined) {
      // So long may others leave the store alone that failed for them as long as for us.
      const pauseMs = Math.min(longestPauseMs, nowMs - failingSinceMs + shortestPauseMs);
      cautiousUntilMs = Math.max(cautiousUntilMs, nowMs + pauseMs);
    }
    failingSinceMs = undefined;
    const isFirst = epoch === undefined;
    epoch = news.epoch;
    // Whatever it knows is more than nothing.
    if (nowMs < cautiousUntilMs && !isFirst) return;
    known = news.known;
    share = localShare(known, share.owed(nowMs));
  }

  return {
    isCautious: (nowMs) => failingSinceMs !== undefined || nowMs < cautiousUntilMs,
    refuses: (tokens, nowMs) => share.refuses(tokens, nowMs),
    take: (tokens, nowMs, isPoured) => share.take(tokens, nowMs, isPoured),
    owed: (nowMs) => {
      const entries = isTelling ? [] : share.owed(nowMs);
      if (entries.length === 0) return nothing;
      isTelling = true;
      return {
        text: entries
          .map(({ atMs, tokens, calls }) => `${Math.max(0, nowMs - atMs)}:${tokens}:${calls}`)
          .join(','),
        end: (isTold) => {
          isTelling = false;
          for (const entry of entries) entry.isPoured = isTold;
        },
      };
    },
    heard,
    serverMs: (atMs) => (clockOffsetMs === undefined ? undefined : Math.ceil(atMs + clockOffsetMs)),
    setClock,
    failed: (nowMs) => {
      failingSinceMs ??= nowMs;
    },
    free: (nowMs) => share.free(nowMs),
  };
}
