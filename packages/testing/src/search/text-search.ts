import MiniSearch from 'minisearch';
import type { Document } from './document.ts';
import { valuesAt } from './document.ts';
import type { IndexSchema } from './index-schema.ts';
import type { TextQuery } from './query-syntax.ts';
import { analyze } from './text-analysis.ts';

/** Scores by document key. */
export type Scores = ReadonlyMap<string, number>;

interface TextSearchOptions {
  /** Paths of the fields to search in. @default every searchable one */
  readonly fields?: readonly string[];
  /** Weights of fields, from a scoring profile. */
  readonly weights?: Readonly<Record<string, number>>;
}

/** The inverted index of a search index. Terms are scored by BM25 with Lucene's constants. */
export interface TextSearch {
  put(document: Document): void;
  remove(document: Document): void;
  search(query: TextQuery, options?: TextSearchOptions): Scores;
  /** Terms of the index that begin with `prefix`, in order of worth. */
  termsLike(
    prefix: string,
    options: { readonly fields: readonly string[]; readonly fuzzy: boolean },
  ): readonly string[];
}

/** The parameters of the service's similarity; MiniSearch's own are those of BM25+. */
const bm25 = { k: 1.2, b: 0.75, d: 0 };

export function createTextSearch(schema: IndexSchema, all: () => ReadonlyMap<string, Document>): TextSearch {
  const searchable = [...schema.byPath.values()].filter(
    (field) => field.isSearchable && field.dimensions === undefined && field.type.includes('String'),
  );
  const paths = searchable.map(({ path }) => path);
  const analyzers = new Map(searchable.map(({ path, analyzer }) => [path, analyzer]));
  const engine = new MiniSearch<Document>({
    idField: schema.key.name,
    fields: paths,
    extractField: textAt,
    tokenize: (text, path = '') => analyze(text, analyzers.get(path)),
    processTerm: (term) => term,
  });

  function leaf(query: Leaf, options: TextSearchOptions): Map<string, number> {
    const scores = new Map<string, number>();
    const fields = query.field === undefined ? (options.fields ?? paths) : [query.field];
    const known = fields.filter((path) => analyzers.has(path));
    // A query is split as the field is, and fields may be split in different ways.
    for (const [analyzer, alike] of Map.groupBy(known, (path) => analyzers.get(path))) {
      const found = engine.search(query.text, {
        fields: alike,
        tokenize: (text) => (query.kind === 'prefix' ? [text.toLowerCase()] : analyze(text, analyzer)),
        prefix: query.kind === 'prefix',
        fuzzy: query.kind === 'fuzzy' && query.distance,
        combineWith: 'AND',
        bm25,
        boost: { ...options.weights },
      });
      for (const { id, score } of found)
        add(scores, String(id), score * (query.kind === 'term' ? (query.boost ?? 1) : 1));
    }
    if (query.kind !== 'phrase') return scores;
    return new Map([...scores].filter(([key]) => holdsPhrase(all().get(key) ?? {}, query.text, fields)));
  }

  function holdsPhrase(document: Document, phrase: string, fields: readonly string[]): boolean {
    return fields.some((path) => {
      const analyzer = analyzers.get(path);
      const wanted = ` ${analyze(phrase, analyzer).join(' ')} `;
      return valuesAt(document, path).some((value) =>
        ` ${analyze(String(value), analyzer).join(' ')} `.includes(wanted),
      );
    });
  }

  function run(query: TextQuery, options: TextSearchOptions): Map<string, number> {
    switch (query.kind) {
      case 'everything':
        return new Map([...all().keys()].map((key) => [key, 1]));
      case 'not': {
        const without = run(query.query, options);
        return new Map([...all().keys()].filter((key) => !without.has(key)).map((key) => [key, 0]));
      }
      case 'or':
        return union(query.queries.map((part) => run(part, options)));
      case 'and':
        return intersection(query.queries.map((part) => run(part, options)));
      default:
        return leaf(query, options);
    }
  }

  return {
    put: (document) => {
      engine.add(document);
    },
    remove: (document) => {
      engine.remove(document);
    },
    search: (query, options = {}) => run(query, options),
    termsLike: (prefix, { fields, fuzzy }) =>
      engine
        .autoSuggest(prefix.toLowerCase(), {
          fields: [...fields],
          fuzzy: fuzzy ? 1 : false,
          prefix: true,
          combineWith: 'AND',
        })
        .map(({ suggestion }) => suggestion),
  };
}

type Leaf = Extract<TextQuery, { readonly text: string }>;

/** The members of a collection are separate, like paragraphs. */
function textAt(document: Document, path: string): string {
  return valuesAt(document, path).join('\n');
}

function add(scores: Map<string, number>, key: string, score: number): void {
  scores.set(key, (scores.get(key) ?? 0) + score);
}

function union(parts: readonly Map<string, number>[]): Map<string, number> {
  const scores = new Map<string, number>();
  for (const part of parts) for (const [key, score] of part) add(scores, key, score);
  return scores;
}

function intersection(parts: readonly Map<string, number>[]): Map<string, number> {
  const everywhere = [...union(parts)].filter(([key]) => parts.every((part) => part.has(key)));
  return new Map(everywhere);
}
