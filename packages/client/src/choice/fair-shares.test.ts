import { expect, test } from 'vitest';
import type { Candidate } from '../route/route.ts';
import type { Target } from '../route/target.ts';
import { fairShares } from './fair-shares.ts';
import type { FairShares } from './fair-shares.ts';

const candidate = (name: string, weight?: number): Candidate => ({
  target: { name } as Target,
  ...(weight === undefined ? {} : { weight }),
});

/** Gives each call to whoever is owed most, and counts. */
function divide(shares: FairShares, among: readonly Candidate[], calls: number): number[] {
  const counts = among.map(() => 0);
  for (let call = 0; call < calls; call += 1) {
    const owed = among.map((each) => shares.owed(each, among));
    const at = owed.indexOf(Math.max(...owed));
    counts[at] = (counts[at] ?? 0) + 1;
    const taker = among[at];
    if (taker !== undefined) shares.take(taker.target, among);
  }
  return counts;
}

test('divides calls by weight, in any stretch of them', () => {
  const among = [candidate('a', 3), candidate('b', 1)];
  const shares = fairShares(() => 0);
  for (let stretch = 0; stretch < 20; stretch += 1) expect(divide(shares, among, 4)).toEqual([3, 1]);
});

test('a target without a weight has the weight one', () => {
  expect(
    divide(
      fairShares(() => 0),
      [candidate('a', 1), candidate('b')],
      10,
    ),
  ).toEqual([5, 5]);
});

test('a call that could not be made is given back', () => {
  const among = [candidate('a'), candidate('b')];
  const [a] = among as [Candidate, Candidate];
  const shares = fairShares(() => 0);
  const before = shares.owed(a, among);
  shares.take(a.target, among);
  expect(shares.owed(a, among)).toBe(before - 0.5);
  shares.giveBack(a.target, among);
  expect(shares.owed(a, among)).toBe(before);
  expect(shares.recent).toBe(0);
});

test('a target that was away is owed 32 calls and no more', () => {
  const among = [candidate('a'), candidate('b')];
  const [a, b] = among as [Candidate, Candidate];
  const shares = fairShares(() => 0);
  for (let call = 0; call < 1_000; call += 1) shares.take(a.target, among);
  expect(shares.owed(b, among)).toBe(32.5);
  expect(shares.owed(a, among)).toBe(-31.5);
});
