/** When a target that gets no calls of a kind, because others are faster, gets one to test whether they still are. */
export interface Looks {
  /** A call of the tier has begun. Every call adds to the number of looks that the tier may spend. */
  earn(): void;
  /** Whether the tier may spend a call on a look now. */
  may(nowMs: number): boolean;
  /** How long a target has been due for a look; negative before that. */
  dueMs(target: Neglected, nowMs: number): number;
  spend(target: Neglected, nowMs: number): void;
  /** Undoes `spend`: the target could not be called. */
  giveBack(): void;
}

/** The looks at one target by one kind of call. */
export interface Neglected {
  /** When the target last got a call. */
  sentAtMs: number;
  /** Time between looks. It doubles after each look that finds no change. */
  lookEveryMs: number;
}

/** Of a tier's calls, at most this share. */
const share = 0.04;
/** At most one a second. */
export const shortestLookMs = 1_000;

/** The looks of one tier. */
export function looks(): Looks {
  let left = 1;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  return {
    earn: () => {
      left = Math.min(1, left + share);
    },
    may: (nowMs) => left >= 1 && nowMs - lookedAtMs >= shortestLookMs,
    dueMs: ({ sentAtMs, lookEveryMs }, nowMs) => nowMs - sentAtMs - lookEveryMs,
    spend: (target, nowMs) => {
      left -= 1;
      lookedAtMs = nowMs;
      target.sentAtMs = nowMs;
    },
    giveBack: () => {
      left = Math.min(1, left + 1);
    },
  };
}
