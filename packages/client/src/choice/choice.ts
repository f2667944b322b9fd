import type { FairShares } from './fair-shares.ts';
import type { Looks } from './looks.ts';
import type { PromptChain } from './prompt-chain.ts';
import type { KindBook, TargetBook, Waiting } from './target-book.ts';
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
  /** Time of the best of the tier (a logarithm), to compare a look with; `NaN` when nothing is known. */
  readonly bestLog: number;
  /** The beginning of the prompt should be in its cache. */
  readonly isCached: boolean;
}

/** What is remembered of a tier. */
export interface TierState {
  readonly shares: FairShares;
  readonly looks: Looks;
  /** Weights were given: they say who gets what, and speed does not. */
  readonly isWeighted: boolean;
}

/** An attempt at a target, from the choice to the end of its answer. */
export interface UnderWay extends Waiting {
  readonly choice: Choice;
  readonly asked: Asked;
  readonly book: TargetBook;
  readonly kind: KindBook;
  /** Attempts under way at the target, this included. */
  readonly load: number;
  /** Those of them without an answer so far. */
  readonly unanswered: number;
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
