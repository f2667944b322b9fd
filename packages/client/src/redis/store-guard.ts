/** Keeps a store that is slow or gone from holding up calls: a deadline for each question, and a circuit. */
export interface StoreGuard {
  /** Asks the store. Rejects at once while the circuit is open, and after `timeoutMs` otherwise. */
  ask<Answer>(question: () => Promise<Answer>): Promise<Answer>;
}

export interface StoreGuardOptions {
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** Failures in a row that open the circuit of the store. */
const failuresToOpen = 3;
const firstPauseMs = 500;
const longestPauseMs = 30_000;

export function storeGuard({ timeoutMs, now }: StoreGuardOptions): StoreGuard {
  let failures = 0;
  let openUntilMs = 0;
  let pauseMs = firstPauseMs;
  let lastError = new Error('The quota store does not answer.');
  let isProbing = false;

  function failed(error: unknown): void {
    failures += 1;
    if (error instanceof Error) lastError = error;
    if (failures < failuresToOpen) return;
    openUntilMs = now() + pauseMs;
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  }

  return {
    async ask(question) {
      const isOpen = failures >= failuresToOpen;
      if (isOpen && (isProbing || now() < openUntilMs)) throw lastError;
      isProbing = isOpen;
      try {
        const answer = await withTimeout(question, timeoutMs);
        failures = 0;
        pauseMs = firstPauseMs;
        return answer;
      } catch (error) {
        failed(error);
        throw error;
      } finally {
        isProbing = false;
      }
    },
  };
}

async function withTimeout<Answer>(question: () => Promise<Answer>, timeoutMs: number): Promise<Answer> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`The quota store has not answered within ${timeoutMs} ms.`));
  }, timeoutMs);
  try {
    return await Promise.race([question(), promise]);
  } finally {
    clearTimeout(timer);
  }
}
