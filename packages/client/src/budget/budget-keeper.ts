import { BudgetExceededError } from '../errors.ts';
import type { Budget, BudgetAmount, BudgetEntry, BudgetStore } from './budget.ts';

/** The usage of a call: estimated before it, or actual. */
interface Spend {
  readonly tokens: number;
  /** In the currency of the prices; `undefined` where no budget asks for it. */
  readonly cost: number | undefined;
}

/** The amounts that are held for a call until its usage is known. */
export type BudgetHold = readonly HeldAmount[];

/** The amount of one budget. */
interface HeldAmount {
  readonly budget: Budget;
  readonly unit: 'tokens' | 'cost';
  readonly tag: string | undefined;
  readonly limit: number;
  readonly entry: BudgetEntry;
}

/** A budget that has reached the share at which it warns. */
interface BudgetWarning {
  /** `team=search`; missing for the budget of all calls. */
  readonly tag?: string;
  readonly per: Budget['per'];
  readonly unit: 'tokens' | 'cost';
  readonly limit: number;
  readonly used: number;
}

/** Holds the estimate of each call before a byte of it is sent. */
export interface BudgetKeeper {
  readonly needsCost: boolean;
  /** @throws BudgetExceededError when a budget has no room for it. */
  hold(tags: Readonly<Record<string, string>>, estimate: Spend): Promise<BudgetHold>;
  /** Puts what was used in place of the estimate; `undefined` when that is not known. */
  settle(hold: BudgetHold, used: Spend | undefined): void;
  close(): Promise<void>;
}

export interface BudgetKeeperOptions {
  readonly store: BudgetStore;
  readonly now: () => number;
  readonly warn: (warning: BudgetWarning) => void;
}

/** Money is counted in millionths, so that sums are exact. */
const perUnit = { tokens: 1, cost: 1_000_000 } as const;

/** How many warnings are remembered, so that each is sent once. */
const mostWarned = 10_000;

export function budgetKeeper(
  budgets: readonly Budget[],
  { store, now, warn }: BudgetKeeperOptions,
): BudgetKeeper {
  const correcting = new Set<Promise<void>>();
  const warned = new Map<string, number>();

  function amountsFor(tags: Readonly<Record<string, string>>, estimate: Spend): HeldAmount[] {
    const nowMs = now();
    return budgets.flatMap((budget) => {
      const tag = budget.tag === undefined ? undefined : `${budget.tag}=${tags[budget.tag] ?? ''}`;
      const { beginning, untilMs } = periodOf(budget.per, nowMs);
      return (['tokens', 'cost'] as const).flatMap((unit) => {
        const limit = budget[unit];
        if (limit === undefined) return [];
        const entry = {
          key: `${beginning}/${budget.per}/${tag === undefined ? 'all' : encodeURIComponent(tag)}/${unit}`,
          amount: wholeOf(estimate, unit),
          limit: Math.floor(limit * perUnit[unit]),
          untilMs,
        };
        return [{ budget, unit, tag, limit, entry }];
      });
    });
  }

  /** When an estimate is given back, a later call may reach the share a second time. */
  function isFirst({ key, untilMs }: BudgetEntry): boolean {
    if (warned.has(key)) return false;
    if (warned.size >= mostWarned) {
      for (const [each, endsAtMs] of warned) if (endsAtMs <= now()) warned.delete(each);
      if (warned.size >= mostWarned) warned.clear();
    }
    warned.set(key, untilMs);
    return true;
  }

  async function hold(tags: Readonly<Record<string, string>>, estimate: Spend): Promise<BudgetHold> {
    const held = amountsFor(tags, estimate);
    const answer = await store.take(held.map(({ entry }) => entry));
    if (!answer.ok) throw exceeded(held[answer.place], answer.used);
    for (const [place, amount] of held.entries()) warnOf(amount, answer.used[place] ?? 0);
    return held;
  }

  function warnOf({ budget, unit, tag, limit, entry }: HeldAmount, used: number): void {
    const warnAt = limit * perUnit[unit] * (budget.warnAt ?? 0.8);
    // Only the call that reaches the share warns, in whichever process it is.
    const isReached = used >= warnAt && used - entry.amount < warnAt;
    if (!isReached || !isFirst(entry)) return;
    const at = { per: budget.per, unit, limit, used: used / perUnit[unit] };
    warn(tag === undefined ? at : { ...at, tag });
  }

  function settle(held: BudgetHold, used: Spend | undefined): void {
    if (used === undefined) return;
    const amounts: BudgetAmount[] = held
      .map(({ unit, entry: { key, amount, untilMs } }) => ({
        key,
        untilMs,
        amount: wholeOf(used, unit) - amount,
      }))
      .filter(({ amount }) => amount !== 0);
    if (amounts.length === 0) return;
    const corrected = store.correct(amounts);
    if (corrected === undefined) return;
    // While the store does not answer, the estimate stays counted, which is safer than to count nothing.
    const settled = corrected.catch(() => undefined).then(() => void correcting.delete(settled));
    correcting.add(settled);
  }

  return {
    needsCost: budgets.some(({ cost }) => cost !== undefined),
    hold,
    settle,
    close: async () => {
      await Promise.all(correcting);
      await store.close?.();
    },
  };
}

/** `held`: the amount without room, as the store named it. */
function exceeded(held: HeldAmount | undefined, used: number): Error {
  if (held === undefined) return new TypeError('The budget store named a budget that it was not asked for.');
  const { budget, unit, tag, limit, entry } = held;
  return new BudgetExceededError({
    ...(tag === undefined ? undefined : { tag }),
    per: budget.per,
    unit,
    limit,
    used: used / perUnit[unit],
    asked: entry.amount / perUnit[unit],
    endsAtMs: entry.untilMs,
  });
}

function wholeOf(spend: Spend, unit: 'tokens' | 'cost'): number {
  // In binary fractions 0.1 + 0.2 is a little more than 0.3.
  return Math.ceil((spend[unit] ?? 0) * perUnit[unit] - 1e-6);
}

/** The period in UTC that contains a time. */
function periodOf(per: Budget['per'], nowMs: number): { beginning: string; untilMs: number } {
  const date = new Date(nowMs);
  const iso = date.toISOString();
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (per === 'month') return { beginning: iso.slice(0, 7), untilMs: Date.UTC(year, month + 1, 1) };
  if (per === 'day') return { beginning: iso.slice(0, 10), untilMs: Date.UTC(year, month, day + 1) };
  return { beginning: iso.slice(0, 13), untilMs: Date.UTC(year, month, day, date.getUTCHours() + 1) };
}
