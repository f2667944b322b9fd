import { expect, test } from 'vitest';
import { readSchema } from './index-schema.ts';
import type { TextQuery } from './query-syntax.ts';
import { createTextSearch } from './text-search.ts';

const schema = readSchema({
  name: 'notes',
  fields: [
    { name: 'id', type: 'Edm.String', key: true, searchable: false },
    { name: 'name', type: 'Edm.String' },
    { name: 'text', type: 'Edm.String', analyzer: 'en.lucene' },
    { name: 'code', type: 'Edm.String', analyzer: 'keyword' },
    { name: 'tags', type: 'Collection(Edm.String)' },
    { name: 'hidden', type: 'Edm.String', searchable: false },
    { name: 'stars', type: 'Edm.Int32', searchable: true },
    { name: 'vector', type: 'Collection(Edm.Single)', dimensions: 2 },
    { name: 'rooms', type: 'Collection(Edm.ComplexType)', fields: [{ name: 'kind', type: 'Edm.String' }] },
  ],
});

function searchIn(documents: Readonly<Record<string, object>>) {
  const all = new Map(Object.entries(documents).map(([id, members]) => [id, { id, ...members }]));
  const search = createTextSearch(schema, () => all);
  for (const document of all.values()) search.put(document);
  return search;
}

type Search = ReturnType<typeof searchIn>;

const keys = (search: Search, query: TextQuery, fields?: readonly string[]) =>
  [...search.search(query, fields === undefined ? {} : { fields }).keys()].sort();
const term = (text: string, more: object = {}): TextQuery => ({ kind: 'term', text, ...more });

const mixed = searchIn({
  name: { name: 'The rooms', tags: ['sea view', 'city'] },
  text: { text: 'The rooms' },
  code: { code: 'The rooms' },
  nested: { rooms: [{ kind: 'single' }, { kind: 'double' }] },
  hidden: { hidden: 'rooms', stars: 7, vector: [1, 0] },
});

test.each<[TextQuery, string[]]>([
  [term('rooms'), ['name', 'text']],
  [term('room'), ['text']],
  [term('the'), ['name']],
  [term('The rooms'), ['code', 'name', 'text']],
  [term('single'), ['nested']],
  [term('double'), ['nested']],
  [term('7'), []],
  [term('1'), []],
  [term('undefined'), []],
  [term('null'), []],
  [term('hidden'), []],
  [term('rooms', { field: 'text' }), ['text']],
  [term('rooms', { field: 'hidden' }), []],
  [term('rooms', { field: 'nothing' }), []],
])('each field is split as its analyzer says: %j finds %j', (query, found) => {
  expect(keys(mixed, query)).toEqual(found);
});

test.each<[TextQuery, string[]]>([
  [{ kind: 'prefix', text: 'ROO' }, ['name', 'text']],
  [{ kind: 'prefix', text: 'th' }, ['name']],
  [term('roo'), []],
  [{ kind: 'fuzzy', text: 'roams', distance: 1 }, ['name', 'text']],
  [{ kind: 'fuzzy', text: 'roams', distance: 0 }, []],
  [term('roams'), []],
  [{ kind: 'phrase', text: 'sea view' }, ['name']],
  [{ kind: 'phrase', text: 'view city' }, []],
  [{ kind: 'phrase', text: 'sea' }, ['name']],
  [{ kind: 'not', query: term('rooms') }, ['code', 'hidden', 'nested']],
])('a part of a word, a similar word and a phrase: %j finds %j', (query, found) => {
  expect(keys(mixed, query)).toEqual(found);
});

test('what begins like a word that is left out is found all the same', () => {
  const search = searchIn({ a: { text: 'A theatre' }, b: { text: 'the' } });
  expect(keys(search, { kind: 'prefix', text: 'the' })).toEqual(['a']);
});

test('the fields that are asked for are the only ones, each counted once', () => {
  const search = searchIn({ a: { name: 'sea', text: 'sea', code: 'sea' }, b: { name: 'land', code: 'x' } });
  const score = (...fields: string[]) => search.search(term('sea'), { fields }).get('a') ?? 0;
  expect(score('hidden')).toBe(0);
  expect(score('name')).toBeGreaterThan(0);
  expect(score('name', 'text')).toBeCloseTo(score('name') + score('text'), 10);
  expect(score('name', 'text', 'code')).toBeCloseTo(score('name') + score('text') + score('code'), 10);
  expect(search.search(term('sea')).get('a')).toBeCloseTo(score('name', 'text', 'code'), 10);
});

test('a term counts as often as it is boosted, and a field as much as it weighs', () => {
  const search = searchIn({ a: { name: 'sea' }, b: { name: 'land' } });
  const score = (query: TextQuery, weights?: Readonly<Record<string, number>>) =>
    search.search(query, weights && { weights }).get('a') ?? 0;
  const plain = score(term('sea'));
  expect(plain).toBeGreaterThan(0);
  expect(score(term('sea', { boost: 3 }))).toBeCloseTo(3 * plain, 10);
  expect(score(term('sea'), { name: 2 })).toBeCloseTo(2 * plain, 10);
  expect(score(term('sea'), { text: 2 })).toBeCloseTo(plain, 10);
});

test('terms are completed in the fields that are asked for, in any case, and with one mistake where that is wanted', () => {
  const search = searchIn({ a: { name: 'Innsbruck' }, b: { code: 'inner' } });
  const like = (prefix: string, fuzzy = false, fields = ['name']) =>
    search.termsLike(prefix, { fields, fuzzy });
  expect(like('INN')).toEqual(['innsbruck']);
  expect(like('inn', false, ['code'])).toEqual(['inner']);
  expect([...like('inn', false, ['name', 'code'])].sort()).toEqual(['inner', 'innsbruck']);
  expect(like('innsbrick')).toEqual([]);
  expect(like('innsbrick', true)).toEqual(['innsbruck']);
  expect(like('innsbrikk', true)).toEqual([]);
});
