import { expect, test } from 'vitest';
import { highlight, sentencesOf } from './highlight.ts';
import { analyze, wordsIn } from './text-analysis.ts';

test.each([
  ['The Sea-View, at 5 p.m.', undefined, ['the', 'sea', 'view', 'at', '5', 'p.m']],
  ['Harry’s CAFÉ_1', undefined, ["harry's", 'café_1']],
  ['Sea View', 'keyword', ['Sea View']],
  ['Sea View', 'keyword_v2', ['Sea View']],
  [' Sea  View! ', 'whitespace', ['Sea', 'View!']],
  ["The rooms of Harry's", 'en.lucene', ['room', 'harry']],
  ['The rooms', 'fr.lucene', ['the', 'rooms']],
  ['', undefined, []],
  ["Harry'sons", 'en.lucene', ["harry'son"]],
  ['U.S.A. today', undefined, ['u.s.a', 'today']],
  ['rock’n’roll', undefined, ["rock'n'roll"]],
])('%j is split by %s into %j', (text, analyzer, terms) => {
  expect(analyze(text, analyzer)).toEqual(terms);
});

test('words have the place where they stand', () => {
  expect(wordsIn('a  Bc!')).toEqual([
    { term: 'a', start: 0, end: 1 },
    { term: 'bc', start: 3, end: 5 },
  ]);
});

test.each([
  ['The sea, the SEA.', ['sea'], 'standard.lucene', 'The <sea>, the <SEA>.'],
  ['Rooms with a room', ['room'], 'en.lucene', '<Rooms> with a <room>'],
  ['sea', ['view'], 'standard.lucene', undefined],
])('%j with %j between tags is %j', (text, terms, analyzer, marked) => {
  expect(highlight(text, new Set(terms), { analyzer, pre: '<', post: '>' })).toBe(marked);
});

test('sentences end with their sign or their line', () => {
  expect(sentencesOf('One. Two!  Three?\nFour\n\n five.six ')).toEqual([
    'One.',
    'Two!',
    'Three?',
    'Four',
    'five.six',
  ]);
});
