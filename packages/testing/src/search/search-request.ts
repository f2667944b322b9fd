import { badParameter } from './search-error.ts';

/** A search, as POST sends it in a body and GET in a query string. */
export interface SearchRequest {
  readonly search: string;
  readonly queryType: 'simple' | 'full' | 'semantic';
  readonly searchMode: 'any' | 'all';
  readonly searchFields: readonly string[];
  readonly filter: string | undefined;
  readonly orderby: string | undefined;
  readonly select: readonly string[] | undefined;
  readonly facets: readonly string[];
  readonly highlight: readonly string[];
  readonly highlightPreTag: string;
  readonly highlightPostTag: string;
  readonly count: boolean;
  readonly top: number | undefined;
  readonly skip: number;
  readonly vectorQueries: readonly unknown[];
  readonly vectorFilterMode: string;
  readonly scoringProfile: string | undefined;
  readonly semanticConfiguration: string | undefined;
  readonly semanticQuery: string | undefined;
  readonly answers: unknown;
  readonly captions: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** @throws {NeighbourError} for values that the service refuses. */
export function readSearchRequest(body: Fields): SearchRequest {
  return {
    search: text(body['search']) ?? '*',
    queryType: oneOf(body, 'queryType', ['simple', 'full', 'semantic']),
    searchMode: oneOf(body, 'searchMode', ['any', 'all']),
    searchFields: list(body['searchFields']) ?? [],
    filter: text(body['filter']),
    orderby: text(body['orderby']),
    select: selection(body['select']),
    facets: strings(body['facets']) ?? [],
    highlight: list(body['highlight']) ?? [],
    highlightPreTag: text(body['highlightPreTag']) ?? '<em>',
    highlightPostTag: text(body['highlightPostTag']) ?? '</em>',
    count: body['count'] === true,
    top: whole(body, 'top'),
    skip: whole(body, 'skip') ?? 0,
    vectorQueries: Array.isArray(body['vectorQueries']) ? body['vectorQueries'] : [],
    vectorFilterMode: text(body['vectorFilterMode']) ?? 'preFilter',
    scoringProfile: text(body['scoringProfile']),
    semanticConfiguration: text(body['semanticConfiguration']),
    semanticQuery: text(body['semanticQuery']),
    answers: body['answers'],
    captions: body['captions'],
  };
}

/** The same fields from a query string: `$filter`, `facet` given many times, and so on. */
export function bodyOfQuery(query: URLSearchParams): Fields {
  const names = ['filter', 'orderby', 'select', 'top', 'skip', 'count'];
  const plain = Object.fromEntries([...query].filter(([name]) => name !== 'facet'));
  const named = Object.fromEntries(
    names.flatMap((name) => (query.has(`$${name}`) ? [[name, query.get(`$${name}`)]] : [])),
  );
  const numbers = Object.fromEntries(
    ['top', 'skip'].flatMap((name) => (query.has(`$${name}`) ? [[name, Number(query.get(`$${name}`))]] : [])),
  );
  return {
    ...plain,
    ...named,
    ...numbers,
    count: query.get('$count') === 'true',
    facets: query.getAll('facet'),
  };
}

function selection(value: unknown): readonly string[] | undefined {
  const names = list(value);
  return names === undefined || names.length === 0 || names.includes('*') ? undefined : names;
}

/** The SDK sends lists as text with commas, and some as arrays. */
function list(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string')
    return value
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  return strings(value);
}

function strings(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function oneOf<Value extends string>(
  body: Fields,
  name: string,
  values: readonly [Value, ...Value[]],
): Value {
  const wanted = body[name];
  if (wanted === undefined || wanted === null) return values[0];
  const found = values.find((value) => value === wanted);
  if (found === undefined)
    throw badParameter(
      name,
      `Invalid value ${JSON.stringify(wanted)}. Accepted values: ${values.join(', ')}.`,
    );
  return found;
}

function whole(body: Fields, name: 'top' | 'skip'): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 100_000) return value;
  throw badParameter(`$${name}`, `Value must be between 0 and 100000.`);
}
