/** What the calls of a period may use together. */
export interface Budget {
  /**
   * Each value of this tag has a budget of its own; calls without the tag have one together. Without `tag` there is one
   * for all calls.
   */
  readonly tag?: string;
  /** An hour, a day or a month of UTC. */
  readonly per: 'hour' | 'day' | 'month';
  /** Most tokens, of prompts and answers. */
  readonly tokens?: number;
  /** Most money, in the currency of the config's prices. */
  readonly cost?: number;
  /** Share at which `budget-warning` is told, once a period. @default 0.8 */
  readonly warnAt?: number;
}

/** An amount for one budget and period. Amounts are whole: tokens, or millionths of the currency. */
export interface BudgetAmount {
  /** The same in every process: `2026-11-29/day/team=search/cost`. */
  readonly key: string;
  readonly amount: number;
  /** When its period ends. */
  readonly untilMs: number;
}

/** What is asked for. */
export interface BudgetEntry extends BudgetAmount {
  readonly limit: number;
}

/** What was used with it, in the order of the entries; or which entry has no room, and what of it was used before. */
export type BudgetAnswer =
  | { readonly ok: true; readonly used: readonly number[] }
  | { readonly ok: false; readonly place: number; readonly used: number };

/** Where is kept what the budgets have used. */
export interface BudgetStore {
  /** Adds every amount, or none of them when one would go above its limit: one atomic decision. */
  take(entries: readonly BudgetEntry[]): BudgetAnswer | Promise<BudgetAnswer>;
  /** Adds what a call used beyond its estimate; gives back what it did not use. */
  correct(amounts: readonly BudgetAmount[]): void | Promise<void>;
  close?(): Promise<void>;
}
