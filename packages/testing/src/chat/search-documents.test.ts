import { expect, test } from 'vitest';
import { useSearchIndex } from './a-search-index.fake.ts';
import { searchDocuments, type SearchTarget } from './search-documents.ts';

const index = useSearchIndex();

const search = async (more: Partial<SearchTarget> = {}) =>
  searchDocuments({
    endpoint: index.endpoint,
    index: 'handbook',
    headers: { 'api-key': 'k' },
    query: 'vacation?',
    top: 5,
    filter: undefined,
    fields: {},
    ...more,
  });

/** What is cited of one document. */
async function cite(document: object, fields: SearchTarget['fields'] = {}): Promise<unknown> {
  index.answer = { text: JSON.stringify({ value: [document] }) };
  const found = await search({ fields });
  return found.ok ? found.citations[0] : found.problem;
}

test('asks the index by its name, as the caller wants it', async () => {
  expect(await search()).toEqual({ ok: true, citations: [] });
  await search({ endpoint: `${index.endpoint}//`, index: 'a b/c', filter: "team eq 'x'", top: 2 });
  const [first, second] = index.asked;
  expect(first).toMatchObject({
    url: '/indexes/handbook/docs/search?api-version=2024-07-01',
    headers: { 'api-key': 'k', 'content-type': 'application/json' },
  });
  expect(first?.body).toEqual({ search: 'vacation?', top: 5 });
  expect(second?.url).toBe('/indexes/a%20b%2Fc/docs/search?api-version=2024-07-01');
  expect(second?.body).toEqual({ search: 'vacation?', top: 2, filter: "team eq 'x'" });
});

test.each<[string, object, object]>([
  ['content', { content: 'x' }, { content: 'x' }],
  ['chunk', { chunk: 'x', description: 'y' }, { content: 'x' }],
  ['text', { text: 'x', body: 'y' }, { content: 'x' }],
  ['body', { body: 'x', content: '' }, { content: 'x' }],
  ['description', { description: 'x', content: 7 }, { content: 'x' }],
  ['name', { content: 'x', name: 'n' }, { content: 'x', title: 'n' }],
  ['title before name', { content: 'x', name: 'n', title: 't' }, { content: 'x', title: 't' }],
  ['url', { content: 'x', url: 'u' }, { content: 'x', url: 'u' }],
  ['sourceUrl', { content: 'x', sourceUrl: 'u' }, { content: 'x', url: 'u' }],
  ['source', { content: 'x', source: 'u' }, { content: 'x', url: 'u' }],
  ['filepath', { content: 'x', filepath: 'f' }, { content: 'x', filepath: 'f' }],
  ['file', { content: 'x', file: 'f' }, { content: 'x', filepath: 'f' }],
  ['sourcefile', { content: 'x', sourcefile: 'f' }, { content: 'x', filepath: 'f' }],
  ['path', { content: 'x', path: 'f' }, { content: 'x', filepath: 'f' }],
  ['chunk_id', { content: 'x', chunk_id: '3' }, { content: 'x', chunk_id: '3' }],
  ['chunkId', { content: 'x', chunkId: '3' }, { content: 'x', chunk_id: '3' }],
  ['a score', { content: 'x', '@search.rerankerScore': 2.5 }, { content: 'x', rerank_score: 2.5 }],
  ['no score', { content: 'x', '@search.rerankerScore': null }, { content: 'x' }],
  [
    'fields of other names',
    { '@search.score': 1, id: '7', city: 'Lisbon', population: 500_000, country: 'Portugal' },
    { content: 'id: 7\ncity: Lisbon\ncountry: Portugal' },
  ],
])('knows the usual names of fields: %s', async (_, document, expected) => {
  expect(await cite(document)).toEqual({
    title: null,
    url: null,
    filepath: null,
    chunk_id: '0',
    ...expected,
  });
});

test('the caller may name the fields', async () => {
  const document = { content: 'no', title: 'no', a: 'one', b: 'two', c: 3, t: 'T', u: 'U', f: 'F' };
  const fields = { content_fields: ['b', 'c', 'a'], title_field: 't', url_field: 'u', filepath_field: 'f' };
  expect(await cite(document, fields)).toEqual({
    content: 'two\none',
    title: 'T',
    url: 'U',
    filepath: 'F',
    chunk_id: '0',
  });
});

test('where a named field is missing, no other is taken, and no list of fields is none', async () => {
  const document = { content: 'x', title: 'T', name: 'N' };
  expect(await cite(document, { title_field: 't', content_fields: [] })).toMatchObject({
    content: 'x',
    title: null,
  });
});

test.each([
  [403, '{"error":{"message":"Forbidden"}}', '403 Forbidden'],
  [404, '{"error":{}}', '404'],
  [500, '{}', '500'],
  [200, 'no JSON', expect.stringContaining('JSON') as string],
])('says what is wrong with the index: %i %s', async (status, text, problem) => {
  index.answer = { status, text };
  expect(await search()).toEqual({ ok: false, problem });
});

test('an index that says nothing has found nothing', async () => {
  index.answer = { text: '{}' };
  expect(await search()).toEqual({ ok: true, citations: [] });
});

// The port is one that no fetch calls.
test.each([
  ['http://localhost:1', true],
  ['http://search.localhost:1', true],
  ['http://127.0.0.1:1', true],
  ['http://127.10.20.30:1', true],
  ['http://[::1]:1', true],
  ['https://contoso.search.windows.net:1', false],
  ['http://localhost.contoso.com:1', false],
  ['http://notlocalhost:1', false],
  ['http://127.0.0.1.contoso.com:1', false],
  ['http://a127.0.0.1.com:1', false],
  ['http://[::2]:1', false],
  ['contoso', false],
  ['', false],
])('asks %s, as it is on this machine: %s', async (endpoint, isAsked) => {
  expect(await search({ endpoint })).toEqual(
    isAsked ? { ok: false, problem: expect.any(String) as string } : { ok: true, citations: [] },
  );
});
