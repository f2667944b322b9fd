import { expect, test } from 'vitest';
import { checkDocument, project, valuesAt } from './document.ts';
import { documents, hotels } from './hotels.fake.ts';

const [first = {}, second = {}] = documents;

test.each([
  ['name', ['Sea View']],
  ['tags', ['pool', 'wifi']],
  ['rooms/kind', ['single', 'double']],
  ['rooms/beds', ['one', 'one', 'two']],
  ['name/length', []],
  ['nothing', []],
  ['toString', []],
  ['rooms/nothing', []],
])('the values at %s are those of all members on the way', (path, values) => {
  expect(valuesAt(first, path)).toEqual(values);
});

test.each([
  { id: '1', name: 'a', rating: 1.5, parking: true, opened: '2020-01-01T00:00:00Z', tags: [] },
  { id: '1', name: null, tags: ['a'], location: { type: 'Point' }, vector: [1, 2] },
  { id: '1', rating: 'NaN', '@search.score': 1, '@anything': 'x' },
  { id: '1', rating: 'INF' },
  { id: '1', rating: '-INF' },
  { id: '1', rooms: [{ kind: 'a', price: 2, beds: ['b'] }, {}] },
])('the document %j fits', (document) => {
  expect(() => {
    checkDocument(hotels, document);
  }).not.toThrow();
});

test.each([
  [{ nothing: 1 }, "The property 'nothing' does not exist"],
  [{ name: 1 }, "the literal '1' to the expected type 'Edm.String' of field 'name'"],
  [{ name: ['a'] }, "the expected type 'Edm.String'"],
  [{ tags: 'a' }, "the expected type 'Collection(Edm.String)'"],
  [{ tags: ['a', 1] }, "the expected type 'Collection(Edm.String)'"],
  [{ rating: '1' }, "the expected type 'Edm.Double'"],
  [{ rating: 'x'.repeat(200) }, `the literal '"${'x'.repeat(99)}' to`],
  [{ parking: 1 }, "the expected type 'Edm.Boolean'"],
  [{ opened: 1 }, "the expected type 'Edm.DateTimeOffset'"],
  [{ location: 'here' }, "the expected type 'Edm.GeographyPoint'"],
  [{ location: null, rooms: [{ nothing: 1 }] }, "The property 'nothing' does not exist"],
  [{ rooms: [{ price: 1.5 }] }, "the expected type 'Edm.Int32' of field 'price'"],
  [{ rooms: {} }, "the expected type 'Collection(Edm.ComplexType)'"],
  [{ vector: [1] }, "expects a length of '2'. However, the provided vector has a length of '1'"],
  [{ vector: [1, 'a'] }, "the expected type 'Collection(Edm.Single)'"],
])('the document %j is refused', (document, words) => {
  expect(() => {
    checkDocument(hotels, { id: '1', ...document });
  }).toThrow(words);
});

test('a document is shown with all that may be seen, and null for what it has not', () => {
  expect(project(hotels, { ...second, secret: 'x' }, undefined)).toEqual({
    ...second,
    location: null,
    vector: null,
    dots: null,
    far: null,
  });
});

test('what a document does not have is null, also inside of it', () => {
  const select = ['location/type', 'rooms/kind', 'name/x'];
  expect(project(hotels, { id: '1', location: null, name: null }, select)).toEqual({
    location: null,
    rooms: null,
    name: null,
  });
  expect(project(hotels, { id: '1', rooms: [null, { kind: 'a' }, 'b'] }, ['rooms/kind'])).toEqual({
    rooms: [null, { kind: 'a' }, 'b'],
  });
});

test('a member of a collection of objects that is none is not looked into', () => {
  expect(() => {
    checkDocument(hotels, { id: '1', rooms: [null, 'a', [{ nothing: 1 }]] });
  }).not.toThrow();
});

test.each([
  [['name'], { name: 'Sea View' }],
  [['secret', 'name'], { name: 'Sea View' }],
  [['vector'], { vector: null }],
  [['rooms/kind'], { rooms: [{ kind: 'single' }, { kind: 'double' }] }],
  [
    ['rooms/kind', 'rooms/price'],
    {
      rooms: [
        { kind: 'single', price: 90 },
        { kind: 'double', price: 150 },
      ],
    },
  ],
  [['location/type'], { location: { type: 'Point' } }],
  [['rooms/nothing'], { rooms: [{ nothing: null }, { nothing: null }] }],
  [['opened/x'], { opened: '2019-05-01T00:00:00Z' }],
  [
    ['rooms', 'rooms/kind'],
    {
      rooms: [
        { kind: 'single', price: 90, beds: ['one'] },
        { kind: 'double', price: 150, beds: ['one', 'two'] },
      ],
    },
  ],
  [['name', 'name/x'], { name: 'Sea View' }],
])('of %j only these are shown', (select, shown) => {
  expect(project(hotels, first, select)).toEqual(shown);
});
