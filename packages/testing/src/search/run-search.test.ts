import { describe, expect, test } from 'vitest';
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
  ['rating  desc ,  name  asc', 'b a d c'],
  [',', 'a b c d'],
  ['', 'a b c d'],
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
  for (const spaced of [
    "geo.distance( location , geography'POINT(2.0 49.0)' )",
    "geo.distance(location,geography'POINT (2.0  49.0)')",
    "geo.distance(location,  geography'POINT(2.0 49.0)')  asc",
  ])
    expect(ids(placed, { orderby: spaced })).toEqual(['paris', 'lyon', 'oslo', 'nowhere']);
});

test('documents are in the order of their score, best first, or worst first where that is asked for', () => {
  const index = indexOf([
    { id: 'once', name: 'sea', text: 'mountain' },
    { id: 'twice', name: 'sea', text: 'sea' },
  ]);
  expect(ids(index, { search: 'sea' })).toEqual(['twice', 'once']);
  expect(ids(index, { search: 'sea', orderby: 'search.score() asc' })).toEqual(['once', 'twice']);
});

test('documents with the same score are in the order that comes next', () => {
  const index = indexOf(['b', 'a', 'c'].map((id) => ({ id, name: 'sea' })));
  expect(ids(index, { search: 'sea', orderby: 'search.score() desc, id' })).toEqual(['a', 'b', 'c']);
  expect(ids(index, { search: 'sea', orderby: 'search.score() asc, id desc' })).toEqual(['c', 'b', 'a']);
});

test('a filter may ask a text query, in the fields that it names', () => {
  const index = indexOf([
    { id: 'name', name: 'Sea inn' },
    { id: 'text', text: 'An inn at the sea' },
    { id: 'none', name: 'Road' },
  ]);
  const found = (filter: string) => ids(index, { filter });
  expect(found("search.ismatch('sea')").sort()).toEqual(['name', 'text']);
  expect(found("search.ismatch('sea', 'name')")).toEqual(['name']);
  expect(found("search.ismatch('sea road')").sort()).toEqual(['name', 'none', 'text']);
  expect(found("search.ismatch('sea') and not search.ismatch('sea', 'text')")).toEqual(['name']);
});

test('only a full query knows fields and operators in words', () => {
  const index = indexOf([
    { id: 'a', name: 'sea' },
    { id: 'b', text: 'sea' },
  ]);
  expect(ids(index, { search: 'name:sea', queryType: 'full' })).toEqual(['a']);
  expect(ids(index, { search: 'name:sea' })).toEqual([]);
  expect(ids(index, { search: 'name:sea', queryType: 'semantic' })).toEqual([]);
});

test('all words are wanted where the mode says so', () => {
  const index = indexOf([
    { id: 'both', name: 'sea view' },
    { id: 'one', name: 'sea' },
  ]);
  expect(ids(index, { search: 'sea view', searchMode: 'all' })).toEqual(['both']);
  expect(ids(index, { search: 'sea view', searchMode: 'any' })).toEqual(['both', 'one']);
});

describe('vectors', () => {
  const v = { name: 'v', type: 'Collection(Edm.Single)', dimensions: 2 };
  const w = { ...v, name: 'w' };
  const index = indexOf(
    [
      { id: 'near', name: 'sea', v: [1, 0], w: [0, 1], rating: 1 },
      { id: 'middle', name: 'road', v: [1, 1], w: [1, 1], rating: 2 },
      { id: 'far', name: 'sea', v: [0, 1], w: [1, 0], rating: 2 },
    ],
    { fields: [...definition.fields, v, w] },
  );
  const query = (more: object = {}) => ({ kind: 'vector', vector: [1, 0], fields: 'v', ...more });
  const scores = (body: object) =>
    search(index, body).value.map((hit) => [hit.id, Number(hit['@search.score']).toFixed(4)]);

  test('keep their own score where nothing else is asked', () => {
    const alone = [
      ['near', '1.0000'],
      ['middle', '0.7735'],
      ['far', '0.5000'],
    ];
    for (const text of ['*', ' * ', '', ' '])
      expect(scores({ search: text, vectorQueries: [query()] })).toEqual(alone);
  });

  test('are fused by their places where there are several, or a text beside them', () => {
    expect(scores({ vectorQueries: [query(), query({ fields: 'w' })] })).toEqual([
      ['near', (1 / 60 + 1 / 62).toFixed(4)],
      ['far', (1 / 60 + 1 / 62).toFixed(4)],
      ['middle', (2 / 61).toFixed(4)],
    ]);
    expect(scores({ search: 'sea', vectorQueries: [query()] })).toEqual([
      ['near', (1 / 60 + 1 / 60).toFixed(4)],
      ['far', (1 / 61 + 1 / 62).toFixed(4)],
      ['middle', (1 / 61).toFixed(4)],
    ]);
  });

  test('are looked for among what passes the filter, unless it is asked to come after', () => {
    const body = { filter: 'rating eq 2', vectorQueries: [query({ k: 1 })] };
    expect(ids(index, body)).toEqual(['middle']);
    expect(ids(index, { ...body, vectorFilterMode: 'preFilter' })).toEqual(['middle']);
    expect(ids(index, { ...body, vectorFilterMode: 'postFilter' })).toEqual([]);
    expect(ids(index, { ...body, filter: 'rating eq 1', vectorFilterMode: 'postFilter' })).toEqual(['near']);
    const hybrid = { ...body, search: 'sea', vectorQueries: [query({ k: 3 })] };
    expect(ids(index, hybrid).sort()).toEqual(['far', 'middle']);
  });
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
  [{ searchFields: 'nothing' }, "The field 'nothing' in the search field list is not searchable."],
  [{ highlight: 'nothing-2' }, "The field 'nothing' in the highlight field list is not searchable."],
  [{ orderby: 'rating up' }, "Could not find a property named 'rating up'"],
  [{ orderby: "x geo.distance(location, geography'POINT(1 2)')" }, 'Could not find a property named'],
  [{ orderby: "geo.distance(location, geography'POINT(1 2)') x" }, 'Could not find a property named'],
  [{ searchMode: 'some' }, 'Accepted values: any, all.'],
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
  const text = Array.from({ length: 12 }, (_, index) => `The sea is here ${index}.`).join(' ');
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
  expect(marked('text-10')?.text).toHaveLength(10);
  expect(marked('name')).toBeUndefined();
  const [plain] = search(index, { search: 'sea', highlight: 'name', filter: "id eq '1'" }).value;
  expect(plain).not.toHaveProperty(['@search.highlights']);
});

test('the first fifty documents are ranked by meaning, and those behind them keep their order', () => {
  const index = numbered(52, (place) => ({ text: place >= 49 ? 'A quiet sea.' : 'A loud road.' }));
  const body = { search: '*', semanticQuery: 'quiet sea', queryType: 'semantic', top: 52 };
  const found = search(index, { ...body, answers: 'extractive|count-9,threshold-0' });
  expect(found['@search.answers']).toHaveLength(9);
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
  expect(bodyOfQuery(query)).not.toHaveProperty('facet');
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

test.each([
  [{}, {}],
  [
    { search: null, filter: null, orderby: null, top: null, skip: null, queryType: null, searchMode: null },
    {},
  ],
  [{ search: '', filter: '', orderby: '', select: '', searchFields: '', scoringProfile: '' }, {}],
  [{ search: 1, filter: 1, orderby: 1, select: 1, searchFields: 1, facets: 'x', count: 'true' }, {}],
  [{ select: '*' }, {}],
  [{ select: [] }, {}],
  [{ select: ['a', '*'] }, {}],
  [{ select: ' a , b ,' }, { select: ['a', 'b'] }],
  [{ select: ['a', 1] }, { select: ['a', '1'] }],
  [{ searchFields: ' a , b ,' }, { searchFields: ['a', 'b'] }],
  [{ highlight: 'a' }, { highlight: ['a'] }],
  [{ facets: ['a,count:1'] }, { facets: ['a,count:1'] }],
  [{ top: 0, skip: 0 }, { top: 0 }],
  [
    { top: 100_000, skip: 100_000 },
    { top: 100_000, skip: 100_000 },
  ],
  [
    { count: true, vectorQueries: [1] },
    { count: true, vectorQueries: [1] },
  ],
  [{ vectorQueries: {} }, {}],
])('the body %j asks for the usual, and for %j', (body, asked) => {
  expect(readSearchRequest(body)).toEqual({
    search: '*',
    queryType: 'simple',
    searchMode: 'any',
    searchFields: [],
    filter: undefined,
    orderby: undefined,
    select: undefined,
    facets: [],
    highlight: [],
    highlightPreTag: '<em>',
    highlightPostTag: '</em>',
    count: false,
    top: undefined,
    skip: 0,
    vectorQueries: [],
    vectorFilterMode: 'preFilter',
    scoringProfile: undefined,
    semanticConfiguration: undefined,
    semanticQuery: undefined,
    answers: undefined,
    captions: undefined,
    ...asked,
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
