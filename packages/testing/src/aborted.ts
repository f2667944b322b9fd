/** Resolves when the signal is aborted; never resolves without a signal. */
export async function aborted(signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return;
  const { promise, resolve }: PromiseWithResolvers<void> = Promise.withResolvers();
  signal?.addEventListener(
    'abort',
    () => {
      resolve();
    },
    { once: true },
  );
  await promise;
}
