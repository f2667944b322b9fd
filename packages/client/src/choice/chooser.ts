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

/** Chooses among targets: by tier, weight, time, load, free quota and prompt cache. What it knows is of this process. */
export interface Chooser extends AttemptsUnderWay {
  /** The order in which a call should try the candidates of its tiers. */
  order(
    tiers: readonly (readonly Candidate[])[],
    isOpen: (candidate: Candidate) => boolean,
    asked: Asked,
  ): readonly Choice[];
  /** A candidate when there is no other. */
  lastChoice(tiers: readonly (readonly Candidate[])[], candidate: Candidate): Choice;
  /** Until when a target is left alone because it refuses; `undefined` when it is not. */
  refusesUntilMs(target: Target): number | undefined;
  /** Whether a refusal of this target is the target's own problem, so that the call should go elsewhere. */
  isRefusing(target: Target): boolean;
  /** How long a call would take there now in milliseconds; `undefined` when nothing is known. */
  expectedMs(target: Target, kind: string): number | undefined;
  /** `deviations` later than an attempt was expected to be answered; `undefined` while too little is known. */
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

/** Answers before it is known when one is late. */
const enoughForLate = 10;
/** An estimate that is higher than usual by this factor (1.65) is a slow target. */
const slowerThanUsual = 0.5;

/** A chooser that knows nothing yet. */
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
      // A look is late when it takes longer than the target would if it were well again.
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
