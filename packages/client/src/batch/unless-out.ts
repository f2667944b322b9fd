import { APIError } from 'openai';

/** The answer, or `undefined` while the service is out: a batch takes up to a day, and a short outage must not end its run. */
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

function isFinal(status = 0): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
