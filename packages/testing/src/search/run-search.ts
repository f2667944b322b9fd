import { project, valuesAt } from './document.ts';
import type { Document } from './document.ts';
import { countFacets } from './facet.ts';
import { highlight, highlightTerms, sentencesOf } from './highlight.ts';
import { text } from './index-schema.ts';
import { order, kilometres, parseFilter } from './odata-filter.ts';
import type { Predicate } from './odata-filter.ts';
import { parseQuery } from './query-syntax.ts';
import { fuse, ranked } from './rank-fusion.ts';
import type { Ranking } from './rank-fusion.ts';
import { badParameter } from './search-error.ts';
import type { SearchIndex } from './search-index.ts';
import type { SearchRequest } from './search-request.ts';
import { createSemanticRanker, readExtraction } from './semantic-ranking.ts';
import type { SemanticResult } from './semantic-ranking.ts';
import type { Scores } from './text-search.ts';
import { readVectorQuery } from './vector-search.ts';

/** Pages of a search that names no `top`, and the most that one page holds. */
const usualPage = 50;
const largestPage = 1000;
/** How many documents the semantic ranker looks at. */
const rerankedDocuments = 50;

interface Hit {
  readonly key: string;
  readonly score: number;
  readonly document: Document;
  readonly semantic?: SemanticResult;
}

/** Answers a search. @throws {NeighbourError} in the words of the service. */
export function runSearch(index: SearchIndex, request: SearchRequest, url: string): Record<string, unknown> {
  checkFields(index, request);
  const filter = request.filter === undefined ? () => true : filterOf(index, request.filter);
  const scores = score(index, request, filter);
  const hits = ranked(scores).map(([key, value]) => ({
    key,
    score: value,
    document: index.documents.get(key) ?? {},
  }));
  const sorted = sort(index, request, hits);
  const requested = sorted.slice(
    request.skip,
    request.top === undefined ? undefined : request.skip + request.top,
  );
  const page = requested.slice(0, request.top === undefined ? usualPage : largestPage);
  return {
    ...(request.count ? { '@odata.count': sorted.length } : {}),
    ...(request.facets.length === 0
      ? {}
      : {
          '@search.facets': countFacets(
            request.facets,
            index.schema,
            sorted.map(({ document }) => document),
          ),
        }),
    ...answers(request, sorted),
    ...(page.length < requested.length ? continuation(request, page.length, url) : {}),
    value: page.map((hit) => show(index, request, hit)),
  };
}

function filterOf(index: SearchIndex, filter: string): Predicate {
  return parseFilter(filter, index.schema, (text, fields) => {
    const query = parseQuery(text, { queryType: 'simple', searchMode: 'any' });
    return new Set(index.text.search(query, fields === undefined ? {} : { fields }).keys());
  });
}

function score(index: SearchIndex, request: SearchRequest, filter: Predicate): Scores {
  const passes = (key: string): boolean => filter(index.documents.get(key) ?? {});
  const isPostFilter = request.vectorFilterMode === 'postFilter';
  const vectorRankings = request.vectorQueries
    .map((entry) => readVectorQuery(entry, index.schema))
    .flatMap((query) =>
      index.vectors
        .nearest(query, isPostFilter ? () => true : passes)
        .map((scores): Ranking => ({ scores, weight: query.weight })),
    );
  const filtered = (scores: Scores): Scores => new Map([...scores].filter(([key]) => passes(key)));
  const isEverything = ['', '*'].includes(request.search.trim());
  const [only] = vectorRankings;
  if (only === undefined) return filtered(textScores(index, request));
  const vectors = vectorRankings.map(({ scores, weight }) => ({ scores: filtered(scores), weight }));
  // Alone, a vector query keeps its own scores; beside another ranking, only the ranks count.
  if (isEverything) return vectors.length === 1 ? filtered(only.scores) : fuse(vectors);
  return fuse([{ scores: filtered(textScores(index, request)), weight: 1 }, ...vectors]);
}

function textScores(index: SearchIndex, request: SearchRequest): Scores {
  const queryType = request.queryType === 'full' ? 'full' : 'simple';
  const query = parseQuery(request.search, { queryType, searchMode: request.searchMode });
  const weights = profileWeights(index, request.scoringProfile);
  return index.text.search(query, {
    ...(request.searchFields.length === 0 ? {} : { fields: request.searchFields }),
    ...(weights && { weights }),
  });
}

function profileWeights(
  index: SearchIndex,
  asked: string | undefined,
): Readonly<Record<string, number>> | undefined {
  const { definition } = index.schema;
  const name = asked ?? text(definition['defaultScoringProfile']);
  if (name === '') return undefined;
  const profiles = (definition['scoringProfiles'] ?? []) as readonly {
    readonly name?: string;
    readonly text?: { readonly weights?: Readonly<Record<string, number>> } | null;
  }[];
  const profile = profiles.find((entry) => entry.name === name);
  if (profile === undefined) throw badParameter('scoringProfile', `Unknown scoring profile '${name}'.`);
  return profile.text?.weights;
}

function checkFields(index: SearchIndex, request: SearchRequest): void {
  const { byPath } = index.schema;
  for (const path of request.select ?? [])
    if (!byPath.has(path))
      throw badParameter(
        '$select',
        `Invalid expression: Could not find a property named '${path}' on type 'search.document'.`,
      );
  for (const path of request.searchFields)
    if (byPath.get(path)?.isSearchable !== true)
      throw badParameter('searchFields', `The field '${path}' in the search field list is not searchable.`);
}

/** Up to the next comma that is not between brackets, which may be nested: `geo.distance(place, geography'POINT(1 2)')`. */
const clause = /(?:[^,(]|\((?:[^()]|\([^()]*\))*\))+/g;

/** The order that is asked for; else semantic rank; else score. */
function sort(index: SearchIndex, request: SearchRequest, hits: readonly Hit[]): readonly Hit[] {
  if (request.queryType === 'semantic') return rerank(index, request, hits);
  if (request.orderby === undefined) return hits;
  const clauses = request.orderby.match(clause) ?? [];
  const compare = clauses.map((each) => orderBy(index, each.trim()));
  return [...hits].sort((a, b) => compare.reduce((found, next) => found || next(a, b), 0));
}

function rerank(index: SearchIndex, request: SearchRequest, hits: readonly Hit[]): readonly Hit[] {
  const ranker = createSemanticRanker(
    index.schema,
    request.semanticQuery ?? request.search,
    request.semanticConfiguration,
  );
  const judged = hits
    .slice(0, rerankedDocuments)
    .map((hit) => ({ ...hit, semantic: ranker.judge(hit.document) }));
  return [
    ...judged.sort((a, b) => b.semantic.rerankerScore - a.semantic.rerankerScore),
    ...hits.slice(rerankedDocuments),
  ];
}

function orderBy(index: SearchIndex, clause: string): (a: Hit, b: Hit) => number {
  const [, expression = '', direction] = /^(.*?)(?:\s+(asc|desc))?$/.exec(clause) ?? [];
  const sign = direction === 'desc' ? -1 : 1;
  if (expression === 'search.score()') return (a, b) => sign * (a.score - b.score);
  const geo = /^geo\.distance\(\s*([\w/]+)\s*,\s*geography'POINT\s*\(([-\d.]+)\s+([-\d.]+)\)'\s*\)$/.exec(
    expression,
  );
  if (geo !== null) {
    const from = [Number(geo[2]), Number(geo[3])] as const;
    const distance = ({ document }: Hit): number => {
      const [point] = valuesAt(document, geo[1] ?? '') as readonly {
        readonly coordinates?: readonly [number, number];
      }[];
      return point?.coordinates === undefined ? Infinity : kilometres(from, point.coordinates);
    };
    return (a, b) => sign * (distance(a) - distance(b));
  }
  const field = index.schema.byPath.get(expression);
  if (field === undefined)
    throw badParameter(
      '$orderby',
      `Invalid expression: Could not find a property named '${expression}' on type 'search.document'.`,
    );
  if (!field.isSortable)
    throw badParameter(
      '$orderby',
      `Invalid expression: The field '${expression}' is not sortable. Only sortable fields can be used in orderby expressions.`,
    );
  return (a, b) => sign * byValue(valuesAt(a.document, expression)[0], valuesAt(b.document, expression)[0]);
}

/** Null comes first in ascending order. */
function byValue(a: unknown, b: unknown): number {
  const [one, other] = [a ?? null, b ?? null];
  if (one === null || other === null) return Number(one !== null) - Number(other !== null);
  return order(one, other);
}

function answers(request: SearchRequest, hits: readonly Hit[]): Record<string, unknown> {
  const wanted = readExtraction(request.answers);
  if (request.queryType !== 'semantic' || wanted === undefined) return {};
  const found = hits.flatMap(({ key, semantic }) => {
    const [caption] = semantic?.captions ?? [];
    const score = (semantic?.rerankerScore ?? 0) / 4;
    return caption === undefined || score < wanted.threshold ? [] : [{ key, ...caption, score }];
  });
  return { '@search.answers': found.slice(0, wanted.count) };
}

function continuation(request: SearchRequest, shown: number, url: string): Record<string, unknown> {
  const parameters = {
    search: request.search,
    queryType: request.queryType,
    searchMode: request.searchMode,
    filter: request.filter,
    orderby: request.orderby,
    select: request.select?.join(','),
    searchFields: request.searchFields.length === 0 ? undefined : request.searchFields.join(','),
    count: request.count,
    skip: request.skip + shown,
    top: request.top === undefined ? undefined : request.top - shown,
  };
  return { '@odata.nextLink': url, '@search.nextPageParameters': parameters };
}

function show(index: SearchIndex, request: SearchRequest, hit: Hit): Record<string, unknown> {
  const marked = highlights(index, request, hit.document);
  return {
    '@search.score': hit.score,
    ...(hit.semantic === undefined
      ? {}
      : {
          '@search.rerankerScore': hit.semantic.rerankerScore,
          ...(readExtraction(request.captions) === undefined
            ? {}
            : { '@search.captions': hit.semantic.captions }),
        }),
    ...(marked === undefined ? {} : { '@search.highlights': marked }),
    ...project(index.schema, hit.document, request.select),
  };
}

/** Snippets of each field asked for, five unless the field says `-N`. */
function highlights(
  index: SearchIndex,
  request: SearchRequest,
  document: Document,
): Record<string, readonly string[]> | undefined {
  const found = request.highlight.flatMap((entry) => {
    const [, path = '', count = '5'] = /^(.+?)(?:-(\d+))?$/.exec(entry) ?? [];
    const field = index.schema.byPath.get(path);
    if (field?.isSearchable !== true)
      throw badParameter('highlight', `The field '${path}' in the highlight field list is not searchable.`);
    const terms = highlightTerms(request.search, field.analyzer);
    const options = {
      analyzer: field.analyzer,
      pre: request.highlightPreTag,
      post: request.highlightPostTag,
    };
    const snippets = valuesAt(document, path)
      .flatMap((value) => sentencesOf(String(value)))
      .flatMap((sentence) => highlight(sentence, terms, options) ?? []);
    return snippets.length === 0 ? [] : [[path, snippets.slice(0, Number(count))] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
