/** How many attempts may be sent to a target before it has admitted the earlier ones. */
export interface Pace {
  /** Whether one more may be sent now. */
  mayStart(nowMs: number): boolean;
  started(nowMs: number): PendingAttempt;
  /** The service has admitted the attempt. */
  admitted(attempt: PendingAttempt): void;
  /** The service has refused the attempt because quota is used up. */
  refused(attempt: PendingAttempt): void;
  /** The attempt failed for a reason other than quota. */
  ended(attempt: PendingAttempt): void;
}

/** An attempt without an answer so far. */
export interface PendingAttempt {
  readonly atMs: number;
}

/** At this many attempts without an answer the limit is lifted. */
const unlimited = 64;

/** A refusal arrives at once; an answer may take minutes. An attempt that is not refused by then counts as admitted. */
const refusalTakesMs = 1_000;

/**
 * No limit until a refusal; after it one attempt, and one more with each that is admitted. Without this, all calls that
 * wait for the same target would start at the same moment, and most of them would be refused.
 */
export function pace(): Pace {
  const unanswered = new Set<PendingAttempt>();
  let most = Infinity;

  function admitted(attempt: PendingAttempt): void {
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
