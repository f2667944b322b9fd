import { attemptsUnderWay } from './attempts-under-way.ts';
import type { AttemptsUnderWay } from './attempts-under-way.ts';
import type { Asked, Choice, CircuitChange, UnderWay } from './choice.ts';
import { targetOrder } from './order-targets.ts';
import { promptCache } from './prompt-cache.ts';
import type { SlowCallRules } from './slow-calls.ts';
import { slowTargets } from './slow-targets.ts';
import type { TargetBook } from './target-book.ts';
import { targetBooks } from './target-books.ts';
import { overdue } from './target-book.ts';
import type { QuotaStore } from '../quota/quota.ts';
import type { Candidate } from '../route/route.ts';
import type { Target } from '../route/target.ts';

/** Chooses among targets by tier, weight, time, load, free quota and prompt cache. It learns from the calls of this process only. */
export interface Chooser extends AttemptsUnderWay {
  /** The order in which a call should try the candidates of its tiers. */
  order(
    tiers: readonly (readonly Candidate[])[],
    isOpen: (candidate: Candidate) => boolean,
    asked: Asked,
  ): readonly Choice[];
  /** A candidate when there is no other. */
  lastChoice(tiers: readonly (readonly Candidate[])[], candidate: Candidate): Choice;
  /** Until when a target gets no calls because it refuses them; `undefined` when it gets calls. */
  refusesUntilMs(target: Target): number | undefined;
  /** Whether a refusal is a problem of the target, not of the request: then the call should go to another target. */
  isRefusing(target: Target): boolean;
  /** Milliseconds that a call to the target would take now; `undefined` when nothing is known. */
  expectedMs(target: Target, kind: string): number | undefined;
  /** When an attempt is late: `deviations` after its expected answer. `undefined` while too little is known. */
  lateMs(underWay: UnderWay, deviations: number): number | undefined;
  /** Whether the target of an attempt is known to be slower than usual by now. */
  isSlowNow(underWay: UnderWay): boolean;
  book(target: Target): TargetBook;
}

interface ChooserOptions {
  readonly quota: Pick<QuotaStore, 'peek'>;
  /** When a target counts as slow; `undefined`: never. */
  readonly slow: SlowCallRules | undefined;
  readonly now: () => number;
  readonly random: () => number;
  readonly emit: (change: CircuitChange) => void;
}

/** Answers that are needed before an attempt can count as late. */
const enoughForLate = 10;
/** A target is slow when its estimate is higher than usual by this factor (1.65). */
const slowerThanUsual = 0.5;

/** Creates a chooser that has learned nothing yet. */
export function createChooser({ quota, slow: rules, now, random, emit }: ChooserOptions): Chooser {
  const books = targetBooks(rules);
  const cache = promptCache();
  const slow = slowTargets(rules, emit);
  const order = targetOrder({ books, cache, slow, quota, now, random });
  return {
    ...attemptsUnderWay({ books, cache, slow, now, emit }),
    order: (...choice) => order.of(...choice),
    lastChoice: (...choice) => order.last(...choice),
    refusesUntilMs: (target) => {
      const { refusals } = books.of(target);
      const state = refusals.state(now());
      return state === 'open' || state === 'half-open' ? refusals.openUntilMs : undefined;
    },
    isRefusing: (target) => books.of(target).refusals.status !== undefined,
    expectedMs: (target, kind) => {
      const log = books.expected(target, kind, now());
      return Number.isNaN(log) ? undefined : Math.exp(log);
    },
    lateMs: ({ kind: { latency }, choice: { purpose, bestLog } }, deviations) => {
      if (latency.count < enoughForLate && Number.isNaN(bestLog)) return undefined;
      // A look is late when it takes longer than a usual call to a target that has recovered.
      const expected = purpose === 'answer' ? latency.expected([]) : Math.min(latency.usual, bestLog);
      const log = Number.isNaN(expected) ? bestLog : expected;
      return Number.isNaN(log) ? undefined : Math.exp(log + deviations * latency.deviation);
    },
    isSlowNow: ({ kind, choice: { purpose } }) =>
      purpose !== 'answer' ||
      kind.latency.expected(overdue(kind, now())) > kind.latency.usual + slowerThanUsual,
    book: (target) => books.of(target),
  };
}
