const minuteMs = 60_000;

/**
 * The leaky bucket of a provisioned deployment (docs/wire/limits.md#7.5): the estimate of a request is added when it
 * arrives, corrected when it is done, and drains at the purchased rate. The bucket holds one minute; Azure does not
 * publish its size.
 */
export interface UtilisationBucket {
  /** How long until the utilisation is at 100 %; 0 when it is not above. */
  waitMs(nowMs: number): number;
  /** Adds an estimate, or a correction, which may be negative. */
  add(nowMs: number, tokens: number): void;
  /** 1 is 100 %. A burst may exceed it, because a request is admitted as a whole. */
  utilisation(nowMs: number): number;
}

/** A bucket that drains `tokensPerMinute`. */
export function utilisationBucket(tokensPerMinute: number, originMs: number): UtilisationBucket {
  const capacity = Math.max(1, tokensPerMinute);
  const drainPerMs = capacity / minuteMs;
  let level = 0;
  let levelAtMs = originMs;

  function levelAt(nowMs: number): number {
    level = Math.max(0, level - (nowMs - levelAtMs) * drainPerMs);
    levelAtMs = nowMs;
    return level;
  }

  return {
    waitMs: (nowMs) => {
      // An empty bucket may keep a rounding error.
      const excess = levelAt(nowMs) - capacity * (1 + 1e-9);
      return Math.max(0, Math.ceil(excess / drainPerMs));
    },
    add: (nowMs, tokens) => {
      level = Math.max(0, levelAt(nowMs) + tokens);
    },
    utilisation: (nowMs) => levelAt(nowMs) / capacity,
  };
}
