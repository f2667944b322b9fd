import type { LastKnown, LocalShare, OwnEntry } from './local-share.ts';
import { localShare } from './local-share.ts';
import type { Refusal } from '../quota/quota.ts';
import { windowMs } from '../quota/window-lengths.ts';

/** What an answer of the store says about its books. */
export interface StoreNews {
  readonly known: LastKnown;
  /** Name of the books: another one means that the server has lost what it knew. */
  readonly epoch: string;
  readonly serverMs: number;
}

/** What the store is told of. */
interface Report {
  readonly text: string;
  /** Whether it has arrived. */
  end(hasArrived: boolean): void;
}

const nothing: Report = { text: '', end: () => undefined };

/**
 * What a replica remembers of one target, for when the store does not answer, and for a while after: the others may not
 * have found back to it yet, and it may have lost what it knew.
 */
export interface StoreMemory {
  /** Whether the replica keeps to its own share, beside what the store says. */
  keepsToShare(nowMs: number): boolean;
  refuses(tokens: number, nowMs: number): Refusal | undefined;
  take(tokens: number, nowMs: number, isReported: boolean): OwnEntry;
  /** What the store has not been told of, as `age:tokens:calls,…`, for one question at a time. */
  report(nowMs: number): Report;
  heard(news: StoreNews): void;
  /** The time of the server at `atMs` of ours; `undefined` before it has told it. */
  serverMs(atMs: number): number | undefined;
  /** The clock of the server says `serverMs` now. */
  setClock(serverMs: number, nowMs: number): void;
  failed(nowMs: number): void;
  /** An attempt was made on the lease, without asking. */
  passedBy(): void;
  free(nowMs: number): number;
  /** How many replicas share the target, as far as is known. */
  replicas(): number;
}

/** The longest that a replica leaves a store alone which did not answer. */
const longestPauseMs = 30_000;
const shortestPauseMs = 500;
/** Two clocks that drift apart by more between two answers have not drifted: one of them was set. */
const clockSetMs = 2_000;

/** `empty` is what holds before the store has ever answered. */
export function storeMemory(empty: LastKnown): StoreMemory {
  const { leastReplicas = 1, replicas: assumedReplicas } = empty;
  let known = empty;
  let share: LocalShare = localShare(empty);
  let epoch: string | undefined;
  let clockOffsetMs: number | undefined;
  let failingSinceMs: number | undefined;
  let keepsUntilMs = 0;
  let isReporting = false;

  function setClock(serverMs: number, nowMs: number): void {
    const offsetMs = serverMs - nowMs;
    const wasSet = clockOffsetMs !== undefined && Math.abs(offsetMs - clockOffsetMs) > clockSetMs;
    if (wasSet) distrust();
    clockOffsetMs = offsetMs;
  }

  /** What the store says of the window that was under way is no longer all. */
  function distrust(): void {
    keepsUntilMs = Math.max(keepsUntilMs, known.atMs + windowMs.tokens);
  }

  function heard(news: StoreNews): void {
    const nowMs = news.known.atMs;
    setClock(news.serverMs, nowMs);
    if (epoch !== undefined && epoch !== news.epoch) distrust();
    if (failingSinceMs !== undefined) {
      // So long may others leave the store alone that failed for them as long as for us.
      const pauseMs = Math.min(longestPauseMs, nowMs - failingSinceMs + shortestPauseMs);
      keepsUntilMs = Math.max(keepsUntilMs, nowMs + pauseMs);
    }
    failingSinceMs = undefined;
    epoch = news.epoch;
    if (nowMs < keepsUntilMs) return;
    known = { ...news.known, assumedReplicas, leastReplicas };
    share = localShare(known, share.unreported(nowMs));
  }

  return {
    keepsToShare: (nowMs) => failingSinceMs !== undefined || nowMs < keepsUntilMs,
    refuses: (tokens, nowMs) => share.refuses(tokens, nowMs),
    take: (tokens, nowMs, isReported) => share.take(tokens, nowMs, isReported),
    report: (nowMs) => {
      const entries = isReporting ? [] : share.unreported(nowMs);
      if (entries.length === 0) return nothing;
      isReporting = true;
      return {
        text: entries
          .map(({ atMs, tokens, calls }) => `${Math.max(0, Math.round(nowMs - atMs))}:${tokens}:${calls}`)
          .join(','),
        end: (hasArrived) => {
          isReporting = false;
          for (const entry of entries) entry.isReported = hasArrived;
        },
      };
    },
    heard,
    serverMs: (atMs) => (clockOffsetMs === undefined ? undefined : Math.ceil(atMs + clockOffsetMs)),
    setClock,
    failed: (nowMs) => {
      failingSinceMs ??= nowMs;
      share.isAlone(nowMs);
    },
    passedBy: () => {
      share.passedBy();
    },
    free: (nowMs) => share.free(nowMs),
    replicas: () => known.replicas,
  };
}
