/** What is known of a limit: from the config, from a header, or guessed after a refusal. */
export interface LearnedLimit {
  /** `undefined` while nothing is known. */
  readonly value: number | undefined;
  /** The value is what went through before a refusal: other clients may have used part of the limit. */
  readonly isGuess: boolean;
  /** A header named the limit. A larger one than the config's is not used. */
  said(limit: number): void;
  /** The limit held a request back: a guess may be too small. */
  heldBack(): void;
  /** A new window has begun. A guess that held a request back and brought no refusal grows. */
  windowBegan(): void;
  /** A request of `amount` was refused after `through` had been let in. */
  refused(amount: number, through: number): void;
}

/** How much a guess grows at first; each time after that, twice as much, up to its own size. */
const firstGrowth = 0.01;

/** A refusal after less than so many requests of its size says more about other clients than about the limit. */
const enoughForGuess = 8;

/** The limit that the config gives, or one that is learned. */
export function learnedLimit(given: number | undefined): LearnedLimit {
  let value = given;
  let isGuess = false;
  let hasHeldBack = false;
  let growth = firstGrowth;

  return {
    get value() {
      return value;
    },
    get isGuess() {
      return isGuess;
    },
    said: (limit) => {
      value = Math.min(limit, given ?? Infinity);
      isGuess = false;
    },
    heldBack: () => {
      hasHeldBack = true;
    },
    windowBegan: () => {
      if (value !== undefined && isGuess && hasHeldBack) {
        value *= 1 + growth;
        growth = Math.min(1, growth * 2);
      }
      hasHeldBack = false;
    },
    refused: (amount, through) => {
      if ((value === undefined || isGuess) && through >= enoughForGuess * amount) {
        value = through;
        isGuess = true;
      }
      growth = firstGrowth;
      hasHeldBack = false;
    },
  };
}
