import { expect, test } from 'vitest';
import { createSearchIndex, type SearchIndex } from './search-index.ts';
import { autocomplete, suggest } from './suggestions.ts';

const definition = {
  name: 'hotels',
  fields: [
    { name: 'id', type: 'Edm.String', key: true },
    { name: 'name', type: 'Edm.String' },
    { name: 'city', type: 'Edm.String' },
    { name: 'street', type: 'Edm.String' },
    { name: 'text', type: 'Edm.String' },
  ],
  suggesters: [{ name: 'sg', sourceFields: ['name', 'city', 'street'] }, { name: 'empty' }],
};

function indexOf(...rows: readonly object[]): SearchIndex {
  const index = createSearchIndex(definition);
  index.change({ value: rows });
  return index;
}

function suggested(index: SearchIndex, search: string, more: object = {}): unknown[] {
  const { value } = suggest(index, { search, suggesterName: 'sg', ...more });
  return (value as readonly { readonly '@search.text': string }[]).map((hit) => hit['@search.text']);
}

function completed(index: SearchIndex, search: string, more: object = {}): unknown[] {
  const { value } = autocomplete(index, { search, suggesterName: 'sg', ...more });
  return (value as readonly { readonly queryPlusText: string }[]).map((hit) => hit.queryPlusText);
}

const hotels = indexOf({
  id: '1',
  name: 'Sea View',
  city: 'Old Innsbruck',
  street: 'Upper Road',
  text: 'quiet',
});

test.each([
  ['sea', ['Sea View']],
  ['SEA', ['Sea View']],
  ['vi', ['Sea View']],
  ['inn', ['Old Innsbruck']],
  ['old inn', ['Old Innsbruck']],
  ['inn road', ['Old Innsbruck']],
  ['road', ['Upper Road']],
  ['bruck', []],
  ['sea nothing', []],
  ['quiet', []],
  ['', []],
])('%j suggests the text with a word that begins like it: %j', (search, texts) => {
  expect(suggested(hotels, search)).toEqual(texts);
});

test('each word that was typed stands out, where both tags are given', () => {
  const [pre, post] = [{ highlightPreTag: '<' }, { highlightPostTag: '>' }];
  expect(suggested(hotels, 'vi sea', { ...pre, ...post })).toEqual(['<Sea> <View>']);
  expect(suggested(hotels, 'inn', { ...pre, ...post })).toEqual(['Old <Innsbruck>']);
  expect(suggested(hotels, 'inn', pre)).toEqual(['Old Innsbruck']);
  expect(suggested(hotels, 'inn', post)).toEqual(['Old Innsbruck']);
});

test('only documents that pass the filter are suggested, and a text query in it finds none', () => {
  const index = indexOf({ id: '1', name: 'Inn' }, { id: '2', name: 'Inn' });
  const ids = (filter?: string) => {
    const { value } = suggest(index, { search: 'inn', suggesterName: 'sg', filter });
    return (value as readonly { readonly id: string }[]).map(({ id }) => id);
  };
  expect([ids(), ids("id eq '2'"), ids("search.ismatch('inn')")]).toEqual([['1', '2'], ['2'], []]);
});

test('the last word that was typed is completed, and the words before it stay', () => {
  expect(completed(hotels, 'a very old inn')).toEqual(['a very old innsbruck']);
  expect(completed(hotels, 'inn old roa')).toEqual(['inn old road']);
  expect(completed(hotels, 'qui')).toEqual([]);
  expect(completed(hotels, '')).toEqual([]);
});

test('a word with a mistake is completed where that is asked for', () => {
  expect(completed(hotels, 'innsbrick')).toEqual([]);
  expect(completed(hotels, 'innsbrick', { fuzzy: false })).toEqual([]);
  expect(completed(hotels, 'innsbrick', { fuzzy: true })).toEqual(['innsbruck']);
});

test('a suggester without fields suggests and completes nothing', () => {
  expect(suggested(hotels, 'sea', { suggesterName: 'empty' })).toEqual([]);
  expect(completed(hotels, 'sea', { suggesterName: 'empty' })).toEqual([]);
});
