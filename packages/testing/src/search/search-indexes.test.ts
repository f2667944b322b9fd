import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

let azure: MockAzure;

beforeAll(async () => {
  azure = await startMockAzure();
});

afterAll(async () => azure.close());

const definition = {
  name: 'notes',
  fields: [
    { name: 'id', type: 'Edm.String', key: true },
    { name: 'text', type: 'Edm.String' },
  ],
};

async function ask(
  method: string,
  path: string,
  {
    body,
    headers = {},
  }: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
) {
  const mark = path.includes('?') ? '&' : '?';
  const url = `${azure.search.insecureEndpoint}/${path}${path.includes('api-version') ? '' : `${mark}api-version=2024-07-01`}`;
  const response = await fetch(url, {
    method,
    headers: { 'api-key': azure.search.adminKey, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: (text === '' ? {} : JSON.parse(text)) as Readonly<Record<string, unknown>>,
  };
}

const etagOf = async () => String((await ask('GET', 'indexes/notes')).body['@odata.etag']);

beforeEach(async () => {
  await ask('DELETE', 'indexes/notes');
  await ask('POST', 'indexes', { body: definition });
});

test.each([
  ['indexes?api-version=x2024-07-01', "the api-version query parameter 'x2024-07-01' is not supported"],
  ['indexes?api-version=', "the api-version query parameter '' is not supported"],
  ['indexes?api-version=v1', "the api-version query parameter 'v1' is not supported"],
  ['indexes?api-version=2024-07-01x', "'2024-07-01x' is not supported"],
  ['indexes?no-api-version=1', 'the api-version query parameter must be specified'],
])('%s has no version that the service knows', async (path, words) => {
  const { status, body } = await ask('GET', path);
  expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(words)]);
});

test.each(['2024-07-01', '2025-05-01-preview'])('the version %s is answered', async (version) => {
  expect((await ask('GET', `indexes?api-version=${version}`)).status).toBe(200);
});

test('an index is created once, put as often as it likes, and deleted once', async () => {
  expect((await ask('POST', 'indexes', { body: definition })).status).toBe(409);
  expect((await ask('PUT', 'indexes/notes', { body: definition })).status).toBe(200);
  const before = await etagOf();
  expect((await ask('PUT', 'indexes/notes', { body: definition })).status).toBe(200);
  expect(await etagOf()).not.toBe(before);
  expect((await ask('DELETE', 'indexes/notes')).status).toBe(204);
  expect((await ask('DELETE', 'indexes/notes')).status).toBe(404);
  expect((await ask('GET', 'indexes/notes')).status).toBe(404);
  expect((await ask('PUT', 'indexes/notes', { body: { ...definition, name: 'ignored' } })).status).toBe(201);
  expect((await ask('GET', 'indexes?$select=name')).body).toEqual({ value: [{ name: 'notes' }] });
});

test('fields may be added, and none may be taken away or changed', async () => {
  const [id, text] = definition.fields;
  const put = async (fields: unknown) => ask('PUT', 'indexes/notes', { body: { ...definition, fields } });
  const before = await etagOf();
  expect(await put([id])).toMatchObject({
    status: 400,
    body: { error: { code: 'CannotChangeExistingField' } },
  });
  expect((await put([id, { ...text, type: 'Edm.Int32' }])).status).toBe(400);
  expect(await etagOf()).toBe(before);
  expect((await put([id, text, { name: 'more', type: 'Edm.Int32' }])).status).toBe(200);
});

test.each([
  ['GET', { 'if-match': 'right' }, 200],
  ['PUT', { 'if-match': 'right' }, 200],
  ['PUT', { 'if-match': '"wrong"' }, 412],
  ['PUT', { 'if-match': '*' }, 200],
  ['PUT', { 'if-none-match': '*' }, 412],
  ['PUT', { 'if-none-match': '"wrong"' }, 200],
  ['DELETE', { 'if-match': '"wrong"' }, 412],
  ['DELETE', { 'if-match': 'right' }, 204],
])('%s with %j is answered %i', async (method, headers, status) => {
  const etag = await etagOf();
  const given = Object.entries(headers).map(([name, value]) => [name, value === 'right' ? etag : value]);
  const body = method === 'PUT' ? { body: definition } : {};
  expect(
    (
      await ask(method, 'indexes/notes', {
        ...body,
        headers: Object.fromEntries(given) as Record<string, string>,
      })
    ).status,
  ).toBe(status);
});

test('an index that is not there yet may be made by who wants a new one only', async () => {
  await ask('DELETE', 'indexes/notes');
  const headers = { 'if-none-match': '*' };
  expect((await ask('PUT', 'indexes/notes', { body: definition, headers })).status).toBe(201);
});

test.each([
  ['POST', 'indexes/notes', {}, 404],
  ['DELETE', 'indexes', undefined, 404],
  ['GET', 'indexes/notes/docs/index', undefined, 405],
  ['GET', 'indexes/nothing/docs', undefined, 404],
  ['GET', 'indexes/nothing/stats', undefined, 404],
  ['GET', 'nothing', undefined, 404],
  ['POST', 'indexes', '{', 400],
  ['POST', 'indexes', [], 400],
])('%s %s with %j is answered %i', async (method, path, body, status) => {
  expect((await ask(method, path, { body })).status).toBe(status);
});

test.each([
  ['{', 'the body is not valid JSON'],
  ['', 'the body is not valid JSON'],
  ['[]', 'a JSON object was expected'],
  ['null', 'a JSON object was expected'],
])('the body %j is refused with what is wrong about it', async (body, words) => {
  const answer = await ask('POST', 'indexes/notes/docs/search', { body });
  expect(answer).toMatchObject({
    status: 400,
    body: { error: { code: 'InvalidRequest', message: expect.stringContaining(words) as string } },
  });
});

test('each change of an index gives it another version, of sixteen digits in capitals', async () => {
  const versions = new Set<string>();
  for (let change = 0; change < 17; change += 1) {
    await ask('PUT', 'indexes/notes', { body: definition });
    versions.add(await etagOf());
  }
  expect(versions.size).toBe(17);
  expect([...versions].filter((version) => !/^"0x[\dA-F]{15}"$/.test(version))).toEqual([]);
  expect([...versions]).toEqual([...versions].sort());
});

test('indexes are listed as they are, or by name', async () => {
  const listed = async (query: string) => (await ask('GET', `indexes${query}`)).body['value'];
  expect(await listed('?$select=name')).toEqual([{ name: 'notes' }]);
  expect(await listed('')).toMatchObject([definition]);
  expect(await listed('?$select=fields')).toMatchObject([definition]);
});

test('a service that fails says that it is busy, in its own shape', async () => {
  azure.search.fail({ kind: 'status', status: 503 });
  const answer = await ask('GET', 'indexes');
  expect(answer).toEqual({
    status: 503,
    body: {
      error: { code: '', message: 'The service is busy and cannot answer now (503). Try again later.' },
    },
  });
  azure.search.restore();
  expect((await ask('GET', 'indexes')).status).toBe(200);
});

test('a batch in which one action fails is answered 207, and any other 200', async () => {
  const index = async (...value: readonly object[]) =>
    (await ask('POST', 'indexes/notes/docs/index', { body: { value } })).status;
  expect(await index({ id: 'a' }, { id: 'b', text: 'x' })).toBe(200);
  expect(await index({ id: 'a' }, { id: 'c', '@search.action': 'merge' })).toBe(207);
});

test('a document is read with what was selected of it, or with everything', async () => {
  await ask('POST', 'indexes/notes/docs/index', { body: { value: [{ id: 'a', text: 'one' }] } });
  const read = async (query: string) => (await ask('GET', `indexes/notes/docs/a${query}`)).body;
  expect(await read('')).toEqual({ id: 'a', text: 'one' });
  expect(await read('?$select=text')).toEqual({ text: 'one' });
  expect(await read('?$select=*')).toEqual({ id: 'a', text: 'one' });
  expect(await read('?$select=')).toEqual({ id: 'a', text: 'one' });
  expect((await ask('GET', 'indexes/notes/docs/b')).status).toBe(404);
});

test('the service counts what it holds', async () => {
  await ask('POST', 'indexes/notes/docs/index', { body: { value: [{ id: 'a' }, { id: 'b' }] } });
  expect((await ask('GET', 'indexes/notes/stats')).body).toEqual({
    documentCount: 2,
    storageSize: 20,
    vectorIndexSize: 0,
  });
  expect((await ask('GET', 'indexes/notes/docs/$count')).body).toBe(2);
  const counted = await fetch(
    `${azure.search.insecureEndpoint}/indexes/notes/docs/$count?api-version=2024-07-01`,
    { headers: { 'api-key': azure.search.adminKey } },
  );
  expect([counted.headers.get('content-type'), await counted.text()]).toEqual(['text/plain', '2']);
  expect((await ask('GET', 'servicestats')).body).toMatchObject({
    counters: { documentCount: { usage: 2, quota: null }, indexesCount: { usage: 1, quota: 50 } },
    limits: { maxFieldsPerIndex: 1_000, maxFieldNestingDepthPerIndex: 10 },
  });
});

test('a text is split as a field would split it', async () => {
  const tokens = async (analyzer?: string) =>
    (await ask('POST', 'indexes/notes/analyze', { body: { text: 'The rooms', analyzer } })).body['tokens'];
  expect(await tokens()).toEqual([
    { token: 'the', position: 0, startOffset: 0, endOffset: 3 },
    { token: 'rooms', position: 1, startOffset: 0, endOffset: 5 },
  ]);
  expect(await tokens('en.lucene')).toMatchObject([{ token: 'room', position: 0 }]);
});

test('what a caller calls its request comes back, beside the version of OData', async () => {
  const response = await fetch(`${azure.search.insecureEndpoint}/indexes?api-version=2024-07-01`, {
    headers: { 'api-key': azure.search.adminKey, 'x-ms-client-request-id': 'mine' },
  });
  await response.text();
  const sent = ['request-id', 'x-ms-client-request-id', 'odata-version'].map((name) =>
    response.headers.get(name),
  );
  expect(sent).toEqual(['mine', 'mine', '4.0']);
});
