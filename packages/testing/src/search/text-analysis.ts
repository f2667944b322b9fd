import { stem } from '../answer/words.ts';

/** Splits text into terms as the analyzer of a field does. Close to Lucene's, not the same. */
export function analyze(text: string, analyzer = 'standard.lucene'): string[] {
  if (analyzer.startsWith('keyword')) return [text];
  if (analyzer === 'whitespace') return text.split(/\s+/).filter((term) => term !== '');
  const terms = wordsIn(text).map(({ term }) => term);
  if (!analyzer.startsWith('en.')) return terms;
  return terms.filter((term) => !stopWords.has(term)).map((term) => stem(term.replace(/'s$/, '')));
}

/** The words of a text with their places in it. */
export function wordsIn(
  text: string,
): readonly { readonly term: string; readonly start: number; readonly end: number }[] {
  return [...text.matchAll(/[\p{L}\p{N}_]+(?:['’.][\p{L}\p{N}_]+)*/gu)].map((match) => ({
    term: match[0].toLowerCase().replaceAll('’', "'"),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

const stopWords = new Set(
  'a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with'.split(
    ' ',
  ),
);
