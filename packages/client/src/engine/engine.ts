import type { BackoffRules } from './backoff.ts';
import type { BudgetKeeper } from '../budget/budget-keeper.ts';
import type { ClientEvent } from '../events/events.ts';
import type { Chooser } from '../choice/chooser.ts';
import type { Ledger } from './ledger.ts';
import type { OpenCalls } from './calls-under-way.ts';
import type { QuotaStore } from '../quota/quota.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { Router } from '../route/route.ts';
import type { Holders } from '../state/holders.ts';
import type { Target } from '../route/target.ts';
import type { Transport } from '../transport/transport.ts';

/** A second attempt for a call whose first one is slow. */
export interface HedgeRules {
  /** How long the first attempt may take before the second one starts; learned where `'auto'` was asked for. */
  readonly afterMs: number | 'auto';
  /** A call has begun. */
  earn(): void;
  /** Takes one hedge from the budget and leaves `keep`. `false` when too many calls are hedged already. */
  spend(keep?: number): boolean;
  /** Returns a hedge that no target was found for. */
  giveBack(): void;
  /** How full the budget is, from 0 to 1. */
  saved(): number;
}

/** The engine: what all calls of a client share. */
export interface Engine {
  readonly route: Router;
  readonly targets: ReadonlyMap<string, Target>;
  /** For requests that name no deployment: one for each resource, without the limits of any deployment. */
  readonly resources: ReadonlyMap<string, Target>;
  readonly quota: QuotaStore;
  readonly chooser: Chooser;
  readonly transport: Transport;
  /** Of retries. */
  readonly budget: RetryBudget;
  /** Of tokens and money. */
  readonly budgets: BudgetKeeper | undefined;
  readonly backoff: BackoffRules;
  readonly hedge: HedgeRules | undefined;
  readonly holders: Holders;
  readonly ledger: Ledger;
  readonly calls: OpenCalls;
  readonly now: () => number;
  readonly random: () => number;
  emit(event: ClientEvent): void;
  /** What events say of answers: a summary when there is a listener; prompts and answers with `telemetry.content`. */
  watched(): 'summary' | 'content' | undefined;
  /** Quota or a target has become free: calls that wait look again. */
  wake(): void;
}
