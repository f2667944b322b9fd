const windowMs = 10_000;
const windowsPerMinute = 6;

/**
 * Calls granted in the current ten seconds: a sixth of the calls per minute. So 600 RPM lets 100 calls through at
 * once and refuses the 101st (docs/wire/limits.md#7.2; `x-ratelimit-renewalperiod-requests: 10` in the headers of 2026).
 */
export interface CallWindow {
  /** How long until a call fits; 0 when one fits now. */
  waitMs(nowMs: number): number;
  take(nowMs: number): void;
  remaining(nowMs: number): number;
  capacity(nowMs: number): number;
}

/** Windows of ten seconds from `originMs` on, which together grant exactly `rpm` calls a minute. */
export function callWindow(rpm: number, originMs: number): CallWindow {
  let index = 0;
  let used = 0;

  function usedAt(nowMs: number): number {
    const current = Math.floor((nowMs - originMs) / windowMs);
    if (current !== index) [index, used] = [current, 0];
    return used;
  }

  function waitMs(nowMs: number): number {
    if (usedAt(nowMs) < capacityOf(index, rpm)) return 0;
    let next = index + 1;
    while (capacityOf(next, rpm) === 0) next += 1;
    return originMs + next * windowMs - nowMs;
  }

  return {
    waitMs,
    take: (nowMs) => {
      used = usedAt(nowMs) + 1;
    },
    remaining: (nowMs) => Math.max(0, -usedAt(nowMs) + capacityOf(index, rpm)),
    capacity: (nowMs) => {
      usedAt(nowMs);
      return capacityOf(index, rpm);
    },
  };
}

/** If the rate is not divisible by six, the first windows of the minute get one call more: 1 RPM is 1, 0, 0, 0, 0, 0. */
function capacityOf(index: number, rpm: number): number {
  if (rpm === Infinity) return Infinity;
  const place = index % windowsPerMinute;
  const upTo = (windows: number) => Math.ceil((windows * rpm) / windowsPerMinute);
  return upTo(place + 1) - upTo(place);
}
