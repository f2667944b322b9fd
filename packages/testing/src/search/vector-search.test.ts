import { expect, test } from 'vitest';
import { hotels } from './hotels.fake.ts';
import { readSchema } from './index-schema.ts';
import { fuse, ranked } from './rank-fusion.ts';
import { createVectorSearch, readVectorQuery } from './vector-search.ts';

function near(entry: object, isCandidate = (_key: string) => true) {
  const search = createVectorSearch(hotels);
  const vectors: Readonly<Record<string, readonly number[]>> = {
    same: [2, 0],
    side: [0, 1],
    back: [-1, 0],
    none: [0, 0],
  };
  for (const [key, vector] of Object.entries(vectors))
    search.put(key, { id: key, vector, dots: vector, far: vector });
  search.put('empty', { id: 'empty', vector: [] });
  search.put('gone', { id: 'gone', vector: [1, 0] });
  search.remove('gone');
  const query = readVectorQuery({ kind: 'vector', vector: [1, 0], ...entry }, hotels);
  return search.nearest(query, isCandidate).map((scores) => Object.fromEntries(scores));
}

test('a score comes from the cosine, the product or the distance, as the index says', () => {
  expect(near({ fields: 'vector' })).toEqual([{ same: 1, side: 0.5, none: 0.5, back: 1 / 3 }]);
  expect(near({ fields: 'dots' })).toEqual([{ same: 2, side: 0, none: 0, back: -1 }]);
  expect(near({ fields: 'far' })).toEqual([
    { same: 1 / 2, side: 1 / (1 + Math.SQRT2), none: 1 / 2, back: 1 / 3 },
  ]);
});

const byDot = { name: 'dot', hnswParameters: { metric: 'dotProduct' } };

test.each<[unknown, number]>([
  [undefined, 1],
  [{}, 1],
  [{ profiles: [{ name: 'mine', algorithm: 'dot' }] }, 1],
  [{ algorithms: [byDot] }, 1],
  [{ profiles: [{ name: 'other', algorithm: 'dot' }], algorithms: [byDot] }, 1],
  [{ profiles: [{ name: 'mine', algorithm: 'other' }], algorithms: [byDot] }, 1],
  [{ profiles: [{ name: 'mine', algorithm: 'dot' }], algorithms: [{ name: 'dot' }] }, 1],
  [
    { profiles: [{ name: 'other' }, { name: 'mine', algorithm: 'dot' }], algorithms: [{ name: 'x' }, byDot] },
    6,
  ],
])(
  'with the settings %j the score is that of the cosine, unless they say otherwise: %d',
  (vectorSearch, score) => {
    const schema = readSchema({
      name: 'hotels',
      vectorSearch,
      fields: [
        { name: 'id', type: 'Edm.String', key: true },
        { name: 'v', type: 'Collection(Edm.Single)', dimensions: 2, vectorSearchProfile: 'mine' },
      ],
    });
    const search = createVectorSearch(schema);
    search.put('a', { id: 'a', v: [3, 0] });
    const query = readVectorQuery({ vector: [2, 0], fields: 'v' }, schema);
    expect(search.nearest(query, () => true)).toEqual([new Map([['a', score]])]);
  },
);

test('the nearest are those of each field, among the candidates, as many as asked for', () => {
  const [vector, dots] = near({ fields: 'vector, dots', k: 2 }, (key) => key !== 'same');
  expect(vector).toEqual({ side: 0.5, none: 0.5 });
  expect(dots).toEqual({ side: 0, none: 0 });
});

test.each([
  ['vectorSimilarity', 0, ['same', 'side', 'none']],
  ['vectorSimilarity', 0.1, ['same']],
  ['searchScore', 0.5, ['same', 'side', 'none']],
  ['searchScore', 0.51, ['same']],
])('a threshold of the %s is %d at least: %j', (kind, value, keys) => {
  expect(Object.keys(near({ fields: 'vector', threshold: { kind, value } })[0] ?? {})).toEqual(keys);
});

test('fifty are found where no number is asked for, each ranking weighing as much as any', () => {
  expect(readVectorQuery({ vector: [1, 0], fields: 'vector' }, hotels)).toEqual({
    vector: [1, 0],
    fields: ['vector'],
    k: 50,
    weight: 1,
  });
  expect(readVectorQuery({ vector: [1, 0], fields: 'vector', k: 3, weight: 2 }, hotels)).toMatchObject({
    k: 3,
    weight: 2,
  });
});

test.each([
  [{ vector: [1, 0] }, "The 'fields' of a vector query are required."],
  [{ vector: [1, 0], fields: 'name' }, "Unknown field 'name' in vector field list."],
  [{ vector: [1, 0], fields: 'nothing' }, "Unknown field 'nothing' in vector field list."],
  [{ vector: [1, 0], fields: ' , ' }, "The 'fields' of a vector query are required."],
  [{ vector: [1, 'x'], fields: 'vector' }, "needs a 'vector' of numbers"],
  [{ fields: 'vector' }, "needs a 'vector' of numbers"],
  [{ vector: [1], fields: 'vector' }, 'The vector has 1 dimensions, the field 2.'],
])('the vector query %j is refused', (entry, words) => {
  expect(() => readVectorQuery(entry, hotels)).toThrow(words);
});

test('rankings are fused by place and weight, and not by score', () => {
  const first = new Map([
    ['a', 0.1],
    ['b', 99],
  ]);
  const second = new Map([['a', 5]]);
  expect(fuse([{ scores: first, weight: 1 }])).toEqual(
    new Map([
      ['b', 1 / 60],
      ['a', 1 / 61],
    ]),
  );
  const fused = fuse([
    { scores: first, weight: 1 },
    { scores: second, weight: 2 },
  ]);
  expect(fused.get('a')).toBeCloseTo(1 / 61 + 2 / 60, 12);
  expect(ranked(fused).map(([key]) => key)).toEqual(['a', 'b']);
});
