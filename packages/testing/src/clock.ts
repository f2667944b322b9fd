/** The clock of the mock. Everything in the mock that waits or reads the time uses it. */
export interface Clock {
  /** Milliseconds since 1970 in the mock's own time. */
  now(): number;
  /** Waits `ms` milliseconds of the mock's time. Rejects with `signal.reason` as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** How many milliseconds of the mock's time pass in one millisecond of the caller's. */
  readonly timeScale: number;
}

/** A clock that a test moves. */
export interface ManualClock extends Clock {
  /** Moves the time forward and wakes all sleepers that are due, in order. */
  advance(ms: number): Promise<void>;
}

export interface RealClockOptions {
  /**
   * How much faster the time of the mock runs: with 60, a minute passes in one second.
   * @default 1
   */
  readonly timeScale?: number;
  /**
   * The time at which the clock starts, in milliseconds since 1970.
   * @default Date.now()
   */
  readonly startMs?: number;
}

/** The time of this machine, from `startMs` on, `timeScale` times as fast. */
export function realClock({ timeScale = 1, startMs = Date.now() }: RealClockOptions = {}): Clock {
  if (!(timeScale > 0) || !Number.isFinite(timeScale)) {
    throw new RangeError(`Cannot run a clock: \`timeScale\` is ${timeScale}. Give a number above 0.`);
  }
  const originMs = performance.now();
  return {
    timeScale,
    now: () => Math.floor(startMs + (performance.now() - originMs) * timeScale),
    sleep: (ms, signal) => wait(ms / timeScale, signal),
  };
}

/** A clock that stands still until `advance` moves it. */
export function manualClock(startMs: number = Date.UTC(2026, 10, 22)): ManualClock {
  let nowMs = startMs;
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();

  async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (ms <= 0) return;
    const { promise, resolve, reject }: PromiseWithResolvers<void> = Promise.withResolvers();
    const sleeper = {
      untilMs: nowMs + ms,
      wake: () => {
        resolve();
      },
    };
    const abort = () => {
      reject(signal?.reason as Error);
    };
    sleepers.add(sleeper);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await promise;
    } finally {
      sleepers.delete(sleeper);
      signal?.removeEventListener('abort', abort);
    }
  }

  async function advance(ms: number): Promise<void> {
    const targetMs = nowMs + ms;
    for (;;) {
      const next = [...sleepers].sort((a, b) => a.untilMs - b.untilMs)[0];
      if (next === undefined || next.untilMs > targetMs) break;
      nowMs = Math.max(nowMs, next.untilMs);
      sleepers.delete(next);
      next.wake();
      // A sleeper that was woken may sleep again within this advance.
      await new Promise(setImmediate);
    }
    nowMs = targetMs;
  }

  return { timeScale: 1, now: () => nowMs, sleep, advance };
}

const longestTimerMs = 2 ** 31 - 1;

async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (ms <= 0) return;
  const { promise, resolve, reject }: PromiseWithResolvers<void> = Promise.withResolvers();
  const abort = () => {
    reject(signal?.reason as Error);
  };
  const timer = setTimeout(resolve, Math.min(ms, longestTimerMs));
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
