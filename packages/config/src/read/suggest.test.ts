import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didYouMean, suggest } from './suggest.ts';

/** Insertions, deletions, replacements and swaps of neighbours, counted without any table. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const [restOfA, restOfB] = [a.slice(1), b.slice(1)];
  const [firstOfA, secondOfA] = a;
  const [firstOfB, secondOfB] = b;
  const isSwap = secondOfA !== undefined && firstOfA === secondOfB && secondOfA === firstOfB;
  return Math.min(
    distance(restOfA, restOfB) + (firstOfA === firstOfB ? 0 : 1),
    distance(restOfA, b) + 1,
    distance(a, restOfB) + 1,
    isSwap ? distance(a.slice(2), b.slice(2)) + 1 : Infinity,
  );
}

test('a word is suggested when as many slips as are allowed lead to it, and not one fewer', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(word, word, (typed, known) => {
      const slips = distance(typed, known);
      expect(suggest(typed, [known], slips)).toBe(known);
      if (slips > 0) expect(suggest(typed, [known], slips - 1)).toBeUndefined();
    }),
    { seed: 4, numRuns: 400 },
  );
});

test.each([
  ['ab', ['ac', 'ad'], 'ac'],
  ['chat', ['chart', 'chats', 'chat'], 'chat'],
  ['CHAT', ['chat'], 'chat'],
  ['chat', ['CHAT'], 'CHAT'],
  // One slip in a short word, and another one for every three letters.
  ['ab', ['xy'], undefined],
  ['abcde', ['abcxy'], undefined],
  ['abcdef', ['abcdxy'], 'abcdxy'],
  ['abcdef', ['abcxyz'], undefined],
  ['chat', [], undefined],
])('of %j and %j it is %j', (typed, known, word) => {
  expect(suggest(typed, known)).toBe(word);
  expect(didYouMean(typed, known)).toBe(word === undefined ? '' : ` Did you mean "${word}"?`);
});

test('of long words 64 letters are compared, and their lengths', () => {
  const long = 'a'.repeat(64);
  expect(suggest(`${long}x`, [`${long}y`], 0)).toBe(`${long}y`);
  expect(suggest(long, [`${long}bc`], 2)).toBe(`${long}bc`);
  expect(suggest(long, [`${long}bcd`], 2)).toBeUndefined();
});
