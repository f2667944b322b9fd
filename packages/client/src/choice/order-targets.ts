import type { Asked, Choice, TierState } from './choice.ts';
import { fairShares } from './fair-shares.ts';
import { looks } from './looks.ts';
import type { PromptCache } from './prompt-cache.ts';
import { bestOf, byShare, fastestOf, inTurn, placeOf, worthCache } from './rank-tier.ts';
import type { Known } from './rank-tier.ts';
import type { SlowTargets } from './slow-targets.ts';
import { oldestMs } from './target-book.ts';
import type { TargetBooks } from './target-books.ts';
import type { QuotaStore } from '../quota/quota.ts';
import type { Candidate } from '../route/route.ts';
import type { Target } from '../route/target.ts';

/** The order in which a call should try targets. */
export interface TargetOrder {
  of(
    tiers: readonly (readonly Candidate[])[],
    isOpen: (candidate: Candidate) => boolean,
    asked: Asked,
  ): readonly Choice[];
  /** A candidate when there is no other. */
  last(tiers: readonly (readonly Candidate[])[], candidate: Candidate): Choice;
}

interface Sources {
  readonly books: TargetBooks;
  readonly cache: PromptCache;
  readonly slow: SlowTargets;
  readonly quota: Pick<QuotaStore, 'peek'>;
  readonly now: () => number;
  readonly random: () => number;
}

/** A tier as one call sees it. */
interface TierView {
  readonly plain: Omit<Choice, 'candidate'>;
  readonly asked: Asked;
  readonly nowMs: number;
}

/** At most this many calls without an answer are no sign of load. */
const leastRoom = 6;
/** In a tier with weights, a target that is slower than the best by this factor (1.5) is left out. */
const slowerLog = 0.4;

/** Orders targets by what their books hold. */
export function targetOrder({ books, cache, slow, quota, now, random }: Sources): TargetOrder {
  const tierStates = new WeakMap<readonly Candidate[], TierState>();

  function stateOf(tier: readonly Candidate[]): TierState {
    let state = tierStates.get(tier);
    if (state === undefined) {
      const isWeighted = tier.some(({ weight }) => weight !== undefined);
      tierStates.set(tier, (state = { shares: fairShares(random), looks: looks(), isWeighted }));
    }
    return state;
  }

  function plainOf(tier: number, members: readonly Candidate[]): TierView['plain'] {
    const state = stateOf(members);
    return { tier, purpose: 'answer', among: [], state, bestLog: Number.NaN, isCached: false };
  }

  const isSlow = ({ target }: Candidate, nowMs: number): boolean =>
    books.of(target).slow.state(nowMs) !== 'closed';

  function of(
    tiers: readonly (readonly Candidate[])[],
    isOpen: (candidate: Candidate) => boolean,
    asked: Asked,
  ): readonly Choice[] {
    const nowMs = now();
    const choices: Choice[] = [];
    const slowOnes: Choice[] = [];
    const isAlone = tiers.length === 1 && tiers[0]?.length === 1;
    for (const [tier, members] of tiers.entries()) {
      const candidates = members.filter(isOpen);
      const [first] = candidates;
      if (first === undefined) continue;
      const plain = plainOf(tier, members);
      if (isAlone) return [{ ...plain, candidate: first }];
      for (const choice of rankTier(candidates, { plain, asked, nowMs })) {
        const waits = tiers.length > 1 && choice.purpose === 'answer' && isSlow(choice.candidate, nowMs);
        (waits ? slowOnes : choices).push(choice);
      }
    }
    for (const choice of slowOnes) insertSlow(choices, choice, { kind: asked.kind, nowMs });
    return choices;
  }

  /** Places a slow target after the targets of later tiers that are faster, or of unknown speed. */
  function insertSlow(choices: Choice[], slowOne: Choice, at: { kind: string; nowMs: number }): void {
    const expected = ({ candidate }: Choice) => books.expected(candidate.target, at.kind, at.nowMs);
    const own = expected(slowOne);
    const before = choices.findIndex(
      (choice) => choice.tier > slowOne.tier && choice.purpose === 'answer' && expected(choice) >= own,
    );
    choices.splice(before < 0 ? choices.length : before, 0, slowOne);
  }

  function rankTier(candidates: readonly Candidate[], view: TierView): readonly Choice[] {
    const { plain, nowMs } = view;
    plain.state.looks.earn();
    for (const { target } of candidates) slow.check(books.of(target), nowMs);
    const refusalOf = ({ target }: Candidate) => books.of(target).refusals.state(nowMs);
    const choices: Choice[] = [];
    for (const candidate of candidates) {
      if (refusalOf(candidate) === 'probe-due')
        choices.push({ ...plain, candidate, purpose: 'refusal-probe' });
      else if (books.of(candidate.target).slow.state(nowMs) === 'probe-due')
        choices.push({ ...plain, candidate, purpose: 'slow-probe' });
    }
    const usable = candidates.filter((candidate) => refusalOf(candidate) === 'closed');
    choices.push(...(plain.state.isWeighted ? weighted(usable, view) : fastest(usable, view)));
    return choices;
  }

  /** Orders by weight. A slow target is left out while at least half of the tier is clearly faster. */
  function weighted(usable: readonly Candidate[], view: TierView): readonly Choice[] {
    const { plain, asked, nowMs } = view;
    const known = usable.map((candidate) => knownOf(candidate, view));
    const best = bestOf(known.filter(({ candidate }) => !isSlow(candidate, nowMs)));
    const ill = known
      .filter(
        ({ candidate, log }) => isSlow(candidate, nowMs) && !(log <= (best?.log ?? Infinity) + slowerLog),
      )
      .map(({ candidate }) => candidate);
    const isMost = ill.length * 2 > usable.length;
    const well = isMost ? usable : usable.filter((candidate) => !ill.includes(candidate));
    const { shares } = plain.state;
    const place = placeOf(asked.chain(), well, { cache, shares, nowMs });
    const ranked = withFirst(byShare(well, shares), place?.target);
    return [...ranked, ...(isMost ? [] : ill)].map((candidate) => ({
      ...plain,
      candidate,
      among: well.includes(candidate) ? well : [],
      isCached: place?.isCached === true && candidate.target === place.target,
    }));
  }

  function fastest(usable: readonly Candidate[], view: TierView): readonly Choice[] {
    const { plain, asked, nowMs } = view;
    const { shares } = plain.state;
    const known = withWaiting(
      usable.map((candidate) => knownOf(candidate, view)),
      view,
    );
    const group = fastestOf(known);
    const others = known.filter((one) => !group.includes(one)).sort((a, b) => a.loadedLog - b.loadedLog);
    const among = group.map(({ candidate }) => candidate);
    const near = others.length === 0 ? among : fastestOf(known, worthCache).map(({ candidate }) => candidate);
    const place = placeOf(asked.chain(), near, { cache, shares, nowMs });
    const bestLog = bestOf(known)?.log ?? Number.NaN;
    const ranked = [...inTurn(group, shares), ...others].map(({ candidate }) => candidate);
    const choices = withFirst(ranked, place?.target).map((candidate): Choice => ({
      ...plain,
      candidate,
      among,
      bestLog,
      isCached: place?.isCached === true && candidate.target === place.target,
    }));
    if (place?.isCached === true) return choices;
    const neglected = dueForLook(
      others.map(({ candidate }) => candidate),
      view,
    );
    return neglected === undefined
      ? choices
      : [{ ...plain, candidate: neglected, purpose: 'look', bestLog }, ...choices];
  }

  function dueForLook(neglected: readonly Candidate[], view: TierView): Candidate | undefined {
    const { looks: tierLooks } = view.plain.state;
    if (neglected.length === 0 || !tierLooks.may(view.nowMs)) return undefined;
    let found: Candidate | undefined;
    let longestMs = 0;
    for (const candidate of neglected) {
      const kind = books.kind(books.of(candidate.target), view.asked.kind);
      const dueMs = kind.waiting.size > 0 ? -1 : tierLooks.dueMs(kind, view.nowMs);
      if (dueMs < longestMs) continue;
      longestMs = dueMs;
      found = candidate;
    }
    return found;
  }

  function knownOf(candidate: Candidate, { asked, nowMs }: TierView): Known {
    const { target } = candidate;
    const book = books.of(target);
    const { latency, load } = books.kind(book, asked.kind);
    const log = books.expected(target, asked.kind, nowMs);
    const beyond = Math.log(
      Math.max(1, (book.unanswered + 1) / Math.max(leastRoom, 2 * book.usualUnanswered)),
    );
    return {
      candidate,
      log,
      loadedLog: log + Math.max(beyond, load.at(book.inFlight + 1)),
      count: latency.count,
      deviation: latency.deviation,
      free: quota.peek(target.quota).free,
    };
  }

  /** For a target without answers: once its oldest call waits three times as long as the best target takes, that wait is its time. */
  function withWaiting(known: readonly Known[], { asked, nowMs }: TierView): readonly Known[] {
    const best = bestOf(known);
    if (best === undefined || known.every(({ log }) => !Number.isNaN(log))) return known;
    return known.map((one) => {
      if (!Number.isNaN(one.log)) return one;
      const waitedMs = oldestMs(books.kind(books.of(one.candidate.target), asked.kind), nowMs);
      if (waitedMs < 3 * Math.exp(best.log)) return one;
      const log = Math.log(waitedMs);
      return { ...one, log, loadedLog: log, count: 1 };
    });
  }

  return {
    of,
    last: (tiers, candidate) => {
      const tier = tiers.findIndex((members) => members.includes(candidate));
      return { ...plainOf(tier, tiers[tier] ?? []), candidate };
    },
  };
}

/** Moves one target to the front. */
function withFirst(ranked: readonly Candidate[], target: Target | undefined): readonly Candidate[] {
  const at = target === undefined ? -1 : ranked.findIndex((candidate) => candidate.target === target);
  const wanted = ranked[at];
  return at <= 0 || wanted === undefined ? ranked : [wanted, ...ranked.toSpliced(at, 1)];
}
