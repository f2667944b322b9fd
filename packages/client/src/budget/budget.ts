/** A limit for the usage of all calls in a period. */
export interface Budget {
  /**
   * Each value of this tag has a budget of its own; calls without the tag have one together. Without `tag` there is one
   * for all calls.
   */
  readonly tag?: string;
  /** An hour, a day or a month of UTC. */
  readonly per: 'hour' | 'day' | 'month';
  /** Limit of tokens, of prompts and answers together. */
  readonly tokens?: number;
  /** Limit of money, in the currency of the config's prices. */
  readonly cost?: number;
  /** Share of the limit at which the event `budget-warning` is sent, once a period. @default 0.8 */
  readonly warnAt?: number;
}

/** An amount for one budget and period. Amounts are whole: tokens, or millionths of the currency. */
export interface BudgetAmount {
  /** Name of the budget and its period, the same in every process: `2026-11-29/day/team=search/cost`. */
  readonly key: string;
  readonly amount: number;
  /** When its period ends. */
  readonly untilMs: number;
}

/** The amounts to add. */
export interface BudgetEntry extends BudgetAmount {
  readonly limit: number;
}

/** The usage after the addition, in the order of the entries; or the index of the entry without room, and its usage before. */
export type BudgetAnswer =
  | { readonly ok: true; readonly used: readonly number[] }
  | { readonly ok: false; readonly place: number; readonly used: number };

/** Stores the usage of budgets. */
export interface BudgetStore {
  /** Adds every amount, or none of them when one would go above its limit: one atomic decision. */
  take(entries: readonly BudgetEntry[]): BudgetAnswer | Promise<BudgetAnswer>;
  /** Corrects an estimate by the actual usage: adds what was used beyond it, or gives back what was not used. */
  correct(amounts: readonly BudgetAmount[]): void | Promise<void>;
  close?(): Promise<void>;
}
