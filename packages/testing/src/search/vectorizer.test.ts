import { expect, test } from 'vitest';
import { embedText, shorten } from '../embeddings/feature-hash.ts';
import { readSchema } from './index-schema.ts';
import { vectorize } from './vectorizer.ts';

const usual = {
  profiles: [
    { name: 'other', algorithm: 'a', vectorizer: 'large' },
    { name: 'mine', algorithm: 'a', vectorizer: 'small' },
    { name: 'by-large', algorithm: 'a', vectorizer: 'large' },
    { name: 'by-any', algorithm: 'a', vectorizer: 'any' },
    { name: 'by-unknown', algorithm: 'a', vectorizer: 'unknown' },
    { name: 'by-nothing', algorithm: 'a' },
    { name: 'by-missing', algorithm: 'a', vectorizer: 'missing' },
  ],
  vectorizers: [
    { name: 'large', azureOpenAIParameters: { modelName: 'text-embedding-3-large' } },
    { name: 'small', azureOpenAIParameters: { modelName: 'text-embedding-3-small' } },
    { name: 'any' },
    { name: 'unknown', azureOpenAIParameters: { modelName: 'my-embedding' } },
  ],
};

function vectorOf(profile: string | undefined, vectorSearch: unknown = usual, dimensions = 4) {
  const schema = readSchema({
    name: 'hotels',
    vectorSearch,
    fields: [
      { name: 'id', type: 'Edm.String', key: true },
      { name: 'v', type: 'Collection(Edm.Single)', dimensions, vectorSearchProfile: profile },
      { name: 'text', type: 'Edm.String', vectorSearchProfile: profile },
    ],
  });
  return { of: (path: string) => vectorize(schema, path, 'a quiet sea') };
}

const expected = (own: number, dimensions = 4) => [...shorten(embedText('a quiet sea', own), dimensions)];

test.each([
  ['mine', 1_536],
  ['by-large', 3_072],
  ['by-any', 1_536],
  ['by-unknown', 1_536],
])(
  'the vector of a text by the profile %s is the one of a model with %i numbers, shortened',
  (profile, own) => {
    expect(vectorOf(profile).of('v')).toEqual(expected(own));
  },
);

test('a field that is longer than the vectors of its model gets vectors of its own length', () => {
  expect(vectorOf('mine', usual, 2_000).of('v')).toEqual(expected(2_000, 2_000));
});

test.each<[string, string | undefined, unknown]>([
  ['without a profile', undefined, usual],
  ['with a profile that is not there', 'nothing', usual],
  ['with a profile that has no vectorizer', 'by-nothing', usual],
  ['with a vectorizer that is not there', 'by-missing', usual],
  ['in an index that has no profiles', 'mine', { vectorizers: usual.vectorizers }],
  ['in an index that has no vectorizers', 'mine', { profiles: usual.profiles }],
  ['in an index without vectors', 'mine', undefined],
])('a field %s takes no text', (_, profile, vectorSearch) => {
  expect(vectorOf(profile, vectorSearch ?? {}).of('v')).toBeUndefined();
});

test('only a field of vectors takes text', () => {
  const { of } = vectorOf('mine');
  expect([of('text'), of('id'), of('nothing')]).toEqual([undefined, undefined, undefined]);
});
