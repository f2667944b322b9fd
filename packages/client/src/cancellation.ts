/** The caller's wish to stop, from any of its signals. */
export interface Cancellation {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  /** Calls `listener` on abort, at once when it has happened. Returns how to stop listening. */
  onAbort(listener: (reason: unknown) => void): () => void;
  /** Aborts from our side. */
  stop(reason: unknown): void;
  /** Stops listening to the signals. */
  dispose(): void;
}

/** Joins signals without `AbortSignal.any`, whose signals live as long as the longest of their sources. */
export function cancellation(signals: readonly (AbortSignal | null | undefined)[]): Cancellation {
  const listeners = new Set<(reason: unknown) => void>();
  let aborted = false;
  let reason: unknown;

  function abort(event: Event): void {
    if (event.target instanceof AbortSignal) stop(event.target.reason);
  }

  function stop(why: unknown): void {
    if (aborted) return;
    aborted = true;
    reason = why;
    for (const listener of listeners) listener(why);
    listeners.clear();
  }

  for (const signal of signals) {
    if (signal?.aborted === true) stop(signal.reason);
    signal?.addEventListener('abort', abort, { once: true });
  }
  return {
    get aborted() {
      return aborted;
    },
    get reason() {
      return reason;
    },
    throwIfAborted: () => {
      if (aborted) throw reason;
    },
    onAbort: (listener) => {
      if (aborted) listener(reason);
      else listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop,
    dispose: () => {
      for (const signal of signals) signal?.removeEventListener('abort', abort);
    },
  };
}
