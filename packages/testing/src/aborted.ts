/** Resolves when the signal is aborted; without a signal, never. */
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
