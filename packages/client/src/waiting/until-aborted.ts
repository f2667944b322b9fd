/**
 * Waits for `promise`. Rejects with `signal.reason` as soon as `signal` aborts, also when the maker of the promise
 * ignores the signal: a key function, a credential of another package. `@aoai/auth` and `@aoai/cli` keep copies
 * (`abortable`), since a dozen lines are not worth a place in a public API.
 */
export async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => {
    reject(signal.reason as Error);
  };
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
