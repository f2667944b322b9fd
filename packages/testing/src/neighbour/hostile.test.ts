import { request } from 'node:http';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { startMockAzure } from '../start-mock-azure.ts';

// The neighbours of the service answer every request with an error of their own and go on.

const azure = await startMockAzure();
afterAll(() => azure.close());

const { token } = await azure.credential().getToken('https://management.azure.com/.default');
const adminKey = azure.search.adminKey;
const subscription = `/subscriptions/${azure.arm.subscriptionId}/resourceGroups/${azure.arm.resourceGroup}/providers/Microsoft.CognitiveServices`;
async function createIndex(name: string): Promise<void> {
  const fields = [
    { name: 'id', type: 'Edm.String', key: true },
    { name: 'n', type: 'Edm.Int32' },
  ];
  const path = `/indexes('${name}')?api-version=2024-07-01`;
  const headers = { 'api-key': adminKey };
  await send({
    origin: azure.search.insecureEndpoint,
    method: 'PUT',
    path,
    headers,
    body: JSON.stringify({ fields }),
  });
}

interface Sent {
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Without `fetch`, which would normalise the path. */
async function send({
  origin,
  method,
  path,
  headers,
  body,
}: Sent): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(origin);
  const { promise, resolve, reject }: PromiseWithResolvers<{ status: number; text: string }> =
    Promise.withResolvers();
  const length = String(Buffer.byteLength(body));
  const sent = request(
    { hostname, port, method, path, headers: { ...headers, 'content-length': length } },
    (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    },
  );
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

const word = fc.oneof(
  fc.constantFrom(
    '',
    '%',
    '%00',
    '%2e%2e',
    '..',
    "')",
    "'",
    '$count',
    '__proto__',
    'constructor',
    'search.post.search',
    '(',
    '%E0%A4%A',
  ),
  fc.string({ maxLength: 12 }).map(encodeURIComponent),
);
const json = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.string(),
  fc.constant('['.repeat(2000)),
  fc.constant('null'),
);
const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS');

const targets: readonly [
  name: string,
  origin: string,
  bases: readonly string[],
  headers: Record<string, string>,
][] = [
  [
    'the authority',
    azure.identity.signInOrigin,
    [
      '/',
      '/common/oauth2/v2.0/token',
      '/common/oauth2/v2.0/authorize',
      '/common/oauth2/v2.0/devicecode',
      '/devicelogin',
      '/metadata/identity/oauth2/token',
      '/msi/token',
    ],
    { metadata: 'true', 'content-type': 'application/x-www-form-urlencoded' },
  ],
  [
    'Resource Manager',
    azure.arm.endpoint.replace('https', 'http'),
    [
      '/',
      '/subscriptions',
      subscription,
      `${subscription}/accounts`,
      `${subscription}/accounts/mock/deployments`,
    ],
    { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  ],
  [
    'Azure AI Search',
    azure.search.insecureEndpoint,
    [
      '/',
      '/indexes',
      "/indexes('i')",
      "/indexes('i')/docs",
      "/indexes('i')/docs/search.post.search",
      "/indexes('i')/docs/search.index",
      "/indexes('i')/docs/search.post.suggest",
    ],
    { 'api-key': adminKey, 'content-type': 'application/json' },
  ],
];

test.each(targets)(
  '%s survives hostile requests',
  async (name, origin, bases, headers) => {
    await createIndex('i');
    // The authority has pages as well.
    const isJson = name !== 'the authority';
    await fc.assert(
      fc.asyncProperty(
        method,
        fc.constantFrom(...bases),
        fc.array(word, { maxLength: 4 }),
        fc.constantFrom('', '?api-version=2024-07-01', '?api-version=x', '?%'),
        json,
        async (verb, base, words, query, body) => {
          const path = [base, ...words].join('/').replace(/[^\x21-\x7e]/g, '') + query;
          const answer = await send({ origin, method: verb, path, headers, body });
          expect(answer.status).toBeGreaterThanOrEqual(200);
          expect(answer.status, answer.text).not.toBe(500);
          if (answer.status >= 400 && isJson) expect(JSON.parse(answer.text)).toHaveProperty('error.code');
        },
      ),
      { numRuns: 120 },
    );
  },
  60_000,
);

const filterPiece = fc.constantFrom(
  'n',
  'id',
  'eq',
  'gt',
  'and',
  'or',
  'not',
  '(',
  ')',
  "'a'",
  '1',
  '-1',
  'null',
  'true',
  '/any(',
  'x:',
  ',',
  'search.in(',
  'constructor',
  '__proto__',
  'geo.distance(',
  "''",
  '2020-01-01T00:00:00Z',
  'zz',
);

test('no filter and no query breaks the search', async () => {
  await createIndex('filtered');
  const path = "/indexes('filtered')/docs/search.post.search?api-version=2024-07-01";
  const headers = { 'api-key': adminKey, 'content-type': 'application/json' };
  await fc.assert(
    fc.asyncProperty(
      fc.array(filterPiece, { maxLength: 8 }),
      fc.oneof(
        fc.string(),
        fc.constantFrom('constructor', 'AND', 'a AND', '-', '+', '"', '(((', 'a~', 'b^', '\\\\'),
      ),
      fc.constantFrom('simple', 'full'),
      async (pieces, search, queryType) => {
        const body = JSON.stringify({
          filter: pieces.join(' '),
          search,
          queryType,
          orderby: pieces[0],
          facets: [pieces[1] ?? 'n'],
        });
        const answer = await send({
          origin: azure.search.insecureEndpoint,
          method: 'POST',
          path,
          headers,
          body,
        });
        expect([200, 400], answer.text).toContain(answer.status);
      },
    ),
    { numRuns: 200 },
  );
}, 60_000);
