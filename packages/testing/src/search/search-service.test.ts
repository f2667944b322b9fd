import {
  AzureKeyCredential,
  IndexDocumentsBatch,
  odata,
  SearchClient,
  SearchIndexClient,
} from '@azure/search-documents';
import type { SearchIndex, SearchOptions } from '@azure/search-documents';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMockAzure } from '../start-mock-azure.ts';

interface Hotel {
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  readonly category?: string;
  readonly tags?: readonly string[];
  readonly rating?: number;
  readonly opened?: string;
  readonly parking?: boolean;
  readonly address?: { readonly city?: string; readonly country?: string };
  readonly rooms?: readonly { readonly kind: string; readonly price: number }[];
  readonly vector?: readonly number[];
}

const azure = await startMockAzure({
  identity: {
    apps: { writer: {}, reader: {}, nobody: {} },
    roleAssignments: [
      { principal: 'default', role: 'Search Service Contributor' },
      { principal: 'writer', role: 'Search Index Data Contributor' },
      { principal: 'reader', role: 'Search Index Data Reader' },
    ],
  },
});
azure.identity.trust();

const definition: SearchIndex = {
  name: 'hotels',
  fields: [
    { name: 'id', type: 'Edm.String', key: true, filterable: true, sortable: true },
    { name: 'name', type: 'Edm.String', searchable: true, sortable: true },
    { name: 'description', type: 'Edm.String', searchable: true, analyzerName: 'en.lucene' },
    { name: 'category', type: 'Edm.String', filterable: true, facetable: true, searchable: true },
    { name: 'tags', type: 'Collection(Edm.String)', filterable: true, facetable: true, searchable: true },
    { name: 'rating', type: 'Edm.Double', filterable: true, sortable: true, facetable: true },
    { name: 'opened', type: 'Edm.DateTimeOffset', filterable: true, sortable: true, facetable: true },
    { name: 'parking', type: 'Edm.Boolean', filterable: true, facetable: true },
    {
      name: 'address',
      type: 'Edm.ComplexType',
      fields: [
        { name: 'city', type: 'Edm.String', searchable: true, filterable: true },
        { name: 'country', type: 'Edm.String', filterable: true, hidden: true },
      ],
    },
    {
      name: 'rooms',
      type: 'Collection(Edm.ComplexType)',
      fields: [
        { name: 'kind', type: 'Edm.String', filterable: true },
        { name: 'price', type: 'Edm.Double', filterable: true },
      ],
    },
    {
      name: 'vector',
      type: 'Collection(Edm.Single)',
      searchable: true,
      vectorSearchDimensions: 3,
      vectorSearchProfileName: 'p',
      hidden: true,
    },
  ],
  vectorSearch: {
    algorithms: [{ name: 'a', kind: 'hnsw', parameters: { metric: 'cosine' } }],
    profiles: [{ name: 'p', algorithmConfigurationName: 'a' }],
  },
  semanticSearch: {
    defaultConfigurationName: 's',
    configurations: [
      {
        name: 's',
        prioritizedFields: { titleField: { name: 'name' }, contentFields: [{ name: 'description' }] },
      },
    ],
  },
  suggesters: [{ name: 'sg', searchMode: 'analyzingInfixMatching', sourceFields: ['name', 'category'] }],
  scoringProfiles: [{ name: 'by-name', textWeights: { weights: { name: 10 } } }],
};

const hotels: Hotel[] = [
  {
    id: '1',
    name: 'Sea View',
    description: 'Quiet rooms by the sea. Breakfast is free.',
    category: 'Boutique',
    tags: ['pool', 'wifi'],
    rating: 4.5,
    opened: '2010-05-01T00:00:00Z',
    parking: true,
    address: { city: 'Nice', country: 'France' },
    rooms: [{ kind: 'suite', price: 300 }],
    vector: [1, 0, 0],
  },
  {
    id: '2',
    name: 'City Lights',
    description: 'In the heart of the city, with a bar on the roof.',
    category: 'Business',
    tags: ['wifi'],
    rating: 3.9,
    opened: '2018-01-01T00:00:00Z',
    parking: false,
    address: { city: 'Paris', country: 'France' },
    rooms: [
      { kind: 'single', price: 90 },
      { kind: 'double', price: 140 },
    ],
    vector: [0, 1, 0],
  },
  {
    id: '3',
    name: 'Old Mill',
    description: 'A mill from 1790 beside a river; the city is far.',
    category: 'Boutique',
    tags: ['pool', 'pets'],
    rating: 4.9,
    opened: '2022-09-15T00:00:00Z',
    parking: true,
    address: { city: 'Lyon', country: 'France' },
    rooms: [],
    vector: [0.9, 0.1, 0],
  },
  {
    id: '4',
    name: "Harry's Inn",
    description: 'Cheap and cheerful rooms near the station.',
    category: 'Budget',
    tags: [],
    parking: false,
    address: { city: 'Bath', country: 'UK' },
    rooms: [{ kind: 'double', price: 60 }],
    vector: [0, 0, 1],
  },
];

const indexes = new SearchIndexClient(azure.search.endpoint, new AzureKeyCredential(azure.search.adminKey));
const client = new SearchClient<Hotel>(
  azure.search.endpoint,
  'hotels',
  new AzureKeyCredential(azure.search.queryKey),
);
const writer = new SearchClient<Hotel>(
  azure.search.endpoint,
  'hotels',
  new AzureKeyCredential(azure.search.adminKey),
);

beforeAll(async () => {
  await indexes.createIndex(definition);
  await writer.uploadDocuments(hotels);
});
afterAll(() => azure.close());

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function find(text: string, options: SearchOptions<Hotel> = {}): Promise<string[]> {
  const found: string[] = [];
  const { results } = await client.search(text, options);
  for await (const { document } of results) found.push(document.id);
  return found;
}

test.each<[string, SearchOptions<Hotel>, string[]]>([
  ['*', {}, ['1', '2', '3', '4']],
  ['sea', {}, ['1']],
  ['SEA city', {}, ['1', '2', '3']],
  ['sea city', { searchMode: 'all' }, []],
  ['pool + city', {}, ['3']],
  ['pool -river', { searchMode: 'all' }, ['1']],
  ['sea | station', { searchMode: 'all' }, ['1', '4']],
  ['"heart of the city"', {}, ['2']],
  ['"city of the heart"', {}, []],
  ['(sea | river) + mill', {}, ['3']],
  ['stat*', {}, ['4']],
  ['room', {}, ['1', '4']],
  ['nice', { searchFields: ['address/city'] }, ['1']],
  ['nice', { searchFields: ['name'] }, []],
  ["harry's", {}, ['4']],
  ['name:"Old Mill" OR category:Budget', { queryType: 'full' }, ['3', '4']],
  ['saa~1', { queryType: 'full' }, ['1']],
  ['city AND NOT river', { queryType: 'full' }, ['2']],
])('the text %s with %o finds %o', async (text, options, ids) => {
  expect((await find(text, options)).sort()).toEqual(ids);
});

test.each([
  ["category eq 'Boutique'", ['1', '3']],
  ["category ne 'Boutique' and rating gt 3", ['2']],
  ["not (category eq 'Boutique')", ['2', '4']],
  ['rating ge 4.5', ['1', '3']],
  ['rating eq null', ['4']],
  ['rating lt 4 or parking', ['1', '2', '3']],
  ['parking eq false', ['2', '4']],
  ['opened gt 2018-01-01T00:00:00Z', ['3']],
  ["tags/any(t: t eq 'pool')", ['1', '3']],
  ["tags/all(t: t ne 'pool')", ['2', '4']],
  ['tags/any()', ['1', '2', '3']],
  ["tags/any(t: search.in(t, 'pets, wifi'))", ['1', '2', '3']],
  ["search.in(id, '1|4', '|')", ['1', '4']],
  ["address/country eq 'UK'", ['4']],
  ["rooms/any(r: r/kind eq 'double' and r/price lt 100)", ['4']],
  ["search.ismatch('river')", ['3']],
  ["name eq 'Sea View' or id eq '2'", undefined],
  ["nothing eq 'x'", undefined],
  ['category eq 5', undefined],
  ["category eq 'x' and", undefined],
  ['category = 1', undefined],
  ["tags eq 'pool'", undefined],
])('the filter %s lets %o through', async (filter, ids) => {
  const found = find('*', { filter });
  if (ids === undefined) await expect(found).rejects.toMatchObject({ statusCode: 400 });
  else expect((await found).sort()).toEqual(ids);
});

test('a quote in a filter is doubled', async () => {
  await writer.mergeDocuments([{ id: '4', category: "Harry's" }]);
  expect(await find('*', { filter: odata`category eq ${"Harry's"}` })).toEqual(['4']);
  await writer.mergeDocuments([{ id: '4', category: 'Budget' }]);
});

test('results are ordered, counted and cut as asked', async () => {
  expect(await find('*', { orderBy: ['rating desc'] })).toEqual(['3', '1', '2', '4']);
  expect(await find('*', { orderBy: ['parking', 'name'].slice(1) })).toEqual(['2', '4', '3', '1']);
  expect(await find('*', { orderBy: ['rating desc'], top: 2, skip: 1 })).toEqual(['1', '2']);
  expect(await find('*', { filter: 'parking' })).toEqual(['1', '3']);
  const { count, results } = await client.search('*', {
    includeTotalCount: true,
    top: 1,
    select: ['name', 'address/city'],
  });
  expect(count).toBe(4);
  for await (const { document } of results)
    expect(document).toMatchObject({ name: 'Sea View', address: { city: 'Nice' } });
});

test('facets count values, ranges and years', async () => {
  const { facets } = await client.search('*', {
    facets: ['category', 'tags,count:1', 'rating,values:4|4.8', 'opened,interval:year'],
    top: 0,
  });
  expect(facets).toMatchObject({
    category: [
      { value: 'Boutique', count: 2 },
      { value: 'Budget', count: 1 },
      { value: 'Business', count: 1 },
    ],
    tags: [{ value: 'pool', count: 2 }],
    rating: [
      { to: 4, count: 1 },
      { from: 4, to: 4.8, count: 1 },
      { from: 4.8, count: 1 },
    ],
    opened: [
      { value: new Date('2010-01-01'), count: 1 },
      { value: new Date('2018-01-01'), count: 1 },
      { value: new Date('2022-01-01'), count: 1 },
    ],
  });
});

test('words that were found stand out', async () => {
  const { results } = await client.search('sea rooms', {
    highlightFields: 'description',
    highlightPreTag: '<b>',
    highlightPostTag: '</b>',
  });
  const [first] = await all(results);
  expect(first?.highlights).toEqual({ description: ['Quiet <b>rooms</b> by the <b>sea</b>.'] });
});

test('a field can weigh more than others', async () => {
  expect(await find('city', {})).not.toEqual([]);
  const [first] = await find('lights sea', { scoringProfile: 'by-name' });
  expect(['1', '2']).toContain(first);
  const scores = async (scoringProfile?: string): Promise<number> => {
    const { results } = await client.search('lights', scoringProfile === undefined ? {} : { scoringProfile });
    return (await all(results))[0]?.score ?? 0;
  };
  expect(await scores('by-name')).toBeCloseTo(10 * (await scores()), 5);
});

function vector(values: readonly number[], options: object = {}): SearchOptions<Hotel> {
  return {
    vectorSearchOptions: {
      queries: [
        { kind: 'vector', vector: [...values], fields: ['vector'], kNearestNeighborsCount: 2, ...options },
      ],
    },
  };
}

test('the nearest vectors come first, with the score of their cosine', async () => {
  const { results } = await client.search('*', vector([1, 0, 0]));
  const found: [string, number][] = [];
  for await (const { document, score } of results) found.push([document.id, score]);
  expect(found.map(([id]) => id)).toEqual(['1', '3']);
  expect(found[0]?.[1]).toBeCloseTo(1, 6);
  expect(found[1]?.[1]).toBeCloseTo(1 / (2 - 0.9 / Math.hypot(0.9, 0.1)), 6);
});

test('a filter comes before the nearest neighbours unless it is asked to come after', async () => {
  const filter = "category eq 'Budget'";
  expect(await find('*', { ...vector([1, 0, 0]), filter })).toEqual(['4']);
  const after = vector([1, 0, 0]);
  expect(
    await find('*', {
      vectorSearchOptions: { ...after.vectorSearchOptions, filterMode: 'postFilter' },
      filter,
    } as SearchOptions<Hotel>),
  ).toEqual([]);
});

test('text and vectors are fused by rank', async () => {
  const { results } = await client.search('river', vector([1, 0, 0]));
  const found: [string, number][] = [];
  for await (const { document, score } of results) found.push([document.id, score]);
  // First by text and second by vector; then first by vector alone.
  expect(found.map(([id]) => id)).toEqual(['3', '1']);
  expect(found[0]?.[1]).toBeCloseTo(1 / 60 + 1 / 61, 8);
  expect(found[1]?.[1]).toBeCloseTo(1 / 60, 8);
});

test('a field with a vectorizer takes text, as the embeddings of the mock understand it', async () => {
  await indexes.createIndex({
    name: 'notes',
    fields: [
      { name: 'id', type: 'Edm.String', key: true },
      {
        name: 'vector',
        type: 'Collection(Edm.Single)',
        searchable: true,
        vectorSearchDimensions: 256,
        vectorSearchProfileName: 'p',
      },
    ],
    vectorSearch: {
      algorithms: [{ name: 'a', kind: 'hnsw' }],
      profiles: [{ name: 'p', algorithmConfigurationName: 'a', vectorizerName: 'v' }],
      vectorizers: [
        { vectorizerName: 'v', kind: 'azureOpenAI', parameters: { modelName: 'text-embedding-3-small' } },
      ],
    },
  });
  const openai = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey });
  const input = ['refunds within thirty days', 'the roof of the tower'];
  const { data } = await openai.embeddings.create({
    model: 'text-embedding-3-small',
    input,
    dimensions: 256,
  });
  const notes = new SearchClient<{ id: string; vector?: number[] }>(
    azure.search.endpoint,
    'notes',
    new AzureKeyCredential(azure.search.adminKey),
  );
  await notes.uploadDocuments(data.map(({ embedding, index }) => ({ id: String(index), vector: embedding })));
  const { results } = await notes.search('*', {
    vectorSearchOptions: {
      queries: [
        { kind: 'text', text: 'thirty days for a refund', fields: ['vector'], kNearestNeighborsCount: 1 },
      ],
    },
  });
  const [first] = await all(results);
  expect(first?.document.id).toBe('0');
  await indexes.deleteIndex('notes');
});

test('a vector of the wrong length is refused, in a query and in a document', async () => {
  await expect(find('*', vector([1, 0]))).rejects.toMatchObject({ statusCode: 400 });
  await expect(writer.uploadDocuments([{ id: '9', vector: [1] }])).rejects.toMatchObject({ statusCode: 400 });
});

test('semantic answers have the shape of the service', async () => {
  const search = await client.search('is breakfast free', {
    queryType: 'semantic',
    semanticSearchOptions: {
      configurationName: 's',
      captions: { captionType: 'extractive' },
      answers: { answerType: 'extractive', count: 1, threshold: 0.5 },
    },
  });
  const [first] = await all(search.results);
  expect(first).toMatchObject({
    document: { id: '1' },
    captions: [{ text: 'Breakfast is free.', highlights: '<em>Breakfast</em> is <em>free</em>.' }],
  });
  expect(first?.rerankerScore).toBeGreaterThan(2);
  expect(search.answers).toMatchObject([{ key: '1', text: 'Breakfast is free.' }]);
});

test('suggestions and completions come from the suggester', async () => {
  const { results } = await client.suggest('mil', 'sg', { select: ['id'] });
  expect(results).toMatchObject([{ text: 'Old Mill', document: { id: '3' } }]);
  const completed = await client.autocomplete('the ci', 'sg');
  expect(completed.results).toEqual([{ text: 'city', queryPlusText: 'the city' }]);
});

test('a batch tells what became of each document', async () => {
  const batch = new IndexDocumentsBatch<Hotel>();
  batch.merge([
    { id: '1', rating: 4.6 },
    { id: '77', rating: 1 },
  ]);
  batch.mergeOrUpload([{ id: '78', name: 'New' }]);
  batch.delete([{ id: '78' }]);
  const [merged, lost, made, gone] = (await writer.indexDocuments(batch)).results;
  expect([merged, lost, made, gone]).toMatchObject([
    { key: '1', succeeded: true, statusCode: 200 },
    { key: '77', succeeded: false, statusCode: 404, errorMessage: 'Document not found.' },
    { key: '78', succeeded: true, statusCode: 201 },
    { key: '78', succeeded: true, statusCode: 200 },
  ]);
  expect(await client.getDocument('1')).toMatchObject({
    rating: 4.6,
    name: 'Sea View',
    address: { city: 'Nice' },
  });
  await expect(client.getDocument('78')).rejects.toMatchObject({ statusCode: 404 });
  expect(await client.getDocumentsCount()).toBe(4);
});

test.each([
  ['an unknown field', { id: '9', nothing: 1 }, /property 'nothing' does not exist/],
  ['a value of the wrong type', { id: '9', rating: 'good' }, /expected type 'Edm.Double'/],
  ['a key that is not one', { id: 'a/b' }, /Invalid document key/],
])('a document with %s is refused', async (_, document, message) => {
  await expect(writer.uploadDocuments([document as unknown as Hotel])).rejects.toThrow(message);
});

test('a search without a top goes through all pages', async () => {
  await indexes.createIndex({ name: 'many', fields: [{ name: 'id', type: 'Edm.String', key: true }] });
  const many = new SearchClient<{ id: string }>(
    azure.search.endpoint,
    'many',
    new AzureKeyCredential(azure.search.adminKey),
  );
  await many.uploadDocuments(Array.from({ length: 120 }, (_, index) => ({ id: String(index) })));
  const seen = new Set<string>();
  let pages = 0;
  for await (const page of (await many.search('*')).results.byPage()) {
    pages += 1;
    for (const { document } of page.results) seen.add(document.id);
  }
  expect([seen.size, pages]).toEqual([120, 3]);
  await indexes.deleteIndex('many');
});

async function ask(index: string, method = 'GET', headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${azure.search.endpoint}/indexes/${index}?api-version=2024-07-01`, {
    method,
    headers: { ...headers, 'api-key': azure.search.adminKey },
  });
}

async function etagOf(index: string): Promise<string> {
  return ((await (await ask(index)).json()) as Record<string, string>)['@odata.etag'] ?? '';
}

test('indexes are listed, read, changed and deleted', async () => {
  const read = await indexes.getIndex('hotels');
  expect(read.fields.map(({ name }) => name)).toEqual(definition.fields.map(({ name }) => name));
  read.fields.push({ name: 'stars', type: 'Edm.Int32' });
  const before = await etagOf('hotels');
  await indexes.createOrUpdateIndex(read);
  expect(await etagOf('hotels')).not.toBe(before);
  expect((await ask('hotels', 'DELETE', { 'if-match': before })).status).toBe(412);
  expect(await client.getDocumentsCount()).toBe(4);
  const { documentCount } = await indexes.getIndexStatistics('hotels');
  expect(documentCount).toBe(4);
  await expect(indexes.createIndex(definition)).rejects.toMatchObject({ statusCode: 409 });
  await expect(indexes.getIndex('nothing')).rejects.toThrow("No index with the name 'nothing' was found");
  await expect(indexes.createIndex({ name: 'Bad Name', fields: [] })).rejects.toMatchObject({
    statusCode: 400,
  });
});

test.each([
  ['reader', 200, 403],
  ['writer', 200, 200],
  ['nobody', 403, 403],
] as const)('the identity of %s may read: %d, and write: %d', async (app, read, write) => {
  const own = new SearchClient<Hotel>(azure.search.endpoint, 'hotels', azure.credential({ app }), {
    retryOptions: { maxRetries: 0 },
  });
  const status = (done: Promise<unknown>): Promise<number> =>
    done.then(
      () => 200,
      (error: unknown) => (error as { statusCode: number }).statusCode,
    );
  expect(await status(own.search('sea'))).toBe(read);
  expect(await status(own.mergeDocuments([{ id: '1', rating: 4.6 }]))).toBe(write);
});

test('keys can be forbidden', async () => {
  const keyless = await startMockAzure({ search: { apiKeys: 'forbid' } });
  const withKey = new SearchIndexClient(
    keyless.search.endpoint,
    new AzureKeyCredential(keyless.search.adminKey),
  );
  await expect(all(withKey.listIndexes())).rejects.toMatchObject({ statusCode: 403 });
  const withToken = new SearchIndexClient(keyless.search.endpoint, keyless.credential());
  expect(await all(withToken.listIndexes())).toEqual([]);
  await keyless.close();
});

test('an identity may manage indexes, and a query key may not', async () => {
  const manager = new SearchIndexClient(azure.search.endpoint, azure.credential());
  expect((await manager.getIndex('hotels')).name).toBe('hotels');
  const withKey = new SearchIndexClient(azure.search.endpoint, new AzureKeyCredential(azure.search.queryKey));
  await expect(withKey.getIndex('hotels')).rejects.toMatchObject({ statusCode: 403 });
  const wrongKey = new SearchClient<Hotel>(azure.search.endpoint, 'hotels', new AzureKeyCredential('nope'));
  await expect(wrongKey.search('x')).rejects.toMatchObject({ statusCode: 403 });
});

test('older clients reach it by their own paths, without TLS', async () => {
  const url = `${azure.search.insecureEndpoint}/indexes/hotels/docs?api-version=2023-11-01&search=sea&$select=id&$top=1&$count=true`;
  const response = await fetch(url, { headers: { 'api-key': azure.search.queryKey } });
  expect(await response.json()).toEqual({
    '@odata.count': 1,
    value: [{ '@search.score': expect.any(Number) as number, id: '1' }],
  });
});

test('a body over 16 MiB is refused with the error that the client can read, and the next request is answered', async () => {
  const client = new SearchClient<Hotel>(
    azure.search.endpoint,
    'hotels',
    new AzureKeyCredential(azure.search.adminKey),
    { retryOptions: { maxRetries: 0 } },
  );
  const documents = Array.from({ length: 17 }, (_, index) => ({
    id: `large-${index}`,
    description: 'x'.repeat(1024 * 1024),
  }));
  await expect(client.uploadDocuments(documents)).rejects.toMatchObject({
    statusCode: 413,
    code: 'RequestEntityTooLarge',
    message: expect.stringContaining('16 MiB') as string,
  });
  await expect(client.getDocumentsCount()).resolves.toBeTypeOf('number');
});
