import { expect, test } from 'vitest';
import type { DeploymentRequest } from '../service/operation.ts';
import { refused } from '../service/refused.fake.ts';
import { Refusal } from '../service/refusal.ts';
import { useSearchIndex } from './a-search-index.fake.ts';
import { contextOf, ground, withDocuments, type Grounding } from './on-your-data.ts';

const index = useSearchIndex();

/** The service, which signs in by itself. */
const outbound = {
  locate: (endpoint: string) => (endpoint === 'https://contoso' ? index.endpoint : endpoint),
  token: (scope: string) => `token of ${scope}`,
};

const messages = [
  { role: 'user', text: 'How many days?' },
  { role: 'assistant', text: 'Of what?' },
  { role: 'user', text: 'Of vacation.' },
  { role: 'assistant', text: 'Well:' },
] as const;

const groundIn = (data_sources: unknown, said: Parameters<typeof ground>[1] = messages) =>
  ground({ body: { data_sources }, resource: { outbound } } as unknown as DeploymentRequest, said);

const target = { endpoint: 'https://contoso', index_name: 'handbook' };
const inIndex = (more: object = {}) =>
  groundIn([{ type: 'azure_search', parameters: { ...target, ...more } }]);

test.each([undefined, null])('without data sources (%s) nothing is searched', (sources) => {
  expect(groundIn(sources)).toBeUndefined();
});

test('searches for the last question of the user', async () => {
  index.answer = { text: '{"value":[{"content":"25 days"}]}' };
  expect(await inIndex()).toEqual({
    citations: [{ content: '25 days', title: null, url: null, filepath: null, chunk_id: '0' }],
    intent: '["Of vacation."]',
    inScope: true,
    includeAll: false,
  });
  expect(index.asked.map(({ body }) => body)).toEqual([{ search: 'Of vacation.', top: 5 }]);
});

test('searches for nothing where no user asked', async () => {
  await groundIn([{ type: 'azure_search', parameters: target }], [{ role: 'system', text: 'Be brief.' }]);
  expect(index.asked[0]?.body).toEqual({ search: '', top: 5 });
});

test.each<[object, object]>([
  [{ top_n_documents: 2 }, { top: 2 }],
  [{ top_n_documents: '2' }, { top: 5 }],
  [{ filter: "team eq 'x'" }, { top: 5, filter: "team eq 'x'" }],
  [{ filter: 7 }, { top: 5 }],
])('searches with %j', async (more, asked) => {
  await inIndex(more);
  expect(index.asked[0]?.body).toEqual({ search: 'Of vacation.', ...asked });
});

test('maps the fields as it is told to', async () => {
  index.answer = { text: '{"value":[{"content":"x","t":"Rules"}]}' };
  expect((await inIndex({ fields_mapping: { title_field: 't' } }))?.citations[0]?.title).toBe('Rules');
});

test.each<[object, Partial<Grounding>]>([
  [{ in_scope: true }, { inScope: true }],
  [{ in_scope: false }, { inScope: false }],
  [{ include_contexts: ['citations', 'all_retrieved_documents'] }, { includeAll: true }],
  [{ include_contexts: ['citations'] }, { includeAll: false }],
  [{ include_contexts: 'all_retrieved_documents' }, { includeAll: false }],
])('reads %j', async (more, expected) => {
  expect(await inIndex(more)).toMatchObject(expected);
});

test.each<[unknown, object]>([
  [
    { type: 'api_key', key: 'k' },
    { 'api-key': 'k', authorization: undefined },
  ],
  [
    { type: 'access_token', access_token: 't' },
    { 'api-key': undefined, authorization: 'Bearer t' },
  ],
  [
    { type: 'system_assigned_managed_identity' },
    { 'api-key': undefined, authorization: 'Bearer token of https://search.azure.com/.default' },
  ],
  [undefined, { 'api-key': undefined, authorization: 'Bearer token of https://search.azure.com/.default' }],
])('signs in to the index with %j', async (authentication, headers) => {
  await inIndex({ authentication });
  const sent = index.asked[0]?.headers;
  expect({ 'api-key': sent?.['api-key'], authorization: sent?.authorization }).toEqual(headers);
});

test.each(['azure_cosmos_db', 'elasticsearch', 'pinecone', 'mongo_db'])(
  'finds nothing in %s',
  async (type) => {
    expect(await groundIn([{ type, parameters: target }])).toMatchObject({ citations: [] });
    expect(index.asked).toEqual([]);
  },
);

test('a search that fails is the mistake of the caller', async () => {
  index.answer = { status: 403, text: '{"error":{"message":"Forbidden"}}' };
  const error = await inIndex()?.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Refusal);
  expect(
    refused(() => {
      throw error;
    }),
  ).toEqual({
    message: 'Failed to make a search request: 403 Forbidden',
    type: 'invalid_request_error',
    param: 'data_sources',
    code: null,
  });
});

const first = 'data_sources[0]';

test.each<[unknown, string, string]>([
  ['index', first, 'expected an object'],
  [{ parameters: {} }, `${first}.type`, 'Missing required parameter'],
  [{ type: 'files', parameters: {} }, `${first}.type`, "'azure_search', 'azure_cosmos_db', 'elasticsearch'"],
  [{ type: 'azure_search' }, `${first}.parameters`, 'Missing required parameter'],
  [{ type: 'azure_search', parameters: [] }, `${first}.parameters`, 'expected an object'],
])('refuses the data source %j', (source, param, message) => {
  const error = refused(() => groundIn([source]));
  expect(error?.param).toBe(param);
  expect(error?.message).toContain(message);
});

test.each<[object, string, string]>([
  [{ index_name: 'x' }, 'endpoint', 'Missing required parameter'],
  [{ endpoint: 7, index_name: 'x' }, 'endpoint', 'expected a string'],
  [{ endpoint: 'https://contoso' }, 'index_name', 'Missing required parameter'],
  [{ endpoint: 'https://contoso', index_name: 7 }, 'index_name', 'expected a string'],
])('refuses the parameters %j', async (parameters, name, message) => {
  const error: unknown = await groundIn([{ type: 'azure_search', parameters }])?.catch(
    (reason: unknown) => reason,
  );
  const found = refused(() => {
    throw error;
  });
  expect(found?.param).toBe(`${first}.parameters.${name}`);
  expect(found?.message).toContain(message);
});

const found: Grounding = {
  citations: [{ content: 'a' }, { content: 'b' }],
  intent: '["q"]',
  inScope: true,
  includeAll: false,
};

test('an answer says what it cites and what was searched for, and on request all that was found', () => {
  const { citations, intent } = found;
  expect(contextOf(found, undefined)).toEqual({ citations, intent });
  expect(contextOf(found, [{ content: 'c' }])).toEqual({ citations: [{ content: 'c' }], intent });
  const ranked = { data_source_index: 0, search_queries: ['q'] };
  expect(contextOf({ ...found, includeAll: true }, undefined)).toEqual({
    all_retrieved_documents: [
      { content: 'a', ...ranked, original_search_score: 1 },
      { content: 'b', ...ranked, original_search_score: 0.5 },
    ],
    citations,
    intent,
  });
});

test('the documents come before the conversation, with the names by which they are cited', () => {
  expect(withDocuments(messages, found)).toEqual([
    { role: 'system', text: '[{"id":"doc1","content":"a"},{"id":"doc2","content":"b"}]' },
    ...messages,
  ]);
});
