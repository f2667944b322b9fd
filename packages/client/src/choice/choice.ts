import type { FairShares } from './fair-shares.ts';
import type { Looks } from './looks.ts';
import type { PromptChain } from './prompt-chain.ts';
import type { KindBook, TargetBook, Waiting } from './target-book.ts';
import type { Candidate } from '../route/route.ts';
import type { Target } from '../route/target.ts';

/** The properties of a call on which the choice of a target depends. */
export interface Asked {
  /** Operation, and whether it streams: times of different kinds are not compared. */
  readonly kind: string;
  /** Hashes of the beginning of its prompt. Computed only when there is a choice. */
  chain(): PromptChain;
}

/** A target in the order in which a call should try them. */
export interface Choice {
  readonly candidate: Candidate;
  /** Place of its tier in the pool. */
  readonly tier: number;
  /** `answer` is a usual call. All others test whether the target is still slow, or still refuses. */
  readonly purpose: 'answer' | 'look' | 'slow-probe' | 'refusal-probe';
  /** The targets that share this call; none when the call does not count for the shares. */
  readonly among: readonly Candidate[];
  readonly state: TierState;
  /** Time of the best of the tier (a logarithm), to compare a look with; `NaN` when nothing is known. */
  readonly bestLog: number;
  /** Whether the beginning of the prompt should be in the cache of the target. */
  readonly isCached: boolean;
}

/** The state of a tier. */
export interface TierState {
  readonly shares: FairShares;
  readonly looks: Looks;
  /** Whether the config gives weights: then they decide the shares, and speed does not. */
  readonly isWeighted: boolean;
}

/** An attempt, from the choice of its target to the end of its answer. */
export interface UnderWay extends Waiting {
  readonly choice: Choice;
  readonly asked: Asked;
  readonly book: TargetBook;
  readonly kind: KindBook;
  /** Attempts under way at the target, this one included. */
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
  /** The tokens that the time depends on: those of the answer, or of the prompt. */
  readonly size?: number | undefined;
  readonly cachedTokens?: number | undefined;
  /** The targets that the call could have gone to. */
  readonly others?: readonly (readonly Candidate[])[];
}

/** Says that a target gets no calls, or gets calls again, for a reason that the quota store does not know. */
export interface CircuitChange {
  readonly target: Target;
  readonly state: 'open' | 'closed';
  readonly reason: 'slow-calls' | 'refusals';
  readonly untilMs: number;
}
