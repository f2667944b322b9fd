import { expect, test } from 'vitest';
import { sentences } from './sentences.ts';

test.each<[string, string[]]>([
  ['One. Two! Three? Four', ['One.', 'Two!', 'Three?', 'Four']],
  ['Wait... what?! Yes.', ['Wait...', 'what?!', 'Yes.']],
  ['He said “Go!” Then he left.', ['He said “Go!”', 'Then he left.']],
  ['It is so (he said.) It is [1.] "It is."', ['It is so (he said.)', 'It is [1.]', '"It is."']],
  ['Version 1.5 of a.txt is out. See v1.6', ['Version 1.5 of a.txt is out.', 'See v1.6']],
  [
    'Dr. Ada and Mr. Bob met (cf. page 4). They left.',
    ['Dr. Ada and Mr. Bob met (cf. page 4).', 'They left.'],
  ],
  ['We need tea, milk etc. for J. R. Smith. Yes.', ['We need tea, milk etc. for J. R. Smith.', 'Yes.']],
  ['See p. 4, e.g. the map. Yes.', ['See p. 4, e.g. the map.', 'Yes.']],
  ['So it is fast. A fiesta. Yes!', ['So it is fast.', 'A fiesta.', 'Yes!']],
  ['He is “J.” now. Part 7. Yes.', ['He is “J.”', 'now.', 'Part 7.', 'Yes.']],
  ['一。二！！三', ['一。', '二！！', '三']],
  ['1. Tea is hot. 2. Ice is cold.', ['1. Tea is hot.', '2. Ice is cold.']],
  ['12. Tea\n1234. Ice', ['12. Tea', '1234.', 'Ice']],
  ['', []],
  [' \n\n ', []],
  [' One.  \n Two ', ['One.', 'Two']],
])('%j has the sentences %j', (text, expected) => {
  expect(sentences(text)).toEqual(expected);
});

test.each<[string, string[]]>([
  ['A text goes\non, and \t\non;\non here.', ['A text goes on, and on; on here.']],
  ['A text goes\r\non.\r\nNext.\r\n', ['A text goes on.', 'Next.']],
  ['- one\n- two', ['- one', '- two']],
  ['name\nAda', ['name', 'Ada']],
  ['Number 7\nis next', ['Number 7', 'is next']],
  ['A:\nb', ['A:', 'b']],
  ['a\n\nb', ['a', 'b']],
])('a line of %j is a sentence of its own, unless it was wrapped: %j', (text, expected) => {
  expect(sentences(text)).toEqual(expected);
});
