import type { Refusal } from '../quota/quota.ts';
import { windowMs } from '../quota/window-lengths.ts';

/** The state of a target in the last answer of the store. */
export interface LastKnown {
  readonly atMs: number;
  /** How many replicas shared it. */
  readonly replicas: number;
  /** How many there may be, when the count is old. */
  readonly assumedReplicas?: number;
  /** The smallest number of replicas to assume, whatever the store counted. */
  readonly leastReplicas?: number | undefined;
  /** Whether all of this is assumed, because the store has never answered. */
  readonly neverAnswered?: { readonly sinceMs: number; /** From 0 to 1. */ readonly phase: number };
  readonly tokens: KnownWindow;
  readonly requests: KnownWindow;
}

interface KnownWindow {
  readonly limit: number | undefined;
  /** What leaves the window within each of its next twelfths, and a little later. */
  readonly leaving: readonly number[];
}

/** Attempts that this replica has sent since then, at about the same time. */
export interface OwnEntry {
  readonly atMs: number;
  tokens: number;
  calls: number;
  /** Whether the store has received a report of them. */
  isReported: boolean;
  /** Whether they are in a report that is being sent, or has arrived: later attempts then get an entry of their own. */
  isInReport: boolean;
}

/** The share grows from a tenth to the whole within this time, and starts later where earlier usage is unknown. */
const untilWholeMs = 9_000;
const atOnce = 0.1;

/** Attempts closer together than this are one entry, with the time of the last. */
const momentMs = 250;

/** An older answer of the store does not show what is free: other replicas may have used it since. */
const freshMs = 2_000;

/** A count of replicas that is older may be too low. */
const countFreshMs = 120_000;

/**
 * The part of a target's limits that a replica may use without the store. When every replica follows this rule, all of
 * them together stay within the limits: what was used when the store last answered leaves its windows as time passes, and
 * each replica may use an equal part of what is then free. A replica does not use its part at once: the store may have
 * been slow only for this replica, and the others may not know.
 */
export interface LocalShare {
  /** Why an attempt does not fit; `undefined` when it does. */
  refuses(tokens: number, nowMs: number): Refusal | undefined;
  /** Records an attempt. */
  take(tokens: number, nowMs: number, isReported: boolean): OwnEntry;
  /** The attempts that no report to the store contains yet. */
  unreported(nowMs: number): readonly OwnEntry[];
  /** Records an attempt of the lease. Other replicas may have got more since the last answer than this replica knows. */
  passedBy(): void;
  /** Records that the store no longer answers. */
  isAlone(nowMs: number): void;
  /** Free part of the share, 0 to 1. */
  free(nowMs: number): number;
}

type Kind = keyof typeof windowMs;

/** The share after the last answer of the store, `known`, which does not include the attempts in `unreported`. */
export function localShare(known: LastKnown, unreported: readonly OwnEntry[] = []): LocalShare {
  let entries: OwnEntry[] = [...unreported];
  let aloneSinceMs: number | undefined;
  let hasPassedBy = false;

  const countOf = (entry: OwnEntry, kind: Kind): number => (kind === 'tokens' ? entry.tokens : entry.calls);

  function replicas(): number {
    const { atMs, replicas: heard, assumedReplicas = heard, leastReplicas = 1 } = known;
    const isOld = (aloneSinceMs ?? atMs) - atMs > countFreshMs;
    return Math.max(heard, leastReplicas, isOld ? assumedReplicas : 1);
  }

  /** An attempt larger than the share counts until the share has made up for it. */
  function countsForMs(entry: OwnEntry, kind: Kind): number {
    const share = (known[kind].limit ?? Infinity) / replicas();
    return windowMs[kind] * Math.max(1, countOf(entry, kind) / share);
  }

  function forget(nowMs: number): void {
    entries = entries.filter((entry) =>
      (['tokens', 'requests'] as const).some((kind) => entry.atMs > nowMs - countsForMs(entry, kind)),
    );
  }

  function ownAt(kind: Kind, nowMs: number): number {
    let sum = 0;
    for (const entry of entries) {
      if (entry.atMs > nowMs - countsForMs(entry, kind)) sum += countOf(entry, kind);
    }
    return sum;
  }

  function leavesAtMs(kind: Kind, place: number): number {
    return known.atMs + ((place + 1) * windowMs[kind]) / 12;
  }

  function knownAt(kind: Kind, nowMs: number): number {
    return known[kind].leaving.reduce(
      (sum, amount, place) => (leavesAtMs(kind, place) > nowMs ? sum + amount : sum),
      0,
    );
  }

  /** What other replicas may have used between the last answer of the store and its outage: all that was free. */
  function unseenAt(kind: Kind, limit: number, nowMs: number): number {
    if (aloneSinceMs === undefined || replicas() === 1) return 0;
    const { atMs, neverAnswered } = known;
    const isOld = hasPassedBy || aloneSinceMs - atMs > freshMs;
    if (!isOld || neverAnswered !== undefined || nowMs >= aloneSinceMs + windowMs[kind]) return 0;
    return Math.max(0, limit - knownAt(kind, known.atMs));
  }

  function isFree(kind: Kind, amount: number, nowMs: number): boolean {
    const { limit } = known[kind];
    if (limit === undefined) return true;
    const [own, others] = [ownAt(kind, nowMs), knownAt(kind, nowMs) + unseenAt(kind, limit, nowMs)];
    // An attempt larger than the share may pass when nothing else is under way: otherwise it would wait for ever.
    if (own === 0 && others === 0 && nowMs >= mayPassAtMs(kind, amount)) return true;
    const share = (limit - others) / replicas();
    return own + amount <= (own === 0 ? share : share * usablePart(nowMs));
  }

  /** Delays attempts larger than the share, so that replicas that start together do not send them together. */
  function mayPassAtMs(kind: Kind, amount: number): number {
    if (known.neverAnswered === undefined) return 0;
    const { sinceMs, phase } = known.neverAnswered;
    const shares = (amount * replicas()) / (known[kind].limit ?? Infinity);
    return sinceMs + phase * Math.max(0, shares - 1) * windowMs[kind];
  }

  function usablePart(nowMs: number): number {
    aloneSinceMs ??= nowMs;
    const wholeMs = known.neverAnswered === undefined ? untilWholeMs : windowMs.tokens;
    return Math.min(1, atOnce + (1 - atOnce) * ((nowMs - aloneSinceMs) / wholeMs));
  }

  function freeAtMs(kind: Kind, amount: number, nowMs: number): number {
    if (isFree(kind, amount, nowMs)) return nowMs;
    const times = [
      ...known[kind].leaving.map((_, place) => leavesAtMs(kind, place)),
      ...entries.map((entry) => entry.atMs + countsForMs(entry, kind)),
      ...Array.from({ length: 18 }, (_, place) => nowMs + (place + 1) * 500),
      (aloneSinceMs ?? nowMs) + windowMs[kind],
      mayPassAtMs(kind, amount),
    ];
    return times.sort((a, b) => a - b).find((atMs) => isFree(kind, amount, atMs)) ?? nowMs + 1_000;
  }

  return {
    refuses: (tokens, nowMs) => {
      aloneSinceMs ??= nowMs;
      const tokensAtMs = freeAtMs('tokens', tokens, nowMs);
      const requestsAtMs = freeAtMs('requests', 1, nowMs);
      const retryAtMs = Math.max(tokensAtMs, requestsAtMs);
      if (retryAtMs <= nowMs) return undefined;
      return { ok: false, reason: tokensAtMs >= requestsAtMs ? 'tokens' : 'requests', retryAtMs };
    },
    take: (tokens, nowMs, isReported) => {
      let entry = entries.at(-1);
      const moment = Math.ceil((nowMs + 1) / momentMs) * momentMs;
      if (entry?.atMs !== moment || entry.isReported !== isReported || (entry.isInReport && !isReported)) {
        entry = { atMs: moment, tokens: 0, calls: 0, isReported, isInReport: false };
        entries.push(entry);
      }
      entry.tokens += Math.ceil(tokens);
      entry.calls += 1;
      return entry;
    },
    unreported: (nowMs) => {
      forget(nowMs);
      const unknown = entries.filter(({ isReported, calls }) => !isReported && calls > 0);
      for (const entry of unknown) entry.isInReport = true;
      return unknown;
    },
    passedBy: () => {
      hasPassedBy = true;
    },
    isAlone: (nowMs) => {
      aloneSinceMs ??= nowMs;
    },
    free: (nowMs) =>
      Math.min(
        ...(['tokens', 'requests'] as const).map((kind) => {
          const { limit } = known[kind];
          if (limit === undefined) return 1;
          const used = ownAt(kind, nowMs) * replicas() + knownAt(kind, nowMs) + unseenAt(kind, limit, nowMs);
          return Math.max(0, 1 - used / limit);
        }),
      ),
  };
}
