/** A bucket that drains all the time: full at a minute's worth, as provisioned throughput is measured. */
export interface LeakyBucket {
  /** How long until the level is down to 100 %. */
  waitMs(nowMs: number): number;
  add(amount: number, nowMs: number): void;
  /** 1 is 100 %. */
  level(nowMs: number): number;
}

/** An empty bucket that drains `perMinute`. */
export function leakyBucket(perMinute: number): LeakyBucket {
  let filled = 0;
  let atMs = 0;
  const drained = (nowMs: number): number => {
    if (nowMs > atMs) {
      filled = Math.max(0, filled - ((nowMs - atMs) * perMinute) / 60_000);
      atMs = nowMs;
    }
    return filled;
  };
  return {
    waitMs: (nowMs) => Math.max(0, Math.ceil(((drained(nowMs) - perMinute) * 60_000) / perMinute)),
    add: (amount, nowMs) => {
      filled = Math.max(0, drained(nowMs) + amount);
    },
    level: (nowMs) => drained(nowMs) / perMinute,
  };
}
