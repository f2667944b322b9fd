import type { Cancellation } from './cancellation.ts';

/** The time that one attempt has, and the signal that ends it. Nothing of it outlives the attempt. */
export interface AttemptScope {
  readonly signal: AbortSignal;
  /** The attempt ends `ms` from now without `what`. Takes the place of the last limit; `undefined` lifts it. */
  limit(ms: number | undefined, what: string): void;
  /** A timer that ends the attempt after so much silence. Takes the place of the last one; `undefined` is any time. */
  idleTimer(ms: number | undefined, what: string): IdleTimer;
  /** From now on its timers keep no process alive: what is read is kept alive by its socket. */
  background(): void;
  abort(reason: unknown): void;
  /** Stops all timers and listeners. */
  end(): void;
}

/** Counts the time that somebody waits for more. */
export interface IdleTimer {
  /** Somebody waits: the time begins anew. */
  start(): void;
  /** Something came, or nobody waits: the caller is busy with what came before. */
  stop(): void;
}

/** Opens a scope that ends with the caller's wish, at `deadline`, or by its own limits. */
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
  let idleTimer: NodeJS.Timeout | undefined;
  let isInBackground = false;
  let isOver = false;

  function timer(run: () => void, ms: number): NodeJS.Timeout {
    const handle = setTimeout(run, ms);
    return isInBackground ? handle.unref() : handle;
  }

  return {
    signal: controller.signal,
    limit: (ms, what) => {
      clearTimeout(limitTimer);
      limitTimer = undefined;
      if (ms === undefined || ms >= deadline.inMs || isOver) return;
      limitTimer = timer(() => {
        abort(attemptTimedOut(ms, what));
      }, ms);
    },
    idleTimer: (ms, what) => {
      clearTimeout(idleTimer);
      idleTimer = undefined;
      if (ms === undefined || ms >= deadline.inMs) return noTimer;
      let isWaiting = false;
      const end = () => {
        if (isWaiting) abort(attemptTimedOut(ms, what));
      };
      return {
        start: () => {
          if (isOver) return;
          isWaiting = true;
          // A timer that has ended while nobody waited runs again as well.
          if (idleTimer === undefined) idleTimer = timer(end, ms);
          else idleTimer.refresh();
        },
        stop: () => {
          isWaiting = false;
        },
      };
    },
    background: () => {
      isInBackground = true;
      deadlineTimer.unref();
      limitTimer?.unref();
      idleTimer?.unref();
    },
    abort,
    end: () => {
      isOver = true;
      clearTimeout(deadlineTimer);
      clearTimeout(limitTimer);
      clearTimeout(idleTimer);
      forget();
    },
  };
}

const noTimer: IdleTimer = { start: () => undefined, stop: () => undefined };

/** The SDK makes an `APIConnectionTimeoutError` of it, by its words. */
function attemptTimedOut(ms: number, what: string): DOMException {
  return new DOMException(`The attempt timed out: no ${what} within ${ms} ms.`, 'TimeoutError');
}
