/** What `starting` resolves to. Where it fails, nothing that has started stays behind. */
export async function closeOnFailure<Value>(
  starting: Promise<Value>,
  close: () => Promise<void>,
): Promise<Value> {
  try {
    return await starting;
  } catch (error) {
    await close();
    throw error;
  }
}
