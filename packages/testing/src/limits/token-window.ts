const minuteMs = 60_000;

/** Tokens granted in the current minute. The counter goes back to zero every minute (docs/wire/limits.md#7.1). */
export interface TokenWindow {
  readonly limit: number;
  /** How long until `tokens` fit; 0 when they fit now. */
  waitMs(nowMs: number, tokens: number): number;
  take(nowMs: number, tokens: number): void;
  remaining(nowMs: number): number;
}

/** A window of `limit` tokens for each minute that begins at `originMs`. */
export function tokenWindow(limit: number, originMs: number): TokenWindow {
  let minute = 0;
  let used = 0;

  function usedAt(nowMs: number): number {
    const current = Math.floor((nowMs - originMs) / minuteMs);
    if (current !== minute) [minute, used] = [current, 0];
    return used;
  }

  return {
    limit,
    waitMs: (nowMs, tokens) =>
      usedAt(nowMs) + tokens <= limit ? 0 : originMs + (minute + 1) * minuteMs - nowMs,
    take: (nowMs, tokens) => {
      used = usedAt(nowMs) + tokens;
    },
    remaining: (nowMs) => limit - usedAt(nowMs),
  };
}
