import type { FairShares } from './fair-shares.ts';
import { rendezvous } from './prompt-cache.ts';
import type { PromptCache } from './prompt-cache.ts';
import type { PromptChain } from './prompt-chain.ts';
import type { Candidate } from '../route/route.ts';
import type { Target } from '../route/target.ts';

/** A candidate with what was learned of it for one kind of call. */
export interface Known {
  readonly candidate: Candidate;
  /** Logarithm of the time that a call will take; `NaN` when nothing is known. */
  readonly log: number;
  /** The same estimate, raised by the load of calls under way. */
  readonly loadedLog: number;
  /** Number of answers that the estimate rests on. */
  readonly count: number;
  readonly deviation: number;
  /** Free share of its quota. */
  readonly free: number;
}

/** Times (logarithms) that differ by less than this count as equal, however certain the difference is. */
const sameTime = 0.1;
/** A target with the prompt in its cache is preferred up to this difference of times (logarithms). */
const worthCache = 0.25;
/** Quota is compared in steps, so that equal targets take turns. */
const quotaSteps = 10;

/** The fastest targets of a tier, whose times do not differ significantly: calls are divided among them. */
export function fastestOf(known: readonly Known[], slack = 0): readonly Known[] {
  const best = bestOf(known);
  if (best === undefined) return known;
  return known.filter(
    (one) => Number.isNaN(one.loadedLog) || one.loadedLog - best.loadedLog <= noise(one, best) + slack,
  );
}

/** The target that is expected to answer first. */
export function bestOf(known: readonly Known[]): Known | undefined {
  let best: Known | undefined;
  for (const one of known) {
    if (!Number.isNaN(one.loadedLog) && (best === undefined || one.loadedLog < best.loadedLog)) best = one;
  }
  return best;
}

/** The largest difference that two estimates may have by chance: two standard errors. */
function noise(a: Known, b: Known): number {
  const deviation = Math.max(a.deviation, b.deviation);
  return sameTime + 2 * deviation * Math.sqrt(1 / Math.max(1, a.count) + 1 / Math.max(1, b.count));
}

/** Sorted by free quota, then by the calls that each target is owed. */
export function inTurn(known: readonly Known[], shares: FairShares): readonly Known[] {
  const among = known.map(({ candidate }) => candidate);
  const keyed = known.map((one) => ({
    one,
    free: Math.ceil(one.free * quotaSteps),
    owed: shares.owed(one.candidate, among),
  }));
  return keyed.sort((a, b) => b.free - a.free || b.owed - a.owed).map(({ one }) => one);
}

/** Sorted only by the calls that each target is owed: for a tier with weights. */
export function byShare(candidates: readonly Candidate[], shares: FairShares): readonly Candidate[] {
  if (candidates.length < 2) return candidates;
  return candidates
    .map((candidate) => ({ candidate, owed: shares.owed(candidate, candidates) }))
    .sort((a, b) => b.owed - a.owed)
    .map(({ candidate }) => candidate);
}

export { worthCache };

/** The target whose cache has, or will have, the beginning of a prompt. `isCached`: it has it already. */
export interface CachePlace {
  readonly target: Target;
  readonly isCached: boolean;
}

/**
 * The target for a prompt among `candidates`: one that has its beginning in the cache and is not too far above its share.
 * For a new prompt it is the first by rendezvous hashing that is owed a call.
 */
export function placeOf(
  chain: PromptChain,
  candidates: readonly Candidate[],
  { cache, shares, nowMs }: { cache: PromptCache; shares: FairShares; nowMs: number },
): CachePlace | undefined {
  const [first] = chain.hashes;
  if (first === undefined || candidates.length < 2) return undefined;
  const owed = (candidate: Candidate): number => shares.owed(candidate, candidates);
  const cached = cache.find(chain, nowMs);
  const fair = shares.recent / candidates.length;
  if (cached !== undefined) {
    // A conversation that moved would lose its cache. A beginning that many prompts share is soon in every cache.
    const most = cached.goesOn ? Math.min(20, 2 + fair * 0.2) : Math.min(10, 0.5 + fair * 0.05);
    const holders = candidates
      .filter(({ target }) => cached.targets.includes(target))
      .sort((a, b) => owed(b) - owed(a));
    const [holder] = holders;
    if (holder !== undefined && owed(holder) >= -most) return { target: holder.target, isCached: true };
  }
  const hash = chain.hasKey ? first : (chain.hashes.at(-1) ?? first);
  const least = Math.max(...candidates.map(owed)) - 0.75;
  const due = candidates.filter((candidate) => owed(candidate) >= least);
  const [place] = due.sort((a, b) => rendezvous(hash, b.target) - rendezvous(hash, a.target));
  return place === undefined ? undefined : { target: place.target, isCached: false };
}
