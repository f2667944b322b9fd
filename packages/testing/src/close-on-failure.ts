/** The results of all `starting`. If one fails, everything that has started is closed, also what starts later. */
export async function closeOnFailure<Value>(
  starting: readonly Promise<Value>[],
  close: () => Promise<void>,
): Promise<Value[]> {
  const settled = await Promise.allSettled(starting);
  const failed = settled.find((each) => each.status === 'rejected');
  if (failed === undefined) return Promise.all(starting);
  await close();
  throw failed.reason;
}
