import { expect, test } from 'vitest';
import { countFacets } from './facet.ts';
import { documents, hotels } from './hotels.fake.ts';

const facet = (text: string, of = documents) => {
  const [path = ''] = text.split(',');
  return countFacets([text], hotels, of)[path];
};

const rated = (...ratings: number[]) => ratings.map((rating, index) => ({ id: String(index), rating }));

test.each([
  [
    'tags',
    [
      { value: 'wifi', count: 2 },
      { value: 'pool', count: 1 },
    ],
  ],
  [
    'tags,sort:-count',
    [
      { value: 'pool', count: 1 },
      { value: 'wifi', count: 2 },
    ],
  ],
  [
    'tags,sort:value',
    [
      { value: 'pool', count: 1 },
      { value: 'wifi', count: 2 },
    ],
  ],
  [
    'tags,sort:-value',
    [
      { value: 'wifi', count: 2 },
      { value: 'pool', count: 1 },
    ],
  ],
  ['tags, count:1', [{ value: 'wifi', count: 2 }]],
  [
    'tags,sort:other',
    [
      { value: 'wifi', count: 2 },
      { value: 'pool', count: 1 },
    ],
  ],
  [
    'parking',
    [
      { value: false, count: 1 },
      { value: true, count: 1 },
    ],
  ],
  [
    'rooms/kind',
    [
      { value: 'double', count: 2 },
      { value: 'single', count: 1 },
    ],
  ],
  ['opened,interval:year', [{ value: '2019-01-01T00:00:00Z', count: 2 }]],
  [
    'opened,interval:month',
    [
      { value: '2019-05-01T00:00:00Z', count: 1 },
      { value: '2019-12-01T00:00:00Z', count: 1 },
    ],
  ],
  [
    'opened,interval:day',
    [
      { value: '2019-05-01T00:00:00Z', count: 1 },
      { value: '2019-12-31T00:00:00Z', count: 1 },
    ],
  ],
  [
    'opened,interval:hour',
    [
      { value: '2019-05-01T00:00:00Z', count: 1 },
      { value: '2019-12-31T23:00:00Z', count: 1 },
    ],
  ],
  [
    'opened,interval:minute',
    [
      { value: '2019-05-01T00:00:00Z', count: 1 },
      { value: '2019-12-31T23:30:00Z', count: 1 },
    ],
  ],
  [
    'opened,values:2019-12-01T00:00:00Z',
    [
      { to: '2019-12-01T00:00:00Z', count: 1 },
      { from: '2019-12-01T00:00:00Z', count: 1 },
    ],
  ],
])('%s counts %j', (text, expected) => {
  expect(facet(text)).toEqual(expected);
});

test('a document counts once for each value, however often it has it', () => {
  expect(facet('tags', [{ id: '1', tags: ['pool', 'pool', 'wifi'] }])).toEqual([
    { value: 'pool', count: 1 },
    { value: 'wifi', count: 1 },
  ]);
});

test('a range begins at its first value and ends before the next', () => {
  expect(facet('rating,values:3|4', rated(2, 3, 3.5, 3.5, 4, 9))).toEqual([
    { to: 3, count: 1 },
    { from: 3, to: 4, count: 3 },
    { from: 4, count: 2 },
  ]);
});

test('an interval of numbers begins at its multiples', () => {
  expect(facet('rating,interval:2', rated(0, 1.9, 2, 5, -1))).toEqual([
    { value: -2, count: 1 },
    { value: 0, count: 2 },
    { value: 2, count: 1 },
    { value: 4, count: 1 },
  ]);
});

test('the rarest values come first where that is asked for, and equals in their own order', () => {
  const counted = rated(5, 5, 5, 4, 4, 3, 3, 1);
  const values = (sort: string) => facet(`rating,sort:${sort}`, counted)?.map(({ value }) => value);
  expect(values('-count')).toEqual([1, 3, 4, 5]);
  expect(values('count')).toEqual([5, 3, 4, 1]);
  expect(values('nothing')).toEqual([5, 3, 4, 1]);
  expect(values('value')).toEqual([1, 3, 4, 5]);
  expect(values('-value')).toEqual([5, 4, 3, 1]);
});

test('only the ranges between others have two ends', () => {
  const shown = facet('rating,values:3|4', rated(1))?.map((range) => Object.keys(range));
  expect(shown).toEqual([
    ['to', 'count'],
    ['from', 'to', 'count'],
    ['from', 'count'],
  ]);
});

test('ten values are shown unless another number is asked for', () => {
  const many = rated(...Array.from({ length: 12 }, (_, index) => index));
  expect(facet('rating', many)).toHaveLength(10);
  expect(facet('rating,count:11', many)).toHaveLength(11);
});

test.each([
  ['nothing', "Could not find a property named 'nothing'"],
  ['secret', "The field 'secret' cannot be used in the facet parameter"],
])('a facet of %s is refused', (text, words) => {
  expect(() => facet(text)).toThrow(words);
});
