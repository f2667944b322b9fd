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

  function abort(event: Event): void {
    if (event.target instanceof AbortSignal) state.stop(event.target.reason);
  }

  // Fields, not getters: V8 keeps the getters of an object literal, and the call with them, until a full collection.
  const state = {
    aborted: false,
    reason: undefined as unknown,
    throwIfAborted: () => {
      if (state.aborted) throw state.reason;
    },
    onAbort: (listener: (reason: unknown) => void) => {
      if (state.aborted) listener(state.reason);
      else listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: (reason: unknown) => {
      if (state.aborted) return;
      state.aborted = true;
      state.reason = reason;
      for (const listener of listeners) listener(reason);
      listeners.clear();
    },
    dispose: () => {
      for (const signal of signals) signal?.removeEventListener('abort', abort);
    },
  };
  for (const signal of signals) {
    if (signal?.aborted === true) state.stop(signal.reason);
    signal?.addEventListener('abort', abort, { once: true });
  }
  return state;
}
