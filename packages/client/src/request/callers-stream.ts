/** What streams of callers have failed with. */
const brokenStreams = new WeakSet();

/** Whether a request has failed because the caller's own stream did: no deployment is to blame for that. */
export function isOfCaller(error: unknown): boolean {
  return brokenStreams.has(error as object);
}

/** The stream of a caller, which is known as the cause when it fails. */
export function callersStream(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  async function* pieces(): AsyncGenerator<Uint8Array, void> {
    try {
      yield* source;
    } catch (error) {
      if (typeof error === 'object' && error !== null) brokenStreams.add(error);
      throw error;
    }
  }
  return ReadableStream.from(pieces());
}
