import { readSchema, type IndexSchema } from './index-schema.ts';
import type { Document } from './document.ts';

/** An index with a field of each kind. */
export const hotels: IndexSchema = readSchema({
  name: 'hotels',
  fields: [
    { name: 'id', type: 'Edm.String', key: true },
    { name: 'name', type: 'Edm.String' },
    { name: 'rating', type: 'Edm.Double' },
    { name: 'parking', type: 'Edm.Boolean' },
    { name: 'opened', type: 'Edm.DateTimeOffset' },
    { name: 'tags', type: 'Collection(Edm.String)' },
    { name: 'secret', type: 'Edm.String', filterable: false, facetable: false, retrievable: false },
    { name: 'location', type: 'Edm.GeographyPoint' },
    { name: 'vector', type: 'Collection(Edm.Single)', dimensions: 2, vectorSearchProfile: 'cosine' },
    { name: 'dots', type: 'Collection(Edm.Single)', dimensions: 2, vectorSearchProfile: 'dot' },
    { name: 'far', type: 'Collection(Edm.Single)', dimensions: 2, vectorSearchProfile: 'euclid' },
    {
      name: 'rooms',
      type: 'Collection(Edm.ComplexType)',
      fields: [
        { name: 'kind', type: 'Edm.String' },
        { name: 'price', type: 'Edm.Int32' },
        { name: 'beds', type: 'Collection(Edm.String)' },
      ],
    },
  ],
  vectorSearch: {
    profiles: [
      { name: 'cosine', algorithm: 'by-cosine' },
      { name: 'dot', algorithm: 'by-dot' },
      { name: 'euclid', algorithm: 'by-distance' },
    ],
    algorithms: [
      { name: 'by-cosine', kind: 'hnsw' },
      { name: 'by-dot', kind: 'hnsw', hnswParameters: { metric: 'dotProduct' } },
      { name: 'by-distance', kind: 'exhaustiveKnn', exhaustiveKnnParameters: { metric: 'euclidean' } },
    ],
  },
});

const stockholm = { type: 'Point', coordinates: [18.0686, 59.3293] };

export const documents: readonly Document[] = [
  {
    id: '1',
    name: 'Sea View',
    rating: 4.5,
    parking: true,
    opened: '2019-05-01T00:00:00Z',
    tags: ['pool', 'wifi'],
    location: stockholm,
    rooms: [
      { kind: 'single', price: 90, beds: ['one'] },
      { kind: 'double', price: 150, beds: ['one', 'two'] },
    ],
  },
  {
    id: '2',
    name: "Harry's",
    rating: 3,
    parking: false,
    opened: '2019-12-31T23:30:00Z',
    tags: ['wifi'],
    rooms: [],
  },
  {
    id: '3',
    name: 'Zed',
    rating: null,
    parking: null,
    opened: null,
    tags: [],
    rooms: [{ kind: 'double', price: 80, beds: [] }],
  },
];
