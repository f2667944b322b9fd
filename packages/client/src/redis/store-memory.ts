import type { LastKnown, LocalShare, OwnEntry } from './local-share.ts';
import { localShare } from './local-share.ts';
import type { Refusal } from '../quota/quota.ts';
import { windowMs } from '../quota/window-lengths.ts';

/** The part of an answer that describes the books of the store. */
export interface StoreNews {
  readonly known: LastKnown;
  /** Name of the books. A new name means that the server has lost the earlier books. */
  readonly epoch: string;
  readonly serverMs: number;
}

/** A report to the store. */
interface Report {
  readonly text: string;
  /** Ends the report: `true` when the store has received it. */
  end(hasArrived: boolean): void;
}

const nothing: Report = { text: '', end: () => undefined };

/**
 * What a replica remembers of one target. It is used while the store does not answer, and for a while after: other
 * replicas may not have reached the store again yet, and the store may have lost its books.
 */
export interface StoreMemory {
  /** Whether the replica also stays within its own share, whatever the store grants. */
  keepsToShare(nowMs: number): boolean;
  refuses(tokens: number, nowMs: number): Refusal | undefined;
  take(tokens: number, nowMs: number, isReported: boolean): OwnEntry;
  /** Usage that no report contains yet, as `age:tokens:calls,…`, for one question at a time. */
  report(nowMs: number): Report;
  heard(news: StoreNews): void;
  /** The time of the server at `atMs` of this process; `undefined` before its first answer. */
  serverMs(atMs: number): number | undefined;
  failed(nowMs: number): void;
  /** Records an attempt of the lease, for which the store was not asked. */
  passedBy(): void;
  free(nowMs: number): number;
  /** The number of replicas that share the target, as last known. */
  replicas(): number;
}

/** The longest time that a replica sends no question to a store that did not answer. */
const longestPauseMs = 30_000;
const shortestPauseMs = 500;
/** When two clocks differ by this much more than at the last answer, one of them was set. */
const clockSetMs = 2_000;

/** `empty`: the state before the store has ever answered. */
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

  /** After an outage or a loss, the store does not know everything that was used in the present window. */
  function distrust(): void {
    keepsUntilMs = Math.max(keepsUntilMs, known.atMs + windowMs.tokens);
  }

  function heard(news: StoreNews): void {
    const nowMs = news.known.atMs;
    setClock(news.serverMs, nowMs);
    if (epoch !== undefined && epoch !== news.epoch) distrust();
    if (failingSinceMs !== undefined) {
      // For this time other replicas may still send no question to the store, when it failed for them as long as for us.
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
          for (const entry of entries) entry.isReported = entry.isInReport = hasArrived;
        },
      };
    },
    heard,
    serverMs: (atMs) => (clockOffsetMs === undefined ? undefined : Math.ceil(atMs + clockOffsetMs)),
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
