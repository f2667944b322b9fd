import type { QuotaMirror } from './quota-mirror.ts';
import type { QuotaTarget, TokenCount } from './quota.ts';

const minuteMs = 60_000;

/** Input tokens that one output token weighs, where nobody has said: the middle of Microsoft's table. */
const usualOutputWeight = 6;

/**
 * A copy of a provisioned deployment's leaky bucket (provisioned-throughput.md): estimates are poured in, corrected by
 * what was really used, and drain all the time. Its size is given by the config or learned from the utilisation header.
 */
export function utilisationMirror({ limits, ptu }: QuotaTarget): QuotaMirror {
  const weight = ptu?.outputWeight ?? usualOutputWeight;
  let capacity = limits.ptu !== undefined && ptu !== undefined ? limits.ptu * ptu.inputTpm : undefined;
  const learns = capacity === undefined;
  /** In units of the whole bucket once its size is known, else 0. */
  let level = 0;
  let levelAtMs = 0;
  let last: { readonly utilisation: number; readonly atMs: number } | undefined;
  let poured = 0;

  const weigh = ({ input, output, cachedInput = 0 }: TokenCount) => input - cachedInput + output * weight;

  function levelAt(nowMs: number): number {
    if (nowMs > levelAtMs) {
      level = Math.max(0, level - (nowMs - levelAtMs) / minuteMs);
      levelAtMs = nowMs;
    }
    return level;
  }

  function pour(amount: number, nowMs: number): void {
    levelAt(nowMs);
    if (capacity !== undefined) level = Math.max(0, level + amount / capacity);
    poured += amount;
  }

  /** Two readings of the gauge and what was poured in between tell the size of the bucket. */
  function learnCapacity(utilisation: number, atMs: number): void {
    if (last !== undefined && utilisation > 0.02 && last.utilisation > 0.02) {
      const rose = utilisation - last.utilisation + (atMs - last.atMs) / minuteMs;
      const measured = poured / rose;
      if (rose > 0.01 && poured > 0)
        capacity = capacity === undefined ? measured : capacity * 0.8 + measured * 0.2;
    }
    last = { utilisation, atMs };
    poured = 0;
  }

  return {
    refuses: (_count, nowMs) => {
      const excess = levelAt(nowMs) - 1;
      if (excess <= 0) return undefined;
      return { reason: 'utilisation', retryAtMs: nowMs + Math.ceil(excess * minuteMs) };
    },
    take: (count, nowMs) => {
      pour(weigh(count), nowMs);
      return undefined;
    },
    settle: (grant, { tokens, observed, counted = true, result }, nowMs) => {
      const actual = counted && result !== 'throttled' ? weigh(tokens ?? grant.tokens) : 0;
      pour(actual - weigh(grant.tokens), nowMs);
      if (observed?.utilisation === undefined) return;
      if (learns) {
        learnCapacity(observed.utilisation, nowMs);
        level = Math.max(levelAt(nowMs), observed.utilisation);
      } else if (observed.utilisation > levelAt(nowMs)) {
        // Others use the same deployment.
        level = observed.utilisation;
      }
    },
    free: (nowMs) => Math.max(0, 1 - levelAt(nowMs)),
  };
}
