import { expect, test } from 'vitest';
import { runSearch } from './run-search.ts';
import { createSearchIndex, type SearchIndex } from './search-index.ts';
import { bodyOfQuery, readSearchRequest } from './search-request.ts';
import { autocomplete, suggest } from './suggestions.ts';

const definition = {
  name: 'hotels',
  defaultScoringProfile: '',
  fields: [
    { name: 'id', type: 'Edm.String', key: true },
    { name: 'name', type: 'Edm.String' },
    { name: 'text', type: 'Edm.String', sortable: false },
    { name: 'rating', type: 'Edm.Double' },
    { name: 'location', type: 'Edm.GeographyPoint' },
  ],
  scoringProfiles: [
    { name: 'by-name', text: { weights: { name: 10 } } },
    { name: 'plain', text: null },
  ],
  semantic: {
    defaultConfiguration: 's',
    configurations: [
      {
        name: 's',
        prioritizedFields: {
          titleField: { fieldName: 'name' },
          prioritizedContentFields: [{ fieldName: 'text' }],
        },
      },
    ],
  },
  suggesters: [{ name: 'sg', sourceFields: ['name'] }],
};

type Row = Readonly<Record<string, unknown>> & { readonly id: string };

function indexOf(rows: readonly Row[], changes: object = {}): SearchIndex {
  const index = createSearchIndex({ ...definition, ...changes });
  index.change({ value: rows });
  return index;
}

interface Found {
  readonly value: readonly { readonly id: string; readonly [member: string]: unknown }[];
  readonly [member: string]: unknown;
}

const search = (index: SearchIndex, body: object = {}): Found =>
  runSearch(index, readSearchRequest(body as Readonly<Record<string, unknown>>), 'http://search/') as Found;
const ids = (index: SearchIndex, body: object = {}) => search(index, body).value.map(({ id }) => id);

const numbered = (count: number, row: (index: number) => object = () => ({})) =>
  indexOf(Array.from({ length: count }, (_, index) => ({ id: String(index), ...row(index) })));

test.each([
  [50, {}, 50, undefined],
  [51, {}, 50, { skip: 50, top: undefined }],
  [60, { skip: 9 }, 50, { skip: 59, top: undefined }],
  [60, { skip: 10 }, 50, undefined],
  [60, { top: 60 }, 60, undefined],
  [60, { top: 0 }, 0, undefined],
  [60, { top: 10, skip: 55 }, 5, undefined],
  [1_001, { top: 1_000 }, 1_000, undefined],
  [1_001, { top: 1_001 }, 1_000, { skip: 1_000, top: 1 }],
])('of %i documents a page of %j has %i, and goes on with %j', (count, body, shown, next) => {
  const found = search(numbered(count), body);
  expect(found.value).toHaveLength(shown);
  expect('@odata.nextLink' in found).toBe(next !== undefined);
  if (next !== undefined) expect(found['@search.nextPageParameters']).toMatchObject(next);
});

test('the next page is asked for as this one was', () => {
  const index = numbered(60, () => ({ name: 'inn', text: 'inn' }));
  const body = {
    search: 'inn',
    queryType: 'full',
    searchMode: 'all',
    searchFields: 'name,text',
    filter: "id ne '7'",
    orderby: 'name',
    select: 'id,name',
    count: true,
  };
  const found = search(index, body);
  expect(found['@odata.nextLink']).toBe('http://search/');
  expect(found['@odata.count']).toBe(59);
  expect(found['@search.nextPageParameters']).toEqual({ ...body, skip: 50, top: undefined });
  expect(search(index, {})['@search.nextPageParameters']).toMatchObject({
    searchFields: undefined,
    count: false,
  });
  expect(search(index, {})).not.toHaveProperty('@odata.count');
});

const rated = indexOf([
  { id: 'a', name: 'B', rating: 2 },
  { id: 'b', name: 'A', rating: 2 },
  { id: 'c', name: 'C', rating: null },
  { id: 'd', name: 'D', rating: 1 },
]);

test.each([
  [undefined, 'a b c d'],
  ['rating', 'c d a b'],
  ['rating asc', 'c d a b'],
  ['rating desc', 'a b d c'],
  ['rating desc, name', 'b a d c'],
  ['rating desc,name desc', 'a b d c'],
  ['name desc', 'd c a b'],
])('documents are in the order of %s: %s', (orderby, expected) => {
  expect(ids(rated, { orderby }).join(' ')).toBe(expected);
});

test.each([
  ['nothing', "Could not find a property named 'nothing'"],
  ['text', "The field 'text' is not sortable."],
])('an order by %s is refused', (orderby, words) => {
  expect(() => ids(rated, { orderby })).toThrow(words);
});

const placed = indexOf([
  { id: 'nowhere' },
  ...Object.entries({ paris: [2.35, 48.86], oslo: [10.75, 59.91], lyon: [4.84, 45.76] }).map(
    ([id, coordinates]) => ({ id, location: { type: 'Point', coordinates } }),
  ),
]);

test('documents are in the order of their distance from a place, and those without a place are the farthest', () => {
  const from = "geo.distance(location, geography'POINT(2.0 49.0)')";
  expect(ids(placed, { orderby: from })).toEqual(['paris', 'lyon', 'oslo', 'nowhere']);
  expect(ids(placed, { orderby: `${from} desc` })).toEqual(['nowhere', 'oslo', 'lyon', 'paris']);
  expect(ids(placed, { orderby: `name,${from},id desc` })).toEqual(['paris', 'lyon', 'oslo', 'nowhere']);
  expect(ids(placed, { orderby: `id desc, ${from}` })).toEqual(['paris', 'oslo', 'nowhere', 'lyon']);
});

test('documents are in the order of their score, best first, or worst first where that is asked for', () => {
  const index = indexOf([
    { id: 'once', name: 'sea', text: 'mountain' },
    { id: 'twice', name: 'sea', text: 'sea' },
  ]);
  expect(ids(index, { search: 'sea' })).toEqual(['twice', 'once']);
  expect(ids(index, { search: 'sea', orderby: 'search.score() asc' })).toEqual(['once', 'twice']);
});

test('fields weigh as a profile says, which the index may name, and no unknown one', () => {
  const rows = [
    { id: 'text', name: 'inn', text: 'sea sea sea' },
    { id: 'name', name: 'sea', text: 'a place with many other words in it' },
  ];
  const [plain, weighted] = [indexOf(rows), indexOf(rows, { defaultScoringProfile: 'by-name' })];
  expect(ids(plain, { search: 'sea' })).toEqual(['text', 'name']);
  expect(ids(plain, { search: 'sea', scoringProfile: 'by-name' })).toEqual(['name', 'text']);
  expect(ids(weighted, { search: 'sea' })).toEqual(['name', 'text']);
  expect(ids(weighted, { search: 'sea', scoringProfile: 'plain' })).toEqual(['text', 'name']);
  expect(() => ids(plain, { search: 'sea', scoringProfile: 'x' })).toThrow("Unknown scoring profile 'x'.");
});

test.each([
  [{ select: 'nothing' }, "Could not find a property named 'nothing'"],
  [{ searchFields: 'rating' }, "The field 'rating' in the search field list is not searchable."],
  [{ highlight: 'rating' }, "The field 'rating' in the highlight field list is not searchable."],
  [{ queryType: 'magic' }, 'Accepted values: simple, full, semantic.'],
  [{ top: -1 }, 'Value must be between 0 and 100000.'],
  [{ skip: 100_001 }, 'Value must be between 0 and 100000.'],
  [{ top: 1.5 }, 'Value must be between 0 and 100000.'],
  [{ top: '1' }, 'Value must be between 0 and 100000.'],
  [{ queryType: 'semantic', semanticConfiguration: 'x' }, "Unknown semantic configuration 'x'."],
])('a search with %j is refused', (body, words) => {
  expect(() => search(rated, body)).toThrow(words);
});

test('five snippets of a field stand out, or as many as asked for', () => {
  const text = Array.from({ length: 7 }, (_, index) => `The sea is here ${index}.`).join(' ');
  const index = indexOf([
    { id: '1', text },
    { id: '2', name: 'sea' },
  ]);
  const marked = (highlight: string) =>
    search(index, { search: 'sea', highlight }).value.find(({ id }) => id === '1')?.['@search.highlights'] as
      { readonly text: readonly string[] } | undefined;
  expect(marked('text')?.text).toHaveLength(5);
  expect(marked('text')?.text[0]).toBe('The <em>sea</em> is here 0.');
  expect(marked('text-2')?.text).toHaveLength(2);
  expect(marked('name')).toBeUndefined();
});

test('the first fifty documents are ranked by meaning, and those behind them keep their order', () => {
  const index = numbered(52, (place) => ({ text: place >= 49 ? 'A quiet sea.' : 'A loud road.' }));
  const found = search(index, { search: '*', semanticQuery: 'quiet sea', queryType: 'semantic', top: 52 });
  expect(found.value.map(({ id }) => id).slice(0, 3)).toEqual(['49', '0', '1']);
  expect(found.value.map((hit) => '@search.rerankerScore' in hit).lastIndexOf(true)).toBe(49);
  expect(found.value.map(({ id }) => id).slice(-2)).toEqual(['50', '51']);
});

test('answers are the best captions, as many and as good as asked for, with a share of four as their score', () => {
  const index = indexOf([
    { id: 'all', text: 'Breakfast is free.' },
    { id: 'half', text: 'Breakfast costs extra.' },
  ]);
  const answers = (wanted?: string) =>
    (
      search(index, { search: 'breakfast free', queryType: 'semantic', answers: wanted })[
        '@search.answers'
      ] as readonly { readonly key: string; readonly score: number }[] | undefined
    )?.map(({ key, score }) => [key, score]);
  expect(answers('extractive')).toEqual([['all', 1]]);
  expect(answers('extractive|count-3')).toEqual([['all', 1]]);
  expect(answers('extractive|count-3,threshold-0.5')).toEqual([
    ['all', 1],
    ['half', 0.5],
  ]);
  expect(answers('extractive|threshold-0.5')).toEqual([['all', 1]]);
  expect(answers('none')).toBeUndefined();
  expect(answers()).toBeUndefined();
  expect(search(index, { search: 'free', answers: 'extractive' })).not.toHaveProperty('@search.answers');
});

test('captions come where they are asked for', () => {
  const index = indexOf([{ id: '1', text: 'Breakfast is free.' }]);
  const [plain] = search(index, { search: 'free', queryType: 'semantic' }).value;
  expect(plain).not.toHaveProperty(['@search.captions']);
  const [shown] = search(index, { search: 'free', queryType: 'semantic', captions: 'extractive' }).value;
  expect(shown?.['@search.captions']).toEqual([
    { text: 'Breakfast is free.', highlights: 'Breakfast is <em>free</em>.' },
  ]);
});

test('a query string says the same as a body', () => {
  const query = new URLSearchParams(
    'search=sea&$filter=a&$orderby=b&$select=c&$top=3&$skip=4&$count=true&facet=x&facet=y&queryType=full',
  );
  expect(readSearchRequest(bodyOfQuery(query))).toMatchObject({
    search: 'sea',
    filter: 'a',
    orderby: 'b',
    select: ['c'],
    top: 3,
    skip: 4,
    count: true,
    facets: ['x', 'y'],
    queryType: 'full',
  });
  expect(readSearchRequest(bodyOfQuery(new URLSearchParams('$count=false')))).toMatchObject({
    search: '*',
    select: undefined,
    top: undefined,
    skip: 0,
    count: false,
    facets: [],
    searchMode: 'any',
    queryType: 'simple',
  });
});

test('five suggestions and five completions are made unless another number is asked for', () => {
  const index = numbered(7, (place) => ({ name: `Inn${place} inner${place}`, rating: place }));
  const suggested = (body: object) =>
    (suggest(index, { search: 'inn', suggesterName: 'sg', ...body }) as unknown as Found).value;
  expect(suggested({})).toHaveLength(5);
  expect(suggested({ top: 6 })).toHaveLength(6);
  expect(
    suggested({ filter: 'rating ge 5' })
      .map(({ id }) => id)
      .sort(),
  ).toEqual(['5', '6']);
  expect(suggested({ filter: 'rating eq 0' })).toEqual([{ '@search.text': 'Inn0 inner0', id: '0' }]);
  expect(
    suggested({ filter: 'rating eq 0', highlightPreTag: '<', highlightPostTag: '>', select: 'name' }),
  ).toEqual([{ '@search.text': '<Inn0> <inner0>', name: 'Inn0 inner0' }]);
  expect(suggested({ search: 'road' })).toEqual([]);
  const completed = (body: object) =>
    (autocomplete(index, { search: 'an inn', suggesterName: 'sg', ...body }) as unknown as Found).value;
  expect(completed({})).toHaveLength(5);
  expect(completed({ top: 1 })).toMatchObject([
    { queryPlusText: expect.stringMatching(/^an inn/) as string },
  ]);
  expect(completed({ search: ' ' })).toEqual([]);
  expect(() => suggested({ suggesterName: 'x' })).toThrow("suggester name 'x' does not exist");
});
