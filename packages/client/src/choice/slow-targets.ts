import type { CircuitChange } from './choice.ts';
import type { Observation } from './newest.ts';
import type { SlowCallRules } from './slow-calls.ts';
import type { KindBook, TargetBook } from './target-book.ts';

/** Detects which targets have become slow, and reports it. */
export interface SlowTargets {
  /** Whether a call is slow that took, or has waited for, `ms`. `logMs`: the logarithm for a call of average size. */
  isSlow(kind: KindBook, logMs: number, ms: number): boolean;
  /** Counts the calls under way that are slow already. */
  check(book: TargetBook, nowMs: number): void;
  /** Counts an answer. `wasSent`: the call was sent to test whether the target is still slow. */
  add(book: TargetBook, answer: SlowAnswer, nowMs: number): boolean;
}

interface SlowAnswer {
  readonly isSlow: Observation<boolean>;
  readonly wasSent: boolean;
}

/** Three times as long as usual is slow. */
const slowLog = Math.log(3);
/** Answers that are needed before the usual time is known. */
const enoughForUsual = 10;
/** A target that has been slow for this long is no longer slow: its time is the usual one now. */
const usualAgainMs = 600_000;
const mostAsked = 10;

/** Applies the rules of a client. Without rules no target is slow. */
export function slowTargets(
  rules: SlowCallRules | undefined,
  emit: (change: CircuitChange) => void,
): SlowTargets {
  function isSlow({ latency }: KindBook, logMs: number, ms: number): boolean {
    if (rules === undefined) return false;
    if (rules.durationMs !== 'auto') return ms > rules.durationMs;
    return latency.usualCount >= enoughForUsual && logMs > latency.usual + slowLog;
  }

  function underWay(book: TargetBook, nowMs: number): readonly Observation<true>[] {
    const slow: Observation<true>[] = [];
    for (const kind of book.kinds.values()) {
      for (const { order, startedMs } of kind.waiting) {
        const tookMs = nowMs - startedMs;
        if (slow.length >= mostAsked || !isSlow(kind, Math.log(tookMs), tookMs)) break;
        slow.push({ order, value: true });
      }
    }
    return slow;
  }

  function closed({ target }: TargetBook): void {
    emit({ target, state: 'closed', reason: 'slow-calls', untilMs: 0 });
  }

  return {
    isSlow,
    check: (book, nowMs) => {
      if (rules === undefined) return;
      if (rules.durationMs === 'auto' && book.slow.openForMs(nowMs) > usualAgainMs) {
        book.slow.close();
        for (const { latency } of book.kinds.values()) latency.forgetUsual();
        closed(book);
        return;
      }
      if (!book.slow.addUnderWay(underWay(book, nowMs), nowMs)) return;
      emit({ target: book.target, state: 'open', reason: 'slow-calls', untilMs: book.slow.openUntilMs });
    },
    add: (book, answer, nowMs) => {
      const hasClosed = book.slow.add(answer.isSlow, answer.wasSent, nowMs);
      if (hasClosed) closed(book);
      return hasClosed;
    },
  };
}
