import { describe, expect, test } from 'vitest';
import { fairShares } from './fair-shares.ts';
import { promptCache, rendezvous } from './prompt-cache.ts';
import { bestOf, byShare, fastestOf, inTurn, placeOf, worthCache } from './rank-tier.ts';
import type { Known } from './rank-tier.ts';
import type { Candidate } from '../route/route.ts';
import type { Target } from '../route/target.ts';

const candidate = (name: string, weight?: number): Candidate => ({ target: { name } as Target, weight });
const nameOf = ({ target: { name } }: Candidate) => name;
const namesOf = (known: readonly Known[]) => known.map((one) => nameOf(one.candidate));

/** A target that takes so long; certain of it, without load and with all its quota free. */
function known(name: string, ms: number, changes: Partial<Known> = {}): Known {
  const log = Math.log(ms);
  const certain = { count: 1e9, deviation: 0, free: 1 };
  return { candidate: candidate(name), log, loadedLog: log, ...certain, ...changes };
}
const unknown = (name: string) => known(name, Number.NaN);

describe('bestOf', () => {
  test('is the one that answers first, by its time under load', () => {
    expect(bestOf([])).toBeUndefined();
    expect(bestOf([unknown('a')])).toBeUndefined();
    const all = [unknown('a'), known('b', 50, { loadedLog: 9 }), known('c', 90), known('d', 80)];
    expect(bestOf(all)?.candidate.target.name).toBe('d');
    expect(bestOf([known('a', 80), known('b', 80)])?.candidate.target.name, 'the first of equal ones').toBe(
      'a',
    );
  });
});

describe('fastestOf', () => {
  const apart = (log: number) => 100 * Math.exp(log);

  test.each([
    ['all while nothing is known', [unknown('a'), unknown('b')], 'a b'],
    ['those that nothing is known of', [known('a', 100), unknown('b')], 'a b'],
    ['those that take as long as the best', [known('a', apart(0.099)), known('b', 100)], 'a b'],
    ['none that takes 1.1 times as long', [known('a', apart(0.101)), known('b', 100)], 'b'],
    ['none that is slower by its load', [known('a', 100, { loadedLog: 9 }), known('b', 100)], 'b'],
  ])('has %s', (_, all, names) => {
    expect(namesOf(fastestOf(all)).join(' ')).toBe(names);
  });

  test('takes two standard errors for chance, by the larger deviation and by both counts', () => {
    // 0.1 + 2 · 0.2 · √(1/16 + 1/16) = 0.2414
    const uncertain = { count: 16, deviation: 0.2 };
    const all = (log: number, own: Partial<Known>, best: Partial<Known>) =>
      namesOf(fastestOf([known('a', apart(log), own), known('b', 100, best)])).length;
    expect(all(0.241, uncertain, uncertain)).toBe(2);
    expect(all(0.242, uncertain, uncertain)).toBe(1);
    expect(all(0.241, { ...uncertain, deviation: 0 }, uncertain)).toBe(2);
    expect(all(0.241, uncertain, { ...uncertain, deviation: 0 })).toBe(2);
    // 0.1 + 2 · 0.2 · √(1/16) = 0.2
    expect(all(0.199, uncertain, { deviation: 0.2 })).toBe(2);
    expect(all(0.201, uncertain, { deviation: 0.2 })).toBe(1);
    expect(all(0.199, { deviation: 0.2 }, uncertain)).toBe(2);
    expect(all(0.201, { deviation: 0.2 }, uncertain)).toBe(1);
    // Without an answer as with one: 0.1 + 2 · 0.2 · √2 = 0.6657
    const none = { count: 0, deviation: 0.2 };
    expect(all(0.665, none, none)).toBe(2);
    expect(all(0.666, none, none)).toBe(1);
  });

  test('takes more for equal where there is a reason to', () => {
    const all = [known('a', apart(0.349)), known('b', 100), known('c', apart(0.351))];
    expect(namesOf(fastestOf(all, worthCache))).toEqual(['a', 'b']);
  });
});

describe('inTurn', () => {
  test('begins with the most free quota, by tenths, then with what is owed most', () => {
    const shares = fairShares(() => 0);
    const [a, b] = [known('a', 1, { free: 0.31 }), known('b', 1, { free: 0.39 })];
    const [c, d] = [known('c', 1, { free: 0.41 }), known('d', 1, { free: 0 })];
    const among = [a, b, c, d].map((one) => one.candidate);
    shares.take(b.candidate.target, among);
    expect(namesOf(inTurn([d, b, a, c], shares))).toEqual(['c', 'a', 'b', 'd']);
    shares.take(a.candidate.target, among);
    shares.take(a.candidate.target, among);
    expect(namesOf(inTurn([a, b, c, d], shares))).toEqual(['c', 'b', 'a', 'd']);
    expect(namesOf(inTurn([known('e', 1, { free: 0.001 }), d], shares))).toEqual(['e', 'd']);
  });
});

describe('byShare', () => {
  test('begins with the one that is owed most', () => {
    const shares = fairShares(() => 0);
    const all = [candidate('a', 1), candidate('b', 3), candidate('c', 2)];
    expect(byShare(all, shares).map(nameOf)).toEqual(['b', 'c', 'a']);
    expect(byShare(all.slice(0, 1), shares)).toEqual([all[0]]);
    const [, b] = all;
    if (b !== undefined) shares.take(b.target, all);
    expect(byShare(all, shares).map(nameOf)).toEqual(['c', 'a', 'b']);
  });
});

describe('placeOf', () => {
  const all = [candidate('a'), candidate('b'), candidate('c')];
  const [a = candidate(''), b = candidate(''), c = candidate('')] = all;
  const chain = (...hashes: readonly number[]) => ({ hashes, hasKey: false });
  const setUp = () => ({ cache: promptCache(), shares: fairShares(() => 0), nowMs: 0 });
  const byHash = (hash: number, among = all) =>
    among.toSorted((one, other) => rendezvous(hash, other.target) - rendezvous(hash, one.target))[0]?.target;

  test('a prompt without hashes has none, and neither has one that has no choice', () => {
    expect(placeOf(chain(), all, setUp())).toBeUndefined();
    expect(placeOf(chain(1), [a], setUp())).toBeUndefined();
    expect(placeOf(chain(1), [a, b], setUp())).toBeDefined();
  });

  test('a prompt goes where its beginning is in the cache, of several to the one that is owed most', () => {
    const given = setUp();
    given.cache.sent(chain(1, 2), b.target, 0);
    expect(placeOf(chain(1, 2, 3), all, given)).toEqual({ target: b.target, isCached: true });
    given.cache.sent(chain(1, 2), c.target, 0);
    given.shares.take(b.target, all);
    expect(placeOf(chain(1, 2, 3), all, given)).toEqual({ target: c.target, isCached: true });
    expect(placeOf(chain(1, 2, 3), [a, b], given)).toEqual({ target: b.target, isCached: true });
  });

  test.each([
    // 2 calls more than its share, and a fifth of the calls that each usually gets; 20 at most.
    ['a conversation that goes on', chain(1, 2, 3), 0, 7],
    ['a conversation that goes on', chain(1, 2, 3), 60, 20],
    ['a conversation that goes on', chain(1, 2, 3), 5_000, 42],
    // 0.5 more, and a twentieth; 10 at most.
    ['a beginning that many share', chain(1, 9), 0, 3],
    ['a beginning that many share', chain(1, 9), 60, 6],
    ['a beginning that many share', chain(1, 9), 5_000, 22],
  ])('%s (%j), after %i calls in turn, goes to its target %i times in a row', (_, prompt, calls, times) => {
    const given = setUp();
    const both = [a, b];
    given.cache.sent(chain(1, 2), b.target, 0);
    for (let call = 0; call < calls; call += 1) given.shares.take(call % 2 === 0 ? a.target : b.target, both);
    let row = 0;
    while (placeOf(prompt, both, given)?.isCached === true && row < 100) {
      given.shares.take(b.target, both);
      row += 1;
    }
    expect(row).toBe(times);
  });

  test('a new prompt goes where its last hash says, one with a key where its first says', () => {
    for (const hash of [3, 7, 11, 19, 23, 31]) {
      expect(placeOf(chain(1, hash), all, setUp())).toEqual({ target: byHash(hash), isCached: false });
      expect(placeOf({ hashes: [hash, 1], hasKey: true }, all, setUp())?.target).toBe(byHash(hash));
      expect(placeOf(chain(hash), all, setUp())?.target).toBe(byHash(hash));
    }
  });

  test('a new prompt goes to none that has had a call more than the one that is owed most', () => {
    const given = setUp();
    const hash = [3, 7, 11, 19, 23, 31, 37].find((each) => byHash(each) === a.target) ?? 0;
    expect(placeOf(chain(hash), all, given)?.target).toBe(a.target);
    given.shares.take(a.target, all);
    expect(placeOf(chain(hash), all, given)?.target).toBe(byHash(hash, [b, c]));
    given.shares.take(b.target, all);
    given.shares.take(c.target, all);
    expect(placeOf(chain(hash), all, given)?.target).toBe(a.target);
  });

  test('where what the cache knows is elsewhere, a prompt is a new one', () => {
    const given = setUp();
    given.cache.sent(chain(1), candidate('d').target, 0);
    expect(placeOf(chain(1), all, given)).toEqual({ target: byHash(1), isCached: false });
  });
});
