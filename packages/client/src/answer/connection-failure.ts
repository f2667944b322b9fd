const failures = new WeakSet();

/** What a standard `fetch` rejects with when there is no answer: a `TypeError`, or the time-out as it is. */
export function connectionFailed(cause: unknown): Error {
  const isTimeout = cause instanceof DOMException && cause.name === 'TimeoutError';
  const error = isTimeout ? cause : new TypeError('fetch failed', { cause });
  failures.add(error);
  return error;
}

/** Whether an error says that there was no answer. All others are decisions of ours or the caller's. */
export function isConnectionFailure(error: unknown): boolean {
  return failures.has(error as object);
}
