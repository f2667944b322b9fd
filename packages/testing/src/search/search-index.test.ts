import { expect, test } from 'vitest';
import { createSearchIndex } from './search-index.ts';

const definition = {
  name: 'notes',
  fields: [
    { name: 'id', type: 'Edm.String', key: true },
    { name: 'text', type: 'Edm.String' },
    { name: 'stars', type: 'Edm.Int32' },
  ],
};

const upload = (id: string, more: object = {}) => ({ id, ...more });
const act = (action: string, id: string, more: object = {}) => ({ '@search.action': action, id, ...more });

test('an upload replaces a document, a merge changes it, and a delete is done also where there is none', () => {
  const index = createSearchIndex(definition);
  const told = index.change({
    value: [
      upload('a', { text: 'one', stars: 1 }),
      act('merge', 'a', { stars: 2 }),
      act('merge', 'b', { stars: 2 }),
      act('mergeOrUpload', 'b', { text: 'two' }),
      act('mergeOrUpload', 'b', { stars: 3 }),
      act('upload', 'a', { stars: 4 }),
      act('delete', 'c'),
    ],
  });
  expect(told.map(({ key, status, statusCode }) => [key, status, statusCode])).toEqual([
    ['a', true, 201],
    ['a', true, 200],
    ['b', false, 404],
    ['b', true, 201],
    ['b', true, 200],
    ['a', true, 200],
    ['c', true, 200],
  ]);
  expect(index.get('a', undefined)).toEqual({ id: 'a', text: null, stars: 4 });
  expect(index.get('b', ['text', 'stars'])).toEqual({ text: 'two', stars: 3 });
  expect([...index.documents.keys()]).toEqual(['a', 'b']);
});

test('what a document said before it changed or went is not found any more', () => {
  const index = createSearchIndex(definition);
  const found = (text: string) => [...index.text.search({ kind: 'term', text }).keys()];
  index.change({ value: [upload('a', { text: 'old' }), upload('b', { text: 'old' }), upload('c')] });
  index.change({ value: [act('merge', 'a', { text: 'new' }), act('delete', 'b')] });
  expect([found('old'), found('new'), [...index.documents.keys()]]).toEqual([[], ['a'], ['a', 'c']]);
});

test('a vector is found where a document has it now, and not where it was', () => {
  const index = createSearchIndex({
    ...definition,
    fields: [...definition.fields, { name: 'v', type: 'Collection(Edm.Single)', dimensions: 2 }],
  });
  const query = { vector: [1, 0], fields: ['v'], k: 9, weight: 1 };
  const found = () => [...(index.vectors.nearest(query, () => true)[0]?.keys() ?? [])];
  index.change({
    value: [upload('a', { v: [1, 0] }), upload('b', { v: [1, 0] }), upload('c', { v: [0, 1] })],
  });
  expect(found()).toEqual(['a', 'b', 'c']);
  index.change({ value: [upload('a', { text: 'without' }), act('delete', 'b')] });
  expect(found()).toEqual(['c']);
});

test('a key is a text of letters, digits and a few signs', () => {
  const index = createSearchIndex(definition);
  const change = (id: unknown) => () => index.change({ value: [{ id }] });
  for (const id of [1, null, undefined, '']) expect(change(id)).toThrow('cannot be missing or empty');
  for (const id of ['a b', 'a/b', 'ä', 'a\n']) expect(change(id)).toThrow('Invalid document key');
  for (const id of ['a', 'A_1', 'a-b=', '=']) expect(change(id)()).toMatchObject([{ statusCode: 201 }]);
});

test('a batch that cannot be read changes nothing', () => {
  const index = createSearchIndex(definition);
  expect(() => index.change({ value: [upload('a'), act('erase', 'b')] })).toThrow("'erase' is not a known");
  expect(() => index.change({ value: [upload('a'), upload('b', { stars: 'many' })] })).toThrow('Edm.Int32');
  expect(() => index.change({ value: [upload('a'), upload('')] })).toThrow('cannot be missing or empty');
  expect(index.documents.size).toBe(0);
});

test.each([
  [0, 'No indexing actions found'],
  [32_000, undefined],
  [32_001, 'Too many indexing actions found in the request: 32001.'],
])('a batch has from 1 to 32,000 actions: one of %i', (count, words) => {
  const index = createSearchIndex(definition);
  const change = () => index.change({ value: Array.from({ length: count }, () => act('delete', 'a')) });
  if (words === undefined) expect(change()).toHaveLength(count);
  else expect(change).toThrow(words);
});

test('a changed definition keeps the documents, and finds them by it', () => {
  const index = createSearchIndex(definition);
  index.change({ value: [upload('a', { text: 'one' })] });
  const changed = index.redefine({
    ...definition,
    fields: [...definition.fields, { name: 'note', type: 'Edm.String' }],
  });
  changed.change({ value: [act('merge', 'a', { note: 'two' })] });
  for (const text of ['one', 'two'])
    expect([...changed.text.search({ kind: 'term', text }).keys()]).toEqual(['a']);
});
