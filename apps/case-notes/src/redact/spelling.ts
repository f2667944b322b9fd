/** A word of a text, as it is compared: folded, and where it stands. */
interface Word {
  readonly folded: string;
  readonly start: number;
  readonly end: number;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Letters that Unicode does not take apart into a base letter and a mark. */
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  þ: 'th',
  ð: 'd',
};

/** Upper case, accents, ligatures, full-width forms and invisible characters make no difference. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .replace(/[ßøłđæœıþð]/g, (letter) => letters[letter] ?? letter);
}

/**
 * Words are runs of letters, or runs of digits. Characters that cannot be seen do not end a word, so that a zero-width
 * space inside a name does not hide it.
 */
const wordPattern = /[\p{L}\p{M}](?:[\p{L}\p{M}\p{Cf}]*[\p{L}\p{M}])?|\p{N}(?:[\p{N}\p{Cf}]*\p{N})?/gu;

function wordsOf(text: string): Word[] {
  return [...text.matchAll(wordPattern)].map((match) => ({
    folded: fold(match[0]),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** What is left of a value when all that makes no difference is gone: `O'Hara` and `OHARA` are `ohara`. */
export function skeleton(value: string): string {
  return wordsOf(value)
    .map((word) => word.folded)
    .join('');
}

/** How far apart the words of one value may stand: `943-476 59 19`, but not the end of one sentence and the next. */
const gap = /^[\s\p{P}\p{S}\p{Cf}]{0,3}$/u;

/**
 * A text that can be asked where it holds a value, in any spelling: upper or lower case, with or without accents, spaces,
 * dots or hyphens, digits in any groups.
 */
export function searchable(text: string): (value: string) => Range[] {
  const words = wordsOf(text);
  return (value) => {
    const wanted = skeleton(value);
    if (wanted === '') return [];
    const found: Range[] = [];
    for (let first = 0; first < words.length; first++) {
      const last = endOfMatch(text, words, { first, wanted });
      const start = words[first]?.start;
      const end = last === undefined ? undefined : words[last]?.end;
      if (start !== undefined && end !== undefined) found.push({ start, end });
    }
    return found;
  };
}

/** The word with which the wanted skeleton ends, when it begins with word `first`. */
function endOfMatch(
  text: string,
  words: readonly Word[],
  { first, wanted }: { first: number; wanted: string },
): number | undefined {
  let rest = wanted;
  for (let index = first; index < words.length; index++) {
    const word = words[index];
    if (word === undefined || !rest.startsWith(word.folded)) return undefined;
    const before = words[index - 1];
    if (index > first && before !== undefined && !gap.test(text.slice(before.end, word.start)))
      return undefined;
    rest = rest.slice(word.folded.length);
    if (rest === '') return index;
  }
  return undefined;
}
