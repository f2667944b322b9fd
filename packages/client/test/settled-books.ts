import { memoryQuota } from '../src/quota/memory-quota.ts';
import type { QuotaStore, Settlement } from '../src/quota/quota.ts';

/** Quota in memory, which remembers how each attempt was settled. */
export function settledBooks(now: () => number = Date.now): {
  quota: QuotaStore;
  settled: (Settlement & { key: string })[];
} {
  const memory = memoryQuota({ now });
  const settled: (Settlement & { key: string })[] = [];
  const settle: QuotaStore['settle'] = (grant, settlement) => {
    settled.push({ ...settlement, key: grant.target.key });
    return memory.settle(grant, settlement);
  };
  return { quota: { ...memory, settle }, settled };
}
