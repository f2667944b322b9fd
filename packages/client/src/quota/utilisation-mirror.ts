import type { QuotaMirror } from './quota-mirror.ts';
import type { QuotaTarget, TokenCount } from './quota.ts';
import { capacityOf, fullUtilisation, weighedTokens } from './weighed-tokens.ts';

const minuteMs = 60_000;

interface Entry {
  readonly atMs: number;
  /** All tokens that had been added to the bucket, those of this attempt included. */
  readonly poured: number;
}

interface Reading extends Entry {
  readonly utilisation: number;
}

/**
 * A copy of a provisioned deployment's leaky bucket (docs/wire/limits.md#7.5): estimates are added, corrected by the
 * actual usage, and drain all the time. Every answer reports the utilisation that the service measured, and the copy is
 * set to it. The size of the bucket comes from the config, or is learned from two reports and what was added in between.
 */
export function utilisationMirror(target: QuotaTarget): QuotaMirror {
  const given = capacityOf(target);
  let capacity = given;
  /** 1 is full. What is added before the size is known is not counted. */
  let level = 0;
  let levelAtMs = 0;
  let poured = 0;
  let anchor: Reading | undefined;
  let latest: Reading | undefined;

  const weigh = (count: TokenCount): number => weighedTokens(target, count);

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

  function read(reading: Reading, nowMs: number): void {
    if (latest !== undefined && reading.poured <= latest.poured && reading.atMs <= latest.atMs) return;
    latest = reading;
    if (given === undefined) capacity = learned(reading) ?? capacity;
    const since = capacity === undefined ? 0 : (poured - reading.poured) / capacity;
    level = Math.max(0, reading.utilisation - (nowMs - reading.atMs) / minuteMs + since);
    levelAtMs = nowMs;
  }

  /** An empty bucket does not drain, so nothing can be learned from it. */
  function learned(reading: Reading): number | undefined {
    const from = anchor;
    if (from === undefined || from.utilisation < 0.02 || reading.utilisation < 0.02) {
      anchor = reading;
      return undefined;
    }
    const rose = reading.utilisation - from.utilisation + (reading.atMs - from.atMs) / minuteMs;
    const between = reading.poured - from.poured;
    // Utilisation is reported in tenths of a percent: a small difference is too inexact to learn from.
    if (rose < 0.02 || between <= 0) return undefined;
    if (rose > 0.5) anchor = reading;
    return between / rose;
  }

  return {
    refuses: (_count, nowMs) => {
      const excess = levelAt(nowMs) - fullUtilisation;
      if (excess <= 0) return undefined;
      return { reason: 'utilisation', retryAtMs: nowMs + Math.ceil(excess * minuteMs) };
    },
    take: (count, nowMs): Entry => {
      pour(weigh(count), nowMs);
      return { atMs: nowMs, poured };
    },
    admitted: (entry, observed, nowMs) => {
      if (observed?.utilisation === undefined) return;
      read({ ...(entry as Entry), utilisation: observed.utilisation }, nowMs);
    },
    settle: (_entry, { reserved, settlement }, nowMs) => {
      const { tokens, counted = true, result } = settlement;
      const actual = counted && result !== 'throttled' ? weigh(tokens ?? reserved) : 0;
      pour(actual - weigh(reserved), nowMs);
    },
    free: (nowMs) => Math.max(0, 1 - levelAt(nowMs)),
  };
}
