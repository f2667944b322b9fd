import type { CredentialError } from '../errors.ts';

/** A failure, and the time before which nothing is asked again. */
export interface BackOff {
  readonly error: CredentialError;
  readonly count: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

const firstMs = 1_000;
const longestMs = 30_000;

/** The back-off after one more failure: doubles from 1 s to 30 s, and a random half of it is taken off. */
export function backOff(
  error: CredentialError,
  { last, nowMs, random }: { last: BackOff | undefined; nowMs: number; random: () => number },
): BackOff {
  const count = (last?.count ?? 0) + 1;
  const fullMs = Math.min(longestMs, firstMs * 2 ** (count - 1));
  return { error, count, fromMs: nowMs, untilMs: nowMs + fullMs * (0.5 + random() / 2) };
}

/** Whether it is too early to ask again. A clock that was set back does not prolong it. */
export function isBackingOff(state: BackOff | undefined, nowMs: number): state is BackOff {
  return state !== undefined && nowMs >= state.fromMs && nowMs < state.untilMs;
}
