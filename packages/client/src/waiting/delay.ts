/** Waits `ms` milliseconds. Rejects with `signal.reason` as soon as `signal` aborts. */
export async function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const abort = () => {
    reject(signal?.reason as Error);
  };
  const timer = setTimeout(() => {
    resolve(undefined);
  }, ms);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
