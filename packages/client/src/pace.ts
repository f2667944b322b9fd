/** How many attempts a target may be sent before it has let the earlier ones in. */
export interface Pace {
  /** Whether one more may be sent now. */
  mayStart(): boolean;
  started(): void;
  /** One was let in. */
  admitted(): void;
  /** One was refused for want of quota. */
  refused(): void;
  /** One came to nothing in another way. */
  ended(): void;
}

/** From here on nobody counts any more. */
const unlimited = 64;

/**
 * No limit until a refusal; after it one attempt, and one more with each that is let in. Whoever waits for the same
 * target is let go at the same moment, and would all be refused at the same moment.
 */
export function pace(): Pace {
  let most = Infinity;
  let unanswered = 0;
  const answer = (): void => {
    unanswered = Math.max(0, unanswered - 1);
  };
  return {
    mayStart: () => unanswered < most,
    started: () => {
      unanswered += 1;
    },
    admitted: () => {
      answer();
      if (most !== Infinity) most = most + 1 >= unlimited ? Infinity : most + 1;
    },
    refused: () => {
      answer();
      most = 1;
    },
    ended: answer,
  };
}
