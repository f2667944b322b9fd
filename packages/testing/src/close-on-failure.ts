/** What each of `starting` resolves to. Where one fails, nothing that has started stays behind: not even what starts late. */
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
