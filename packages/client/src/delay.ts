import type { Cancellation } from './cancellation.ts';

/** Longest wait that a timer of the platform can hold. */
const longestTimerMs = 2 ** 31 - 1;

/** Waits `ms` milliseconds. Rejects with the caller's reason as soon as it aborts. */
export async function delay(ms: number, cancellation: Cancellation): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, Math.min(ms, longestTimerMs), undefined);
  const forget = cancellation.onAbort(reject);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    forget();
  }
}
