import type { Cancellation } from './cancellation.ts';

/** The time that one attempt has, and the signal that ends it. Nothing of it outlives the attempt. */
export interface AttemptScope {
  readonly signal: AbortSignal;
  /** From now on the attempt ends after `ms` without `touch()`; `undefined` lifts the limit. */
  limit(ms: number | undefined, what: string): void;
  /** The limit begins anew. */
  resume(): void;
  /** The limit waits: it is the caller who takes his time. */
  pause(): void;
  /** From now on its timers keep no process alive: what is read is kept alive by its socket. */
  background(): void;
  abort(reason: unknown): void;
  /** Stops all timers and listeners. */
  end(): void;
}

/** Opens a scope that ends with the caller's wish, at `deadline`, or by its own limit. */
export function attemptScope(
  cancellation: Cancellation,
  deadline: { readonly inMs: number; readonly error: () => unknown },
): AttemptScope {
  const controller = new AbortController();
  const abort = (reason: unknown) => {
    controller.abort(reason);
  };
  const forget = cancellation.onAbort(abort);
  const deadlineTimer = setTimeout(() => {
    abort(deadline.error());
  }, deadline.inMs);
  let limitTimer: NodeJS.Timeout | undefined;
  let paused = false;
  return {
    signal: controller.signal,
    limit: (ms, what) => {
      clearTimeout(limitTimer);
      limitTimer =
        ms === undefined || ms >= deadline.inMs
          ? undefined
          : setTimeout(() => {
              if (!paused) abort(attemptTimedOut(ms, what));
            }, ms);
    },
    resume: () => {
      paused = false;
      limitTimer?.refresh();
    },
    pause: () => {
      paused = true;
    },
    background: () => {
      deadlineTimer.unref();
      limitTimer?.unref();
    },
    abort,
    end: () => {
      clearTimeout(deadlineTimer);
      clearTimeout(limitTimer);
      forget();
    },
  };
}

/** The SDK makes an `APIConnectionTimeoutError` of it, by its words (models.md 2.6). */
function attemptTimedOut(ms: number, what: string): DOMException {
  return new DOMException(`The attempt timed out: no ${what} within ${ms} ms.`, 'TimeoutError');
}
