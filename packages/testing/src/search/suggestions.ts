import { project, valuesAt } from './document.ts';
import { highlight } from './highlight.ts';
import { text as textOf } from './index-schema.ts';
import { parseFilter } from './odata-filter.ts';
import { ranked } from './rank-fusion.ts';
import { badParameter } from './search-error.ts';
import type { SearchIndex } from './search-index.ts';
import { readSearchRequest } from './search-request.ts';
import { wordsIn } from './text-analysis.ts';

type Body = Readonly<Record<string, unknown>>;

/** Documents whose suggester fields hold a word that begins like the text. @throws {NeighbourError} */
export function suggest(index: SearchIndex, body: Body): Record<string, unknown> {
  const request = readSearchRequest({ ...body, search: '*' });
  const text = textOf(body['search']);
  const fields = suggesterFields(index, body);
  const filter =
    request.filter === undefined ? () => true : parseFilter(request.filter, index.schema, () => new Set());
  const words = wordsIn(text).map(({ term }) => term);
  const found = index.text.search(
    { kind: 'and', queries: words.map((word) => ({ kind: 'prefix', text: word })) },
    { fields },
  );
  const hits = ranked(found)
    .map(([key]) => index.documents.get(key) ?? {})
    .filter(filter);
  const value = hits.slice(0, request.top ?? 5).map((document) => {
    const texts = fields.flatMap((path) => valuesAt(document, path)).map(String);
    const best = texts.find((candidate) => startsAnyWord(candidate, words)) ?? '';
    const pre = body['highlightPreTag'];
    const post = body['highlightPostTag'];
    const isMarked = typeof pre === 'string' && typeof post === 'string';
    const terms = new Set(
      wordsIn(best)
        .map(({ term }) => term)
        .filter((term) => words.some((word) => term.startsWith(word))),
    );
    const shown = isMarked
      ? (highlight(best, terms, { analyzer: 'standard.lucene', pre, post }) ?? best)
      : best;
    return {
      '@search.text': shown,
      ...project(index.schema, document, request.select ?? [index.schema.key.name]),
    };
  });
  return { value };
}

/** Completions of the last word of the text. @throws {NeighbourError} */
export function autocomplete(index: SearchIndex, body: Body): Record<string, unknown> {
  const text = textOf(body['search']);
  const fields = suggesterFields(index, body);
  const words = wordsIn(text);
  const last = words.at(-1);
  if (last === undefined) return { value: [] };
  const before = text.slice(0, last.start);
  const terms = index.text.termsLike(last.term, { fields, fuzzy: body['fuzzy'] === true });
  const top = typeof body['top'] === 'number' ? body['top'] : 5;
  return { value: terms.slice(0, top).map((term) => ({ text: term, queryPlusText: before + term })) };
}

function startsAnyWord(text: string, prefixes: readonly string[]): boolean {
  return wordsIn(text).some(({ term }) => prefixes.some((prefix) => term.startsWith(prefix)));
}

function suggesterFields(index: SearchIndex, body: Body): readonly string[] {
  const suggesters = (index.schema.definition['suggesters'] ?? []) as readonly {
    readonly name?: string;
    readonly sourceFields?: readonly string[];
  }[];
  const name = body['suggesterName'];
  const found = suggesters.find((entry) => entry.name === name);
  if (found === undefined)
    throw badParameter(
      'suggester',
      `The specified suggester name '${String(name)}' does not exist in this index definition.`,
    );
  return found.sourceFields ?? [];
}
