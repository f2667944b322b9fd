import type { Refusal } from '../quota/quota.ts';

/** What the store knew of a target when it last answered. */
export interface LastKnown {
  readonly atMs: number;
  /** How many replicas shared it. */
  readonly replicas: number;
  readonly tokens: KnownWindow;
  readonly requests: KnownWindow;
}

interface KnownWindow {
  readonly limit: number | undefined;
  /** What leaves the window within each of its next twelfths, and a little later. */
  readonly leaving: readonly number[];
}

/** Attempts of one moment that this replica has let through since. */
export interface OwnEntry {
  readonly atMs: number;
  tokens: number;
  calls: number;
  /** The store knows of them. */
  isPoured: boolean;
  /** The store is being told of them: later ones are an entry of their own. */
  isSealed: boolean;
}

/** A tenth of the share at once, and all of it after so long. */
const untilWholeMs = 9_000;
const atOnce = 0.1;

/** Attempts that are closer together than this are one entry, as of the last of them. */
const momentMs = 250;

/**
 * The part of a target's limits that a replica may use on its own. Whatever the others do by the same rule, all of them
 * together stay within the limits: what was used when the store last answered leaves its windows as time passes, and
 * each may use an equal part of what is then free. A store that is slow for a moment is no reason to use it all at once:
 * the others may not have noticed.
 */
export interface LocalShare {
  /** Why an attempt does not fit; `undefined` when it does. */
  refuses(tokens: number, nowMs: number): Refusal | undefined;
  /** Writes an attempt down. */
  take(tokens: number, nowMs: number, isPoured: boolean): OwnEntry;
  /** What the store does not know of. */
  owed(nowMs: number): readonly OwnEntry[];
  /** Free part of the share, 0 to 1. */
  free(nowMs: number): number;
}

const windowMs = { tokens: 60_000, requests: 10_000 } as const;
type Kind = keyof typeof windowMs;

/** The share as of `known`, which is what the store said last. It does not know of what is `owed`. */
export function localShare(known: LastKnown, owed: readonly OwnEntry[] = []): LocalShare {
  let entries: OwnEntry[] = [...owed];
  let aloneSinceMs: number | undefined;

  const countOf = (entry: OwnEntry, kind: Kind): number => (kind === 'tokens' ? entry.tokens : entry.calls);

  function forget(nowMs: number): void {
    const first = entries[0];
    if (first === undefined || first.atMs > nowMs - windowMs.tokens) return;
    entries = entries.filter(({ atMs }) => atMs > nowMs - windowMs.tokens);
  }

  function ownAt(kind: Kind, nowMs: number): number {
    let sum = 0;
    for (const entry of entries) if (entry.atMs > nowMs - windowMs[kind]) sum += countOf(entry, kind);
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

  function isFree(kind: Kind, amount: number, nowMs: number): boolean {
    const { limit } = known[kind];
    if (limit === undefined) return true;
    const [own, others] = [ownAt(kind, nowMs), knownAt(kind, nowMs)];
    // What is larger than the share may pass when there is nothing else: it would wait for ever.
    if (own === 0 && others === 0) return true;
    const share = (limit - others) / known.replicas;
    return own + amount <= (own === 0 ? share : share * usablePart(nowMs));
  }

  function usablePart(nowMs: number): number {
    aloneSinceMs ??= nowMs;
    return Math.min(1, atOnce + (1 - atOnce) * ((nowMs - aloneSinceMs) / untilWholeMs));
  }

  function freeAtMs(kind: Kind, amount: number, nowMs: number): number {
    if (isFree(kind, amount, nowMs)) return nowMs;
    const times = [
      ...known[kind].leaving.map((_, place) => leavesAtMs(kind, place)),
      ...entries.map(({ atMs }) => atMs + windowMs[kind]),
      ...Array.from({ length: 18 }, (_, place) => nowMs + (place + 1) * 500),
    ].filter((atMs) => atMs > nowMs);
    return times.sort((a, b) => a - b).find((atMs) => isFree(kind, amount, atMs)) ?? nowMs + 1_000;
  }

  return {
    refuses: (tokens, nowMs) => {
      forget(nowMs);
      aloneSinceMs ??= nowMs;
      const tokensAtMs = freeAtMs('tokens', tokens, nowMs);
      const requestsAtMs = freeAtMs('requests', 1, nowMs);
      const retryAtMs = Math.max(tokensAtMs, requestsAtMs);
      if (retryAtMs <= nowMs) return undefined;
      return { ok: false, reason: tokensAtMs >= requestsAtMs ? 'tokens' : 'requests', retryAtMs };
    },
    take: (tokens, nowMs, isPoured) => {
      let entry = entries.at(-1);
      const moment = Math.ceil((nowMs + 1) / momentMs) * momentMs;
      if (entry?.atMs !== moment || entry.isPoured !== isPoured || (entry.isSealed && !isPoured)) {
        entry = { atMs: moment, tokens: 0, calls: 0, isPoured, isSealed: false };
        entries.push(entry);
      }
      entry.tokens += Math.ceil(tokens);
      entry.calls += 1;
      return entry;
    },
    owed: (nowMs) => {
      forget(nowMs);
      const unknown = entries.filter(({ isPoured, calls }) => !isPoured && calls > 0);
      for (const entry of unknown) entry.isSealed = true;
      return unknown;
    },
    free: (nowMs) =>
      Math.min(
        ...(['tokens', 'requests'] as const).map((kind) => {
          const { limit } = known[kind];
          if (limit === undefined) return 1;
          const used = ownAt(kind, nowMs) * known.replicas + knownAt(kind, nowMs);
          return Math.max(0, 1 - used / limit);
        }),
      ),
  };
}
