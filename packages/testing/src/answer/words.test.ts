import { expect, test } from 'vitest';
import { conceptOf } from './concepts.ts';
import { stem, stems, words } from './words.ts';

test.each<[string, readonly string[]]>([
  ['Größe Ünlü, ÉTÉ ạ', ['große', 'unlu', 'ete', 'a']],
  ['camelCase HTTPServer x2Y AB', ['camel', 'case', 'httpserver', 'x2', 'y', 'ab']],
  ['a_b-c 12.5', ['a', 'b', 'c', '12', '5']],
  ['йод', ['йод']],
  // Languages that write no spaces are compared by pairs of characters.
  ['한국어 ab', ['한국', '국어', 'ab']],
  ['日本語 abc 中文 北', ['日本', '本語', 'abc', '中文', '北']],
  ['', []],
])('the words of %j are %j', (text, expected) => {
  expect(words(text)).toEqual(expected);
});

test.each<[string, readonly string[]]>([
  ['Tell me about the refunds', ['refund']],
  ['tell  us', ['tell']],
  ['Please tell us more', []],
  ['Whom do I tell?', ['tell']],
  ['Wie viele Tage? Combien de jours? El día', ['viel', 'tag', 'combien', 'jour', 'dia']],
])('the words that matter in %j are %j', (text, expected) => {
  expect(stems(text)).toEqual(expected);
});

test.each<[string, readonly string[]]>([
  ['refund', ['refund', 'refunds', 'refunded', 'refunding', 'refundable']],
  ['policy', ['policy', 'policies']],
  ['clas', ['class', 'classes']],
  ['registrat', ['registration', 'registrations', 'registrate']],
  ['settl', ['settle', 'settles', 'settled', 'settling', 'settlement', 'settlements']],
  ['slow', ['slow', 'slowly']],
  ['access', ['accessible']],
  ['convert', ['convertible', 'converts']],
])('%s is what all of %j have in common', (common, all) => {
  for (const each of all) expect([each, stem(each)]).toEqual([each, common]);
});

test.each(['bus', 'ies', 'used', 'cement', 'nation', 'king', 'only', 'one', 'paid', ''])(
  '%j has no ending',
  (word) => {
    expect(stem(word)).toBe(word);
  },
);

test.each([
  ['vacation', ['holiday', 'pto', 'vacations']],
  ['manager', ['boss', 'supervisors', 'leading']],
  ['refund', ['reimbursement', 'money', 'reimbursed']],
  ['weather', ['forecast', 'umbrella']],
])('%s, and each of %j, is one concept', (first, others) => {
  for (const other of others) expect([other, conceptOf(stem(other))]).toEqual([other, stem(first)]);
});

test('a word that no concept has stands for itself', () => {
  expect(conceptOf('zebra')).toBe('zebra');
});
