import { fairShares } from './fair-shares.ts';
import type { FairShares } from './fair-shares.ts';
import { looks, shortestLookMs } from './looks.ts';
import type { Looks } from './looks.ts';
import { promptCache } from './prompt-cache.ts';
import type { PromptChain } from './prompt-chain.ts';
import { bestOf, byShare, fastestOf, inTurn, placeOf, worthCache } from './rank-tier.ts';
import type { Known } from './rank-tier.ts';
import { sizeEffect } from './size-effect.ts';
import type { SizeEffect } from './size-effect.ts';
import type { Seen } from './newest.ts';
import type { SlowCallRules } from './slow-calls.ts';
import { addTime, kindBook, oldestMs, overdue, targetBook } from './target-book.ts';
import type { KindBook, TargetBook, Waiting } from './target-book.ts';
import type { QuotaStore } from '../quota/quota.ts';
import type { Candidate } from '../route/route.ts';
import type { Target } from '../route/target.ts';

/** What a call is, as far as the choice of a target depends on it. */
export interface Asked {
  /** Operation, and whether it streams: times of different kinds are not compared. */
  readonly kind: string;
  /** Beginning of its prompt. Worked out when there is a choice. */
  chain(): PromptChain;
}

/** A target in the order in which a call should try them. */
export interface Choice {
  readonly candidate: Candidate;
  /** Place of its tier in the pool. */
  readonly tier: number;
  /** All but `answer` are sent to see whether the target is still slow, or still refuses. */
  readonly purpose: 'answer' | 'look' | 'slow-probe' | 'refusal-probe';
  /** Those that the call was divided among; none when it is not counted. */
  readonly among: readonly Candidate[];
  readonly state: TierState;
  /** Time of the best of the tier (a logarithm), to compare a look with. */
  readonly bestLog: number;
  /** The beginning of the prompt should be in its cache. */
  readonly isCached: boolean;
}

/** What is remembered of a tier. */
interface TierState {
  readonly shares: FairShares;
  readonly looks: Looks;
  /** Weights were given: they say who gets what, and speed does not. */
  readonly isWeighted: boolean;
}

/** An attempt at a target, from the choice to the end of its answer. */
export interface UnderWay extends Waiting {
  readonly choice: Choice;
  readonly book: TargetBook;
  readonly kind: KindBook;
  /** Attempts under way at the target, this included. */
  readonly load: number;
  answeredMs: number | undefined;
  isOver: boolean;
}

/** How an attempt ended. */
export interface End {
  /** `refused`: an answer that is no success and speaks neither of quota nor of health. */
  readonly result: 'ok' | 'refused' | 'other';
  readonly status?: number | undefined;
  /** What the time depends on: tokens of the answer, or of the prompt. */
  readonly size?: number | undefined;
  readonly cachedTokens?: number | undefined;
  /** The targets that the call could have gone to. */
  readonly neighbours?: readonly (readonly Candidate[])[];
}

/** A target is left alone, or no longer, for a reason that the quota store does not know. */
export interface CircuitChange {
  readonly target: Target;
  readonly state: 'open' | 'closed';
  readonly reason: 'slow-calls' | 'refusals';
  readonly untilMs: number;
}

/** Chooses among targets: by tier, weight, time, load, free quota and prompt cache. */
export interface Chooser {
  /** The order in which a call should try the candidates of its tiers. */
  order(
    tiers: readonly (readonly Candidate[])[],
    isOpen: (candidate: Candidate) => boolean,
    asked: Asked,
  ): readonly Choice[];
  /** Until when a target is left alone because it refuses; `undefined` when it is not. */
  refusesUntilMs(target: Target): number | undefined;
  /** Whether a refusal of this target is the target's own problem, so that the call should go elsewhere. */
  isRefusing(target: Target): boolean;
  /** A candidate for want of any other. */
  lastChoice(tiers: readonly (readonly Candidate[])[], candidate: Candidate): Choice;
  begin(choice: Choice, asked: Asked): UnderWay;
  /** Nothing was sent after all. */
  undo(underWay: UnderWay): void;
  /** The answer, or the first content of a stream, is there. `size`: tokens that its time depends on. */
  answered(underWay: UnderWay, size?: number): void;
  ended(underWay: UnderWay, end: End): void;
  /** How long a call would take there now in milliseconds; `undefined` when nothing is known. */
  expectedMs(target: Target, kind: string): number | undefined;
  /** `deviations` later than an attempt was expected to be answered; `undefined` while too little is known. */
  lateMs(underWay: UnderWay, deviations: number): number | undefined;
  /** Whether the target of an attempt is known to be slower than usual by now. */
  isSlowNow(underWay: UnderWay): boolean;
  book(target: Target): TargetBook;
}

export interface ChooserOptions {
  readonly quota: Pick<QuotaStore, 'peek'>;
  readonly slow: SlowCallRules | undefined;
  readonly now: () => number;
  readonly random: () => number;
  readonly tell: (change: CircuitChange) => void;
}

/** So many calls under way say nothing yet. */
const leastRoom = 4;
/** Three times as long as usual is slow. */
const slowLog = Math.log(3);
/** Answers before it is known what is usual. */
const enoughForUsual = 10;
const enoughForLate = 10;
/** After so long what was slow is what is usual now. */
const usualAgainMs = 600_000;
/** A look finds a target as fast as the best when it takes at most 1.3 times as long. */
const asFast = 0.26;
const longestLookMs = 30_000;
/** A target that used to be faster than the best is looked at more often. */
const longestLookAtFasterMs = 3_000;

export function createChooser({ quota, slow, now, random, tell }: ChooserOptions): Chooser {
  const books = new Map<Target, TargetBook>();
  const sizes = new Map<string, SizeEffect>();
  const tierStates = new WeakMap<readonly Candidate[], TierState>();
  const cache = promptCache();
  let started = 0;

  function bookOf(target: Target): TargetBook {
    let book = books.get(target);
    if (book === undefined) books.set(target, (book = targetBook(target, slow)));
    return book;
  }

  function kindOf(book: TargetBook, kind: string): KindBook {
    let found = book.kinds.get(kind);
    if (found === undefined) {
      let size = sizes.get(kind);
      if (size === undefined) sizes.set(kind, (size = sizeEffect()));
      book.kinds.set(kind, (found = kindBook(size)));
    }
    return found;
  }

  function stateOf(tier: readonly Candidate[]): TierState {
    let state = tierStates.get(tier);
    if (state === undefined) {
      const isWeighted = tier.some(({ weight }) => weight !== tier[0]?.weight);
      tierStates.set(tier, (state = { shares: fairShares(random), looks: looks(), isWeighted }));
    }
    return state;
  }

  function knownOf(candidate: Candidate, kind: string): Known {
    const nowMs = now();
    const book = bookOf(candidate.target);
    const { latency, ...rest } = kindOf(book, kind);
    const log = latency.expected(overdue({ latency, ...rest }, nowMs));
    return {
      candidate,
      log,
      loadedLog: log + Math.log(Math.max(1, (book.inFlight + 1) / Math.max(leastRoom, 2 * book.usualLoad))),
      count: latency.count,
      deviation: latency.deviation,
      free: quota.peek(candidate.target.quota).free,
    };
  }

  /** A target without answers is judged by how long its oldest call has been waiting, once that is telling. */
  function withWaiting(known: readonly Known[], kind: string, nowMs: number): readonly Known[] {
    const best = bestOf(known);
    if (best === undefined || known.every(({ log }) => !Number.isNaN(log))) return known;
    return known.map((one) => {
      if (!Number.isNaN(one.log)) return one;
      const waitedMs = oldestMs(kindOf(bookOf(one.candidate.target), kind), nowMs);
      if (waitedMs < 3 * Math.exp(best.log)) return one;
      const log = Math.log(waitedMs);
      return { ...one, log, loadedLog: log, count: 1 };
    });
  }

  function slowUnderWay(book: TargetBook, nowMs: number): readonly Seen<true>[] {
    const slowOnes: Seen<true>[] = [];
    for (const kind of book.kinds.values()) {
      for (const { order: place, startedMs } of kind.waiting) {
        const tookMs = nowMs - startedMs;
        if (slowOnes.length >= 10 || !isSlow(kind, Math.log(tookMs), tookMs)) break;
        slowOnes.push({ order: place, value: true });
      }
    }
    return slowOnes;
  }

  function isSlow({ latency }: KindBook, logMs: number, ms: number): boolean {
    if (slow === undefined) return false;
    if (slow.durationMs !== 'auto') return ms > slow.durationMs;
    return latency.usualCount >= enoughForUsual && logMs > latency.usual + slowLog;
  }

  function lookForSlow(book: TargetBook, nowMs: number): void {
    if (slow === undefined) return;
    if (slow.durationMs === 'auto' && book.slow.openForMs(nowMs) > usualAgainMs) {
      book.slow.close();
      for (const { latency } of book.kinds.values()) latency.forgetUsual();
      tell({ target: book.target, state: 'closed', reason: 'slow-calls', untilMs: 0 });
      return;
    }
    if (book.slow.look(slowUnderWay(book, nowMs), nowMs)) {
      tell({ target: book.target, state: 'open', reason: 'slow-calls', untilMs: book.slow.openUntilMs });
    }
  }

  function order(
    tiers: readonly (readonly Candidate[])[],
    isOpen: (candidate: Candidate) => boolean,
    asked: Asked,
  ): readonly Choice[] {
    const nowMs = now();
    const choices: Choice[] = [];
    const deferred: Choice[] = [];
    const isAlone = tiers.length === 1 && tiers[0]?.length === 1;
    for (const [tier, all] of tiers.entries()) {
      const candidates = all.filter(isOpen);
      if (candidates.length === 0) continue;
      const state = stateOf(all);
      for (const choice of rankTier(candidates, { tier, state, asked, nowMs, isAlone })) {
        const isSlowNow = bookOf(choice.candidate.target).slow.state(nowMs) !== 'closed';
        if (choice.purpose === 'answer' && isSlowNow) deferred.push(choice);
        else choices.push(choice);
      }
    }
    for (const choice of deferred) insertSlow(choices, choice, asked.kind);
    return choices;
  }

  /** A slow target comes after those that are known to be faster, or not known at all. */
  function insertSlow(choices: Choice[], choice: Choice, kind: string): void {
    const own = knownOf(choice.candidate, kind).log;
    const slower = choices.findIndex(({ candidate, tier, purpose }) => {
      if (tier <= choice.tier || purpose !== 'answer') return false;
      return knownOf(candidate, kind).log >= own;
    });
    choices.splice(slower < 0 ? choices.length : slower, 0, choice);
  }

  interface TierAsk {
    readonly tier: number;
    readonly state: TierState;
    readonly asked: Asked;
    readonly nowMs: number;
    readonly isAlone: boolean;
  }

  function rankTier(candidates: readonly Candidate[], ask: TierAsk): readonly Choice[] {
    const { tier, state, nowMs, isAlone } = ask;
    const plain = {
      tier,
      purpose: 'answer',
      among: [],
      state,
      bestLog: Number.NaN,
      isCached: false,
    } as const;
    const [only] = candidates;
    if (isAlone && only !== undefined) return [{ ...plain, candidate: only }];
    state.looks.earn();
    for (const { target } of candidates) lookForSlow(bookOf(target), nowMs);
    const refusal = candidates.find(({ target }) => bookOf(target).refusals.state(nowMs) === 'probe-due');
    const probe = candidates.find(({ target }) => bookOf(target).slow.state(nowMs) === 'probe-due');
    const usable = candidates.filter(({ target }) => bookOf(target).refusals.state(nowMs) === 'closed');
    const well = usable.filter(({ target }) => bookOf(target).slow.state(nowMs) === 'closed');
    const ill = usable.filter((candidate) => !well.includes(candidate));
    const choices: Choice[] = [];
    if (refusal !== undefined) choices.push({ ...plain, candidate: refusal, purpose: 'refusal-probe' });
    if (probe !== undefined) choices.push({ ...plain, candidate: probe, purpose: 'slow-probe' });
    if (state.isWeighted) choices.push(...weighted(well, plain, ask));
    else choices.push(...fastest(well, ill, { ...ask, plain }));
    for (const candidate of ill) choices.push({ ...plain, candidate });
    return choices;
  }

  type Plain = Omit<Choice, 'candidate'>;

  function weighted(well: readonly Candidate[], plain: Plain, { asked, nowMs }: TierAsk): Choice[] {
    const { shares } = plain.state;
    const ranked = byShare(well, shares);
    const place = placeOf(asked.chain(), well, { cache, shares, nowMs });
    return first(ranked, place?.target).map((candidate) => ({
      ...plain,
      candidate,
      among: well,
      isCached: place?.isCached === true && candidate.target === place.target,
    }));
  }

  function fastest(
    well: readonly Candidate[],
    ill: readonly Candidate[],
    { asked, nowMs, plain }: TierAsk & { plain: Plain },
  ): Choice[] {
    const { shares } = plain.state;
    if (well.length === 0) return [];
    const known = withWaiting(
      well.map((candidate) => knownOf(candidate, asked.kind)),
      asked.kind,
      nowMs,
    );
    const best = bestOf(known);
    const group = fastestOf(known);
    const others = known.filter((one) => !group.includes(one)).sort((a, b) => a.loadedLog - b.loadedLog);
    const among = group.map(({ candidate }) => candidate);
    const near =
      group.length === known.length ? among : fastestOf(known, worthCache).map(({ candidate }) => candidate);
    const place = placeOf(asked.chain(), near, { cache, shares, nowMs });
    const bestLog = best?.log ?? Number.NaN;
    const ranked = first(
      [...inTurn(group, shares), ...others].map(({ candidate }) => candidate),
      place?.target,
    ).map((candidate): Choice => ({
      ...plain,
      candidate,
      among,
      bestLog,
      isCached: place?.isCached === true && candidate.target === place.target,
    }));
    if (place?.isCached === true) return ranked;
    const look = dueForLook([...others.map(({ candidate }) => candidate), ...ill], plain.state, nowMs);
    if (look === undefined) return ranked;
    return [{ ...plain, candidate: look, purpose: 'look', bestLog }, ...ranked];
  }

  function dueForLook(
    neglected: readonly Candidate[],
    state: TierState,
    nowMs: number,
  ): Candidate | undefined {
    if (neglected.length === 0 || !state.looks.may(nowMs)) return undefined;
    let found: Candidate | undefined;
    let longest = 0;
    for (const candidate of neglected) {
      const book = bookOf(candidate.target);
      const dueMs = book.inFlight > 0 ? -1 : state.looks.dueMs(book, nowMs);
      if (dueMs < longest) continue;
      longest = dueMs;
      found = candidate;
    }
    return found;
  }

  function begin(choice: Choice, asked: Asked): UnderWay {
    const nowMs = now();
    const { target } = choice.candidate;
    const book = bookOf(target);
    const kind = kindOf(book, asked.kind);
    book.inFlight += 1;
    const underWay: UnderWay = {
      choice,
      book,
      kind,
      load: book.inFlight,
      order: (started += 1),
      startedMs: nowMs,
      answeredMs: undefined,
      isOver: false,
    };
    kind.waiting.add(underWay);
    const { purpose, among, state } = choice;
    if (purpose === 'look') state.looks.spend(book, nowMs);
    else book.sentAtMs = nowMs;
    if (purpose === 'slow-probe') book.slow.probe();
    else if (purpose === 'refusal-probe') book.refusals.probe();
    else if (purpose === 'answer' && among.length > 1) state.shares.take(target, among);
    if (among.length > 1) cache.sent(asked.chain(), target, nowMs);
    return underWay;
  }

  function lostProbe({ choice: { purpose }, book }: UnderWay): void {
    if (purpose === 'slow-probe') book.slow.lostProbe(now());
    if (purpose === 'refusal-probe') book.refusals.lostProbe();
  }

  function over(underWay: UnderWay): boolean {
    if (underWay.isOver) return false;
    underWay.isOver = true;
    underWay.book.inFlight -= 1;
    underWay.kind.waiting.delete(underWay);
    return true;
  }

  function answered(underWay: UnderWay, size?: number): void {
    if (underWay.answeredMs !== undefined) return;
    const { book, kind, startedMs } = underWay;
    underWay.answeredMs = now() - startedMs;
    kind.waiting.delete(underWay);
    book.answered += 1;
    if (book.refusals.accepted())
      tell({ target: book.target, state: 'closed', reason: 'refusals', untilMs: 0 });
    learnTime(underWay, underWay.answeredMs, size);
  }

  function learnTime(underWay: UnderWay, ms: number, size: number | undefined): void {
    const { book, kind, load, choice } = underWay;
    const nowMs = now();
    const rawLog = Math.log(Math.max(0.1, ms));
    const before = kind.latency.expected([]);
    if (size !== undefined && !Number.isNaN(before)) kind.size.learn(rawLog - before, size);
    const log = size === undefined ? rawLog : kind.size.corrected(rawLog, size);
    const seen = { order: underWay.order, value: log };
    const isSlowCall = { order: underWay.order, value: isSlow(kind, log, ms) };
    book.usualLoad += (load - book.usualLoad) / 32;
    if (choice.purpose === 'look') learnLook(underWay, seen, before);
    addTime(kind, seen, ms);
    const wasProbe = choice.purpose === 'slow-probe' || choice.purpose === 'look';
    if (book.slow.add(isSlowCall, wasProbe, nowMs)) {
      kind.latency.restart(seen);
      tell({ target: book.target, state: 'closed', reason: 'slow-calls', untilMs: 0 });
    }
    lookForSlow(book, nowMs);
  }

  function learnLook(underWay: UnderWay, seen: Seen<number>, before: number): void {
    const { book, kind, choice } = underWay;
    const { value: log } = seen;
    const isAsFast = underWay.answeredMs !== undefined && !(log > choice.bestLog + asFast);
    const far = Math.max(0.8, 2 * kind.latency.deviation);
    if (isAsFast && before - log > far) {
      kind.latency.restart(seen);
      book.lookEveryMs = shortestLookMs;
      return;
    }
    const wasFaster = kind.latency.usual < choice.bestLog - 0.2;
    const mostMs = wasFaster ? longestLookAtFasterMs : longestLookMs;
    book.lookEveryMs = Math.min(mostMs, book.lookEveryMs * 2);
  }

  function ended(underWay: UnderWay, { result, status, size, cachedTokens, neighbours }: End): void {
    if (!over(underWay)) return;
    const { book, kind, choice } = underWay;
    const nowMs = now();
    if (result === 'ok') {
      answered(underWay, size);
      if (choice.isCached && cachedTokens !== undefined) cache.learn(book.target, cachedTokens > 0);
      return;
    }
    const waitedMs = nowMs - underWay.startedMs;
    // Given up after a long wait: it would have taken at least that long.
    if (underWay.answeredMs === undefined && result === 'other') {
      if (waitedMs > kind.lateMs) learnTime(underWay, waitedMs, undefined);
      else if (choice.purpose === 'look') {
        learnLook(underWay, { order: underWay.order, value: Math.log(waitedMs) }, kind.latency.expected([]));
      }
    }
    if (result !== 'refused') {
      lostProbe(underWay);
      return;
    }
    if (choice.purpose === 'slow-probe') book.slow.lostProbe(nowMs);
    const neighboursAnswered = answersOf(neighbours ?? [], book.target);
    if (book.refusals.refused({ status: status ?? 0, neighboursAnswered }, nowMs)) {
      tell({ target: book.target, state: 'open', reason: 'refusals', untilMs: book.refusals.openUntilMs });
    }
  }

  function answersOf(tiers: readonly (readonly Candidate[])[], but: Target): number {
    let sum = 0;
    for (const tier of tiers) {
      for (const { target } of tier) if (target !== but) sum += bookOf(target).answered;
    }
    return sum;
  }

  return {
    order,
    refusesUntilMs: (target) => {
      const { refusals } = bookOf(target);
      const state = refusals.state(now());
      return state === 'open' || state === 'half-open' ? refusals.openUntilMs : undefined;
    },
    isRefusing: (target) => bookOf(target).refusals.status !== undefined,
    lastChoice: (tiers, candidate) => {
      const tier = tiers.findIndex((members) => members.includes(candidate));
      const state = stateOf(tiers[tier] ?? []);
      return { candidate, tier, purpose: 'answer', among: [], state, bestLog: Number.NaN, isCached: false };
    },
    begin,
    undo: (underWay) => {
      if (over(underWay)) lostProbe(underWay);
    },
    answered,
    ended,
    expectedMs: (target, kind) => {
      const book = bookOf(target);
      const found = kindOf(book, kind);
      const log = found.latency.expected(overdue(found, now()));
      return Number.isNaN(log) ? undefined : Math.exp(log);
    },
    lateMs: ({ kind: { latency }, choice: { purpose, bestLog } }, deviations) => {
      if (latency.count < enoughForLate && Number.isNaN(bestLog)) return undefined;
      // A look is worth as much time as it takes when the target is well again.
      const expected = purpose === 'answer' ? latency.expected([]) : Math.min(latency.usual, bestLog);
      const log = Number.isNaN(expected) ? bestLog : expected;
      return Number.isNaN(log) ? undefined : Math.exp(log + deviations * latency.deviation);
    },
    isSlowNow: ({ kind, choice: { purpose } }) =>
      purpose !== 'answer' || kind.latency.expected(overdue(kind, now())) > kind.latency.usual + 0.5,
    book: bookOf,
  };
}

/** The wanted one first. */
function first(ranked: readonly Candidate[], target: Target | undefined): readonly Candidate[] {
  const at = target === undefined ? -1 : ranked.findIndex((candidate) => candidate.target === target);
  const wanted = ranked[at];
  return at <= 0 || wanted === undefined ? ranked : [wanted, ...ranked.toSpliced(at, 1)];
}
