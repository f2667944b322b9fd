import { expect, test } from 'vitest';
import { readSchema } from './index-schema.ts';

const key = { name: 'id', type: 'Edm.String', key: true };
const schema = (changes: object) => readSchema({ name: 'hotels', fields: [key], ...changes });
const fieldOf = (field: object) => schema({ fields: [key, { name: 'a', ...field }] }).byPath.get('a');

test.each(['a', 'a1', '1a', 'a-b', 'a'.repeat(128)])('an index may be called %s', (name) => {
  expect(schema({ name }).name).toBe(name);
});

test.each([undefined, 1, '', 'A', '-a', 'a-', 'a--b', 'a_b', 'a b', 'a'.repeat(129)])(
  'an index may not be called %j',
  (name) => {
    expect(() => schema({ name })).toThrow('Invalid index name');
  },
);

test.each([
  [[{ ...key, key: false }], 'Found 0 key fields'],
  [[key, { ...key, name: 'other' }], 'Found 2 key fields'],
  [[], 'must have at least one field'],
  [undefined, 'must have at least one field'],
  [[key, 1], 'a JSON object was expected'],
  [[key, { type: 'Edm.String' }], "Invalid field name 'undefined'"],
  [[key, { name: '1a', type: 'Edm.String' }], "Invalid field name '1a'"],
  [[key, { name: 'a b', type: 'Edm.String' }], "Invalid field name 'a b'"],
  [[key, { name: 'a' }], "The type 'undefined' of field 'a' is not supported"],
  [[key, { name: 'a', type: 'String' }], "The type 'String' of field 'a'"],
  [[key, { name: 'a', type: 'Edm.Text' }], "The type 'Edm.Text' of field 'a'"],
  [[key, { name: 'a', type: 'x Edm.String' }], "The type 'x Edm.String' of field 'a'"],
  [[key, { name: 'a', type: 'Edm.String x' }], "The type 'Edm.String x' of field 'a'"],
  [[key, { name: 'a', type: 'Edm.ComplexType' }], 'must have at least one field'],
])('an index with the fields %j is refused', (fields, words) => {
  expect(() => schema({ fields })).toThrow(words);
});

const none = { isSearchable: false, isFilterable: false, isSortable: false, isFacetable: false };
const all = { isSearchable: true, isFilterable: true, isSortable: true, isFacetable: true };

test.each([
  [{ type: 'Edm.String' }, all],
  [{ type: 'Collection(Edm.String)' }, { ...all, isSortable: false }],
  [{ type: 'Edm.Int32' }, { ...all, isSearchable: false }],
  [{ type: 'Edm.GeographyPoint' }, { ...all, isSearchable: false, isFacetable: false }],
  [
    { type: 'Collection(Edm.Single)', dimensions: 3 },
    { ...none, isSearchable: true, dimensions: 3 },
  ],
  [{ type: 'Edm.ComplexType', fields: [{ name: 'b', type: 'Edm.String' }] }, none],
  [{ type: 'Edm.String', searchable: false, filterable: false, sortable: false, facetable: false }, none],
  [
    { type: 'Edm.String', retrievable: false },
    { ...all, isRetrievable: false },
  ],
  [{ type: 'Edm.String', filterable: null }, all],
])('a field %j has the defaults of the service', (field, expected) => {
  expect(fieldOf(field)).toMatchObject({ isKey: false, isRetrievable: true, ...expected });
});

test.each([[undefined], [null], [7]])('a type is a text, and %j is none', (type) => {
  expect(() => fieldOf({ type })).toThrow(`The type '${String(type)}' of field 'a' is not supported`);
  expect(() => fieldOf({ type: ['Edm.String'] })).toThrow("The type 'Edm.String' of field 'a'");
});

test.each([
  [{}, undefined],
  [{ vectorSearchProfile: null }, undefined],
  [{ vectorSearchProfile: 'mine' }, 'mine'],
])('a field with %j has the profile %j', (field, profile) => {
  expect(fieldOf({ type: 'Collection(Edm.Single)', dimensions: 3, ...field })?.vectorProfile).toBe(profile);
});

test.each([
  [{}, 'standard.lucene'],
  [{ analyzer: 'en.lucene' }, 'en.lucene'],
  [{ indexAnalyzer: 'keyword' }, 'keyword'],
  [{ analyzer: 'en.lucene', indexAnalyzer: 'keyword' }, 'en.lucene'],
])('a field with %j is read by the analyzer %s', (field, analyzer) => {
  expect(fieldOf({ type: 'Edm.String', ...field })?.analyzer).toBe(analyzer);
});

test('fields inside of others are known by their path, at any depth', () => {
  const inner = { name: 'c', type: 'Edm.String' };
  const middle = { name: 'b', type: 'Collection(Edm.ComplexType)', fields: [inner] };
  const { byPath, key: found } = schema({
    fields: [key, { name: 'a', type: 'Edm.ComplexType', fields: [middle] }],
  });
  expect([...byPath.keys()]).toEqual(['id', 'a', 'a/b', 'a/b/c']);
  expect([byPath.get('a/b/c')?.name, found.path]).toEqual(['c', 'id']);
});
