import { expect, test } from 'vitest';
import type { Target } from '../route/target.ts';
import { promptCache, rendezvous } from './prompt-cache.ts';

const [first, second] = [{ name: 'first' } as Target, { name: 'second' } as Target];
const chain = (...hashes: readonly number[]) => ({ hashes, hasKey: false });

test('finds the targets of the longest beginning', () => {
  const cache = promptCache();
  cache.sent(chain(1, 2, 3), first, 0);
  cache.sent(chain(1, 9), second, 0);
  expect(cache.find(chain(1, 2, 4), 0)?.targets).toEqual([first]);
  expect(cache.find(chain(1, 5), 0)?.targets).toEqual([first, second]);
  expect(cache.find(chain(7), 0)).toBeUndefined();
});

test('a conversation goes on where all of an earlier prompt is the beginning', () => {
  const cache = promptCache();
  cache.sent(chain(1, 2), first, 0);
  expect(cache.find(chain(1, 2, 3), 0)?.goesOn).toBe(true);
  expect(cache.find(chain(1, 8), 0)?.goesOn).toBe(false);
});

test('a key of the prompt makes those that begin alike one conversation', () => {
  const cache = promptCache();
  cache.sent({ hashes: [1, 2], hasKey: true }, first, 0);
  expect(cache.find(chain(1, 8), 0)?.goesOn).toBe(true);
});

test('a cache is kept for ten minutes after its last use', () => {
  const cache = promptCache();
  cache.sent(chain(1), first, 0);
  expect(cache.find(chain(1), 600_000)?.targets).toEqual([first]);
  cache.sent(chain(1), first, 600_000);
  expect(cache.find(chain(1), 1_200_000)?.targets).toEqual([first]);
  expect(cache.find(chain(1), 1_200_001)).toBeUndefined();
});

test('a target that had none of eight prompts that it should have had is not believed', () => {
  const cache = promptCache();
  cache.sent(chain(1), first, 0);
  for (let miss = 0; miss < 7; miss += 1) cache.learn(first, false);
  expect(cache.find(chain(1), 0)).toBeDefined();
  cache.learn(first, false);
  expect(cache.find(chain(1), 0)).toBeUndefined();
  cache.learn(first, true);
  expect(cache.find(chain(1), 0)).toBeDefined();
});

test('one hit does not count for ever', () => {
  const cache = promptCache();
  cache.sent(chain(1), first, 0);
  cache.learn(first, true);
  for (let miss = 0; miss < 200; miss += 1) cache.learn(first, false);
  expect(cache.find(chain(1), 0)).toBeUndefined();
});

test('20,000 beginnings are kept, then the tenth that was unused for longest goes', () => {
  const cache = promptCache();
  for (let hash = 1; hash <= 20_000; hash += 1) cache.sent(chain(hash), first, 0);
  cache.sent(chain(1), first, 0);
  expect(cache.find(chain(2), 0)).toBeDefined();
  cache.sent(chain(20_001), first, 0);
  expect([1, 2, 2_002, 2_003, 20_001].map((hash) => cache.find(chain(hash), 0) !== undefined)).toEqual([
    true,
    false,
    false,
    true,
    true,
  ]);
});

test('every replica comes to the same order, which spreads prompts', () => {
  const hashes = Array.from({ length: 2_000 }, (_, index) => index * 2_654_435_761);
  const toFirst = hashes.filter((hash) => rendezvous(hash, first) > rendezvous(hash, second)).length;
  expect(toFirst).toBeGreaterThan(800);
  expect(toFirst).toBeLessThan(1_200);
  // Replicas of other releases as well.
  const scores = [1, 2 ** 40 + 7].flatMap((hash) => [rendezvous(hash, first), rendezvous(hash, second)]);
  expect(scores).toEqual([0.5389490183442831, 0.8667366560548544, 0.2812638918403536, 0.3843724390026182]);
});
