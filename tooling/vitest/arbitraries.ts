import { nat, string } from 'fast-check';
import type { Arbitrary } from 'fast-check';

// For what fast-check makes of all of Unicode (`unit: 'binary'` and 'grapheme', `webUrl`, `webPath`) it first fills a table of all
// characters, which takes each process two seconds.

const surrogates = { first: 0xd8_00, count: 0x8_00 };

/** Any character that can be written: a code point that is no half of another. */
export const character: Arbitrary<string> = nat(0x10_ff_ff - surrogates.count).map((rank) =>
  String.fromCodePoint(rank < surrogates.first ? rank : rank + surrogates.count),
);

/** A part of a URL, encoded: a step of its path, its query or its fragment. */
export const urlPart: Arbitrary<string> = string({ unit: character }).map(encodeURIComponent);
