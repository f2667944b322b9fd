import { memoryQuota } from '../quota/memory-quota.ts';
import type {
  Grant,
  ObservedQuota,
  QuotaStore,
  QuotaTarget,
  Refusal,
  SettledChange,
  Settlement,
  TargetState,
  TokenCount,
} from '../quota/quota.ts';

/** The books of this process for a target: health, parking and utilisation. They are used while the store does not answer. */
export interface OwnBooks {
  reserve(target: QuotaTarget, tokens: TokenCount): Grant | Refusal;
  /** Records an attempt that the store granted; `undefined` when these books would have refused it. */
  take(target: QuotaTarget, tokens: TokenCount): Grant | undefined;
  admitted(grant: Grant, observed: ObservedQuota | undefined): void;
  settle(grant: Grant, settlement: Settlement): SettledChange;
  peek(target: QuotaTarget): TargetState;
}

/** Books without windows: `storeMemory` keeps those. `replicas`: how many share the bucket of utilisation. */
export function ownBooks(
  { now, isUnlimited }: { readonly now: () => number; readonly isUnlimited: boolean },
  replicas: () => number,
): OwnBooks {
  const quota: QuotaStore = memoryQuota({ now });

  function own(target: QuotaTarget): QuotaTarget {
    if (isUnlimited) return { ...target, limits: {}, provisioned: false };
    const { ptu } = target.limits;
    if (!target.provisioned || ptu === undefined) return { ...target, limits: {} };
    // Keys change with the share, so that a new number of replicas is a new limit.
    return { ...target, limits: { ptu: ptu / replicas() }, key: `${target.key}#${replicas()}` };
  }

  // The in-memory store returns no promise.
  const reserve = (target: QuotaTarget, tokens: TokenCount): Grant | Refusal =>
    quota.reserve(own(target), tokens) as Grant | Refusal;

  return {
    reserve,
    take: (target, tokens) => {
      const answer = reserve(target, tokens);
      return answer.ok ? answer : undefined;
    },
    admitted: (grant, observed) => quota.admitted?.(grant, observed),
    settle: (grant, settlement) => quota.settle(grant, settlement) as SettledChange,
    peek: (target) => quota.peek(own(target)),
  };
}
