import type { BudgetAnswer, BudgetStore } from '../budget/budget.ts';
import { memoryBudgets } from '../budget/memory-budgets.ts';
import { QuotaStoreError } from '../errors.ts';
import { evaluate, scriptOf } from './run-script.ts';
import type { RedisQuotaClient, Script } from './run-script.ts';
import { storeGuard } from './store-guard.ts';

export interface RedisBudgetsOptions {
  /**
   * What happens while the store does not answer. `'alone'`: each process counts only its own usage, from zero.
   * `'closed'`: calls fail with `QuotaStoreError`.
   */
  readonly degrade: 'alone' | 'closed';
  /** How long one decision may take. @default 100 */
  readonly timeoutMs?: number;
  /** Prefix of every key. @default 'aoai' */
  readonly prefix?: string;
  readonly now?: () => number;
}

// KEYS: one for each budget. ARGV: for each of them the amount, the limit (empty for none) and milliseconds to keep it.
// All keys share a hash tag: one script decides on all budgets of a call, so they must be in one slot of a cluster.
const take = scriptOf(`
for place, key in ipairs(KEYS) do
  local amount, limit = tonumber(ARGV[place * 3 - 2]), tonumber(ARGV[place * 3 - 1])
  local used = tonumber(redis.call('HGET', key, 'used') or '0')
  if limit and used + amount > limit then return { 0, place - 1, used } end
end
local used = { 1 }
for place, key in ipairs(KEYS) do
  local sum = redis.call('HINCRBY', key, 'used', ARGV[place * 3 - 2])
  -- The server may have lost what is given back: that is no credit.
  if sum < 0 then redis.call('HSET', key, 'used', 0) end
  used[place + 1] = math.max(0, sum)
  redis.call('PEXPIRE', key, ARGV[place * 3])
end
return used`);

/**
 * Budgets that all processes share through Redis or Valkey: one atomic script before a call, and one after it.
 * @throws TypeError when `degrade` is invalid.
 */
export function redisBudgets(client: RedisQuotaClient, options: RedisBudgetsOptions): BudgetStore {
  const { degrade, timeoutMs = 100, prefix = 'aoai', now = Date.now } = options;
  if (!['alone', 'closed'].includes(degrade)) {
    throw new TypeError(
      `Cannot create the budget store: \`degrade\` is ${JSON.stringify(degrade)}. Set it to "alone" or "closed".`,
    );
  }
  const guard = storeGuard({ timeoutMs, now });
  const alone = memoryBudgets({ now });

  async function run(
    script: Script,
    amounts: readonly { key: string; amount: number; limit?: number; untilMs: number }[],
  ): Promise<readonly number[]> {
    const given = {
      keys: amounts.map(({ key }) => `${prefix}:{budgets}:${key}`),
      arguments: amounts.flatMap(({ amount, limit, untilMs }) => [
        String(amount),
        limit === undefined ? '' : String(limit),
        // Kept for one more hour, because clocks differ and calls may end after their period.
        String(Math.max(0, Math.ceil(untilMs - now())) + 3_600_000),
      ]),
    };
    const answer = await guard.ask(() => evaluate(client, script, given));
    return (answer as readonly (number | string)[]).map(Number);
  }

  return {
    take: async (entries): Promise<BudgetAnswer> => {
      if (entries.length === 0) return { ok: true, used: [] };
      try {
        const [ok, ...rest] = await run(take, entries);
        return ok === 1 ? { ok: true, used: rest } : { ok: false, place: rest[0] ?? 0, used: rest[1] ?? 0 };
      } catch (cause) {
        if (degrade === 'closed') throw new QuotaStoreError({ store: prefix, cause });
        return alone.take(entries);
      }
    },
    correct: async (amounts) => {
      await run(take, amounts);
    },
  };
}
