import { APIError } from 'openai';

/** What the service says, or `undefined` while it cannot say: a batch takes a day, and an outage of minutes ends none. */
export async function unlessOut<Answer>(
  ask: () => Promise<Answer>,
  signal: AbortSignal | undefined,
): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof APIError && isFinal(error.status as number | undefined)) throw error;
    return undefined;
  }
}

function isFinal(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429;
}
