import { expect, test } from 'vitest';
import { documents, hotels } from './hotels.fake.ts';
import { kilometres, order, parseFilter, type TextMatcher } from './odata-filter.ts';

const none: TextMatcher = () => new Set();

const found = (filter: string, matches = none) =>
  documents.filter(parseFilter(filter, hotels, matches)).map(({ id }) => id);

test.each<[string, string[]]>([
  ['rating eq 3', ['2']],
  ['rating ne 3', ['1', '3']],
  ['rating gt 3', ['1']],
  ['rating ge 3', ['1', '2']],
  ['rating lt 4.5', ['2']],
  ['rating le 4.5', ['1', '2']],
  ['rating eq null', ['3']],
  ['rating ne null', ['1', '2']],
  ['rating gt null', []],
  ['rating le null', []],
  ['rating gt -1e1', ['1', '2']],
  ['parking', ['1']],
  ['not parking', ['2', '3']],
  ['not not parking', ['1']],
  ['parking eq true', ['1']],
  ['parking ne true', ['2', '3']],
  ['true', ['1', '2', '3']],
  ['false', []],
  ["name eq 'Harry''s'", ['2']],
  ["name gt 'Harry''s'", ['1', '3']],
  ["name lt 'Sea View'", ['2']],
  ['opened lt 2019-12-31T23:30:00Z', ['1']],
  ['opened eq 2020-01-01T00:30:00+01:00', ['2']],
  ['opened ge 2020-01-01T00:30:00+01:00', ['2']],
  // `and` binds before `or`, unless there are brackets.
  ['rating eq 3 or rating eq 4.5 and not parking', ['2']],
  ['(rating eq 3 or rating eq 4.5) and parking', ['1']],
  ['not (rating eq 3) and rating ne null', ['1']],
  ['not rating eq 3 and rating ne null', ['1']],
  ["tags/any(t: t eq 'wifi')", ['1', '2']],
  ["tags/all(t: t eq 'wifi')", ['2', '3']],
  ['tags/any()', ['1', '2']],
  ['not rooms/any()', ['2']],
  ["rooms/any(r: r/kind eq 'double' and r/price gt 100)", ['1']],
  ["rooms/any(r: r/beds/any(b: b eq 'two'))", ['1']],
  ["rooms/any(r: r/kind eq 'single' and tags/any(t: t eq 'pool'))", ['1']],
  ['rooms/all(r: r/price lt 100)', ['2', '3']],
  ["search.in(id, '1,3')", ['1', '3']],
  ["search.in(id, '1 2')", ['1', '2']],
  ["search.in(id, '1, 2 ,3', ',')", ['1', '2', '3']],
  ["search.in(id, '1 2', ',')", []],
  ["search.in(name, 'Sea View|Zed', '|')", ['1', '3']],
  ["search.in(id, '1|2;3', '|;')", ['1', '2', '3']],
  ["tags/any(t: search.in(t, 'pool'))", ['1']],
  ["search.in(id, '')", []],
  ["search.in(id, ',')", []],
  ["search.in(tags, 'pool')", ['1']],
  ["search.in(tags, 'wifi')", ['1', '2']],
  ["search.in(name, ',Zed,,')", ['3']],
  [' rating eq 3 ', ['2']],
  ['rating le 3', ['2']],
  ['rating eq 3 and true', ['2']],
  // Stockholm and Uppsala are 64 km apart.
  ["geo.distance(location, geography'POINT(17.6389 59.8586)') lt 65", ['1']],
  ["geo.distance(location, geography'POINT(17.6389 59.8586)') lt 63", []],
  ["geo.distance(geography'POINT(17.6389 59.8586)', location) ge 63", ['1']],
  ["geo.distance(location, geography'POINT( 17.6389  59.8586 )') lt 65", ['1']],
  ["geo.distance(location, geography'POINT (17.6389 59.8586)') lt 63", []],
])('%s finds %j', (filter, ids) => {
  expect(found(filter)).toEqual(ids);
});

test('a text query inside a filter is asked once, with its fields, and finds keys', () => {
  const asked: unknown[] = [];
  const matches: TextMatcher = (...query) => {
    asked.push(query);
    return new Set(['2', '3']);
  };
  expect(found("search.ismatch('sea') and rating ne null", matches)).toEqual(['2']);
  expect(found("search.ismatchscoring('sea', 'name, tags', 'full', 'any')", matches)).toEqual(['2', '3']);
  expect(asked).toEqual([
    ['sea', undefined],
    ['sea', ['name', 'tags']],
  ]);
});

test.each([
  ['', 'Syntax error at position end.'],
  ['rating', 'Syntax error at position end.'],
  ['rating eq', 'Syntax error at position end.'],
  ['rating eq 3)', 'Syntax error at position 11.'],
  ['(rating eq 3', 'Syntax error at position end.'],
  ['rating eq 3 rating', 'Syntax error at position 11.'],
  ['rating like 3', 'Syntax error at position 6.'],
  ['3 eq rating', 'Syntax error at position 1.'],
  ['rating eq three', 'Syntax error at position end.'],
  ['rating # 3', "character ' ' is not valid at position 6"],
  ["rating eq '3'", "'Edm.Double' and 'Edm.String'"],
  ['name eq 3', "'Edm.String' and '3'"],
  ["secret eq 'x'", "The field 'secret' is not filterable."],
  ["nothing eq 'x'", "Could not find a property named 'nothing'"],
  ["tags eq 'x'", "The collection 'tags' cannot be compared. Use any() or all()."],
  ["name/any(n: n eq 'x')", "The property 'name' is not a collection."],
  ["tags/any(t: u eq 'x')", "Could not find a property named 'u'"],
  ["tags/any(t t eq 'x')", 'Syntax error'],
  ["search.in(id '1')", 'Syntax error'],
  ['search.in(id, 1)', 'Syntax error'],
  ["geo.distance(location, geography'POINT(1 2)') lt 'x'", 'Syntax error'],
  ["geo.distance(location, geography'POINT(1 2)') like 5", 'Syntax error'],
  ["geo.distance(location, geography'POINT(1 2)')", 'Syntax error'],
  ['tags/any', "Could not find a property named 'tags/any'"],
  ["tags/anything(t: t eq 'x')", "Could not find a property named 'tags/anything'"],
  ['rating eq null null', 'Syntax error at position 14.'],
  ["name eq 'x", "character ' ' is not valid at position 7"],
  ['rating eq 3 ;', "character ' ' is not valid at position 11"],
  ["parking eq 'true'", "'Edm.Boolean' and 'Edm.String'"],
])('%j is refused: %s', (filter, words) => {
  expect(() => found(filter)).toThrow(words);
});

test.each([
  [1, 2, -1],
  [2, 2, 0],
  [10, 9, 1],
  ['10', '9', -1],
  ['a', 'a', 0],
  ['b', 'a', 1],
  ['B', 'a', -1],
  [true, 'true', 0],
  ['2020-01-01T00:30:00+01:00', '2019-12-31T23:30:00Z', 0],
  ['2020-01-01T00:30:00+02:00', '2019-12-31T23:30:00Z', -1],
  ['2020-01-01', '2019-12-31T23:30:00Z', 1],
  ['on 2020-01-01T00:30:00+02:00', 'on 2019-12-31T23:30:00Z', 1],
  ['2019-12-31T23:30:00Z', 'a', -1],
  ['b', '2019-12-31T23:30:00Z', 1],
  [9, '10', 1],
  ['9', 10, 1],
])('%j and %j are in this order: %i', (one, other, expected) => {
  expect(Math.sign(order(one, other))).toBe(expected);
});

test('distances are those on a sphere of the size of the Earth', () => {
  expect(kilometres([0, 0], [0, 0])).toBe(0);
  // A quarter of its circumference, along the equator and to a pole.
  expect(kilometres([0, 0], [90, 0])).toBeCloseTo((6_371 * Math.PI) / 2, 6);
  expect(kilometres([42, 0], [42, 90])).toBeCloseTo((6_371 * Math.PI) / 2, 6);
  expect(kilometres([13.405, 52.52], [2.3522, 48.8566])).toBeCloseTo(877.46, 1);
});
