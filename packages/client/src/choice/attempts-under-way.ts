import type { Asked, Choice, CircuitChange, End, UnderWay } from './choice.ts';
import { shortestLookMs } from './looks.ts';
import type { Observation } from './newest.ts';
import type { PromptCache } from './prompt-cache.ts';
import type { SlowTargets } from './slow-targets.ts';
import { addTime } from './target-book.ts';
import type { TargetBooks } from './target-books.ts';
import type { Candidate } from '../route/route.ts';
import type { Target } from '../route/target.ts';

/** Follows attempts from the choice of their target to their end, and records in its book what was learned. */
export interface AttemptsUnderWay {
  begin(choice: Choice, asked: Asked): UnderWay;
  /** The attempt was not sent. */
  undo(underWay: UnderWay): void;
  /** The attempt is sent: the cache of the target will have its prompt. */
  sent(underWay: UnderWay): void;
  /** The answer, or the first content of a stream, has arrived. `size`: tokens that its time depends on. */
  answered(underWay: UnderWay, size?: number): void;
  ended(underWay: UnderWay, end: End): void;
}

interface Books {
  readonly books: TargetBooks;
  readonly cache: PromptCache;
  readonly slow: SlowTargets;
  readonly now: () => number;
  readonly emit: (change: CircuitChange) => void;
}

/** A look that takes at most 1.3 times as long as the best target finds its target fast enough. */
const asFast = 0.26;
const longestLookMs = 30_000;
/** A target that used to be faster than the present best gets looks more often. */
const longestLookAtFasterMs = 3_000;

/** Starts without attempts. */
export function attemptsUnderWay({ books, cache, slow, now, emit }: Books): AttemptsUnderWay {
  let started = 0;

  function begin(choice: Choice, asked: Asked): UnderWay {
    const nowMs = now();
    const { target } = choice.candidate;
    const book = books.of(target);
    const kind = books.kind(book, asked.kind);
    book.inFlight += 1;
    book.unanswered += 1;
    const underWay: UnderWay = {
      choice,
      asked,
      book,
      kind,
      load: book.inFlight,
      unanswered: book.unanswered,
      order: (started += 1),
      startedMs: nowMs,
      answeredMs: undefined,
      isOver: false,
    };
    kind.waiting.add(underWay);
    const { purpose, among, state } = choice;
    if (purpose === 'look') state.looks.spend(kind, nowMs);
    else kind.sentAtMs = nowMs;
    if (purpose === 'slow-probe') book.slow.probe();
    else if (purpose === 'refusal-probe') book.refusals.probe();
    else if (among.length > 1) state.shares.take(target, among);
    return underWay;
  }

  function undo(underWay: UnderWay): void {
    if (!over(underWay)) return;
    const { purpose, among, state, candidate } = underWay.choice;
    lostProbe(underWay);
    if (purpose === 'look') state.looks.giveBack();
    else if (among.length > 1) state.shares.giveBack(candidate.target, among);
  }

  function sent({ choice: { among, candidate }, asked }: UnderWay): void {
    if (among.length > 1) cache.sent(asked.chain(), candidate.target, now());
  }

  function lostProbe({ choice: { purpose }, book }: UnderWay): void {
    if (purpose === 'slow-probe') book.slow.lostProbe(now());
    if (purpose === 'refusal-probe') book.refusals.lostProbe();
  }

  function over(underWay: UnderWay): boolean {
    if (underWay.isOver) return false;
    underWay.isOver = true;
    underWay.book.inFlight -= 1;
    noLongerWaits(underWay);
    return true;
  }

  function noLongerWaits(underWay: UnderWay): void {
    if (underWay.kind.waiting.delete(underWay)) underWay.book.unanswered -= 1;
  }

  function answered(underWay: UnderWay, size?: number): void {
    if (underWay.answeredMs !== undefined) return;
    const { book, startedMs } = underWay;
    underWay.answeredMs = now() - startedMs;
    noLongerWaits(underWay);
    book.answered += 1;
    if (book.refusals.accepted())
      emit({ target: book.target, state: 'closed', reason: 'refusals', untilMs: 0 });
    learnTime(underWay, underWay.answeredMs, size);
  }

  function learnTime(underWay: UnderWay, ms: number, size: number | undefined): void {
    const { book, kind, load, unanswered, choice } = underWay;
    const nowMs = now();
    const rawLog = Math.log(Math.max(0.1, ms));
    const before = kind.latency.expected([]);
    if (size !== undefined && !Number.isNaN(before)) kind.size.learn(rawLog - before, size);
    const log = size === undefined ? rawLog : kind.size.corrected(rawLog, size);
    const seen = { order: underWay.order, value: log };
    const isSlowCall = { order: underWay.order, value: slow.isSlow(kind, log, ms) };
    book.usualUnanswered += (unanswered - book.usualUnanswered) / 32;
    kind.load.add(load, log);
    if (choice.purpose === 'look') learnLook(underWay, seen, before);
    // The target gets calls again: each of them halves the time between its looks.
    else kind.lookEveryMs = Math.max(shortestLookMs, kind.lookEveryMs / 2);
    addTime(kind, seen, ms);
    const wasSent = choice.purpose === 'slow-probe' || choice.purpose === 'look';
    if (slow.add(book, { isSlow: isSlowCall, wasSent }, nowMs)) kind.latency.restart(seen);
    slow.check(book, nowMs);
  }

  function learnLook(underWay: UnderWay, seen: Observation<number>, before: number): void {
    const { kind, choice } = underWay;
    const { value: log } = seen;
    const isAsFast = underWay.answeredMs !== undefined && !(log > choice.bestLog + asFast);
    const far = Math.max(0.8, 2 * kind.latency.deviation);
    if (isAsFast && before - log > far) {
      kind.latency.restart(seen);
      kind.lookEveryMs = shortestLookMs;
      return;
    }
    const wasFaster = kind.latency.usual < choice.bestLog - 0.2;
    const mostMs = wasFaster ? longestLookAtFasterMs : longestLookMs;
    kind.lookEveryMs = Math.min(mostMs, kind.lookEveryMs * 2);
  }

  function ended(underWay: UnderWay, { result, status, size, cachedTokens, others }: End): void {
    if (!over(underWay)) return;
    const { book, kind, choice } = underWay;
    const nowMs = now();
    if (result === 'ok') {
      answered(underWay, size);
      if (choice.isCached && cachedTokens !== undefined) cache.learn(book.target, cachedTokens > 0);
      return;
    }
    const waitedMs = nowMs - underWay.startedMs;
    // The attempt was aborted after a long wait: its answer would have taken at least that long.
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
    const othersAnswered = answersOf(others ?? [], book.target);
    if (book.refusals.refused({ status: status ?? 0, othersAnswered }, nowMs)) {
      emit({ target: book.target, state: 'open', reason: 'refusals', untilMs: book.refusals.openUntilMs });
    }
  }

  function answersOf(tiers: readonly (readonly Candidate[])[], but: Target): number {
    let sum = 0;
    for (const tier of tiers) {
      for (const { target } of tier) if (target !== but) sum += books.of(target).answered;
    }
    return sum;
  }

  return { begin, undo, sent, answered, ended };
}
