import type { Candidate } from '../route/route.ts';
import type { Target } from '../route/target.ts';

/** What each target of a tier is owed of its calls: smooth weighted round robin, as in nginx. */
export interface FairShares {
  /** Calls that a target is owed if the next one is divided among `among`; negative when it had more than its share. */
  owed(candidate: Candidate, among: readonly Candidate[]): number;
  /** Divides one call among `among` and gives it to `target`. */
  take(target: Target, among: readonly Candidate[]): void;
  /** Undoes `take`: the target could not be called. */
  giveBack(target: Target, among: readonly Candidate[]): void;
  /** Calls of the tier; older ones count less. */
  readonly recent: number;
}

/** The most calls that a target is owed when it returns after a time in which it could not be called. */
const mostOwed = 32;
const memory = 1 - 1 / 400;

/** Shares of a tier. `random` chooses the first target, so that replicas do not start with the same one. */
export function fairShares(random: () => number): FairShares {
  const credits = new Map<Target, number>();
  let recent = 0;
  const creditOf = (target: Target): number => {
    let credit = credits.get(target);
    if (credit === undefined) credits.set(target, (credit = random() / 100));
    return credit;
  };
  function move(taker: Target, among: readonly Candidate[], calls: 1 | -1): void {
    const sum = weightOf(among);
    for (const { target, weight = 1 } of among) {
      const credit = creditOf(target) + calls * (weight / sum - (target === taker ? 1 : 0));
      credits.set(target, Math.min(mostOwed, Math.max(-mostOwed, credit)));
    }
  }

  return {
    owed: ({ target, weight = 1 }, among) => creditOf(target) + weight / weightOf(among),
    take: (target, among) => {
      recent = recent * memory + 1;
      move(target, among, 1);
    },
    giveBack: (target, among) => {
      recent -= 1;
      move(target, among, -1);
    },
    get recent() {
      return recent;
    },
  };
}

function weightOf(candidates: readonly Candidate[]): number {
  let sum = 0;
  for (const { weight = 1 } of candidates) sum += weight;
  return sum;
}
