/** How many attempts a target may be sent before it has let the earlier ones in. */
export interface Pace {
  /** Whether one more may be sent now. */
  mayStart(nowMs: number): boolean;
  started(nowMs: number): Started;
  /** It was let in. */
  admitted(attempt: Started): void;
  /** It was refused for want of quota. */
  refused(attempt: Started): void;
  /** It came to nothing in another way. */
  ended(attempt: Started): void;
}

/** An attempt without an answer so far. */
export interface Started {
  readonly atMs: number;
}

/** From here on nobody counts any more. */
const unlimited = 64;

/** A refusal comes back at once; an answer may take minutes. Who has not been refused by then has been let in. */
const refusalTakesMs = 1_000;

/**
 * No limit until a refusal; after it one attempt, and one more with each that is let in. Whoever waits for the same
 * target is let go at the same moment, and would all be refused at the same moment.
 */
export function pace(): Pace {
  const unanswered = new Set<Started>();
  let most = Infinity;

  function admitted(attempt: Started): void {
    if (!unanswered.delete(attempt)) return;
    most = most + 1 >= unlimited ? Infinity : most + 1;
  }

  return {
    mayStart: (nowMs) => {
      if (most === Infinity) return true;
      for (const attempt of unanswered) {
        if (nowMs - attempt.atMs < refusalTakesMs) break;
        admitted(attempt);
      }
      return unanswered.size < most;
    },
    started: (nowMs) => {
      const attempt = { atMs: nowMs };
      unanswered.add(attempt);
      return attempt;
    },
    admitted,
    refused: (attempt) => {
      unanswered.delete(attempt);
      most = 1;
    },
    ended: (attempt) => {
      unanswered.delete(attempt);
    },
  };
}
