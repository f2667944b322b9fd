import { analyze, wordsIn } from './text-analysis.ts';

/** Tags around a found word. */
export interface HighlightTags {
  readonly pre: string;
  readonly post: string;
}

/** The terms that a query looks for, as the analyzer makes them. */
export function highlightTerms(query: string, analyzer: string): ReadonlySet<string> {
  return new Set(analyze(query, analyzer));
}

/** The text with the words of `terms` between tags; `undefined` when none is in it. */
export function highlight(
  text: string,
  terms: ReadonlySet<string>,
  { analyzer, pre, post }: HighlightTags & { readonly analyzer: string },
): string | undefined {
  const found = wordsIn(text).filter(({ start, end }) =>
    analyze(text.slice(start, end), analyzer).some((term) => terms.has(term)),
  );
  if (found.length === 0) return undefined;
  let marked = '';
  let at = 0;
  for (const { start, end } of found) {
    marked += text.slice(at, start) + pre + text.slice(start, end) + post;
    at = end;
  }
  return marked + text.slice(at);
}

/** Sentences of a text, for snippets. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+|\n+/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
