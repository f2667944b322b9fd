import { expect, test } from 'vitest';
import type { Identity } from '../identity/identity.ts';
import type { Demand, Verification } from '../identity/verify.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';
import { authorizeSearch } from './authorize-search.ts';
import type { SearchCall } from './search-call.ts';
import { readSearchPath } from './search-path.ts';

interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly isAllowed?: boolean;
  readonly verdict?: Verification;
}

const admin = { 'api-key': 'admin' };
const query = { 'api-key': 'query' };

/** What a service says to a request, and what it asks of a token. */
function authorize(request: string, { headers = admin, isAllowed = true, verdict }: Asked = {}) {
  const [method = '', path = ''] = request.split(' ');
  const demands: Demand[] = [];
  const identity = {
    verify: (token: string, demand: Demand) => {
      expect(token).toBe('t');
      demands.push(demand);
      return verdict;
    },
  } as Partial<Identity> as Identity;
  const keys = { adminKey: 'admin', queryKey: 'query', isAllowed };
  const call = { request: { method, headers }, identity, keys } as unknown as SearchCall;
  const target = readSearchPath(path);
  if (target === undefined) throw new Error(`There is no ${path}.`);
  try {
    authorizeSearch(call, target);
    return { status: 200, message: '', demands };
  } catch (error) {
    if (!(error instanceof NeighbourError)) throw error;
    const { status, message } = error;
    return { status, message, demands };
  }
}

// What a query key may do, and what a token needs for it.
const documents = 'Microsoft.Search/searchServices/indexes/documents';
const service = 'Microsoft.Search/searchServices';

test.each([
  ['GET /indexes/a/docs', 200, { dataAction: `${documents}/read` }],
  ['POST /indexes/a/docs/search', 200, { dataAction: `${documents}/read` }],
  ['GET /indexes/a/docs/$count', 200, { dataAction: `${documents}/read` }],
  ['POST /indexes/a/docs/suggest', 200, { dataAction: `${documents}/read` }],
  ['POST /indexes/a/docs/autocomplete', 200, { dataAction: `${documents}/read` }],
  ['GET /indexes/a/docs/1', 200, { dataAction: `${documents}/read` }],
  ['POST /indexes/a/docs/1', 403, { dataAction: `${documents}/write` }],
  ['POST /indexes/a/docs/index', 403, { dataAction: `${documents}/write` }],
  ['GET /indexes/a/docs/index', 403, { dataAction: `${documents}/write` }],
  ['GET /indexes', 403, { action: `${service}/indexes/read` }],
  ['POST /indexes', 403, { action: `${service}/indexes/write` }],
  ['GET /indexes/a', 403, { action: `${service}/indexes/read` }],
  ['PUT /indexes/a', 403, { action: `${service}/indexes/write` }],
  ['DELETE /indexes/a', 403, { action: `${service}/indexes/delete` }],
  ['GET /servicestats', 403, { action: `${service}/read` }],
])('%s with a query key is answered %i, and a token needs %j', (request, status, needed) => {
  expect(authorize(request, { headers: query }).status).toBe(status);
  expect(authorize(request).status).toBe(200);
  const verdict = { ok: true, principal: { objectId: 'me' } } as Verification;
  const withToken = authorize(request, { headers: { authorization: 'Bearer t' }, verdict });
  expect(withToken).toEqual({ status: 200, message: '', demands: [{ service: 'search', ...needed }] });
});

test.each<[string, Asked, number, string]>([
  ['nothing', { headers: {} }, 401, 'neither an api-key nor a bearer token was sent'],
  ['another kind of credential', { headers: { authorization: 'Basic x' } }, 401, 'neither an api-key nor'],
  ['a wrong key', { headers: { 'api-key': 'x' } }, 403, "The given API key doesn't match"],
  [
    'a token after something else',
    { headers: { authorization: 'x Bearer t' } },
    401,
    'neither an api-key nor',
  ],
  ['an empty key', { headers: { 'api-key': '' } }, 403, "The given API key doesn't match"],
  ['a key where none is accepted', { isAllowed: false }, 403, 'Key based authentication is disabled'],
  [
    'a key beside a token',
    { headers: { 'api-key': 'x', authorization: 'Bearer t' } },
    403,
    "The given API key doesn't match",
  ],
  [
    'a token that is not good',
    { headers: { authorization: 'Bearer t' }, verdict: { ok: false, problem: 'invalid-token' } },
    401,
    'the access token is missing, invalid, expired or meant for another service',
  ],
  [
    'a token of somebody without a role',
    {
      headers: { authorization: 'bearer  t' },
      verdict: { ok: false, problem: 'no-role', principal: { objectId: 'me' } } as Verification,
    },
    403,
    `Authorization failed: 'me' may not perform '${documents}/read'.`,
  ],
])('who sends %s is told so', (_, asked, status, words) => {
  expect(authorize('GET /indexes/a/docs', asked)).toMatchObject({
    status,
    message: expect.stringContaining(words) as string,
  });
});
