import type { BudgetStore } from './budget.ts';

/** The most budgets that one process stores: a tag such as a user id may have any number of values. */
const mostKeys = 10_000;

/** Stores the usage of budgets in this process. */
export function memoryBudgets({ now }: { readonly now: () => number }): BudgetStore {
  const sums = new Map<string, { used: number; readonly untilMs: number }>();

  function forget(): void {
    if (sums.size < mostKeys) return;
    for (const [key, { untilMs }] of sums) if (untilMs <= now()) sums.delete(key);
    // The budgets with the least usage are removed first: that loses the least.
    if (sums.size < mostKeys) return;
    let least: { readonly key: string; readonly used: number } | undefined;
    for (const [key, { used }] of sums) if (used < (least?.used ?? Infinity)) least = { key, used };
    if (least !== undefined) sums.delete(least.key);
  }

  function add(key: string, amount: number, untilMs: number): number {
    let sum = sums.get(key);
    if (sum === undefined) {
      forget();
      sums.set(key, (sum = { used: 0, untilMs }));
    }
    sum.used = Math.max(0, sum.used + amount);
    return sum.used;
  }

  return {
    take: (entries) => {
      const usedOf = (key: string): number => sums.get(key)?.used ?? 0;
      const place = entries.findIndex(({ key, amount, limit }) => usedOf(key) + amount > limit);
      const full = entries[place];
      if (full !== undefined) return { ok: false, place, used: usedOf(full.key) };
      return { ok: true, used: entries.map(({ key, amount, untilMs }) => add(key, amount, untilMs)) };
    },
    correct: (amounts) => {
      for (const { key, amount, untilMs } of amounts) if (untilMs > now()) add(key, amount, untilMs);
    },
  };
}
