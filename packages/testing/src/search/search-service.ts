import type { Clock } from '../clock.ts';
import type { Identity } from '../identity/identity.ts';
import { json } from '../neighbour/listener.ts';
import type { PlainRequest, PlainResponse } from '../neighbour/listener.ts';
import { createNeighbour, nothingAt } from '../neighbour/neighbour.ts';
import type { Neighbour, NeighbourServer } from '../neighbour/neighbour.ts';
import { authorizeSearch } from './authorize-search.ts';
import type { SearchKeys } from './search-keys.ts';
import { inDocuments } from './document-operations.ts';
import { record, text as textOf } from './index-schema.ts';
import { parse } from './search-call.ts';
import type { SearchCall } from './search-call.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';
import { randomKey } from '../random-key.ts';
import { searchErrorResponse } from './search-error.ts';
import { createSearchIndex } from './search-index.ts';
import type { SearchIndex } from './search-index.ts';
import { readSearchPath } from './search-path.ts';
import type { SearchPath } from './search-path.ts';
import { analyze } from './text-analysis.ts';

/** How the search service lets callers in. */
export interface SearchOptions {
  /** @default a new one for each mock */
  readonly adminKey?: string;
  /** Key that may read documents only. @default a new one for each mock */
  readonly queryKey?: string;
  /** Whether keys are accepted beside Entra ID. @default 'allow' */
  readonly apiKeys?: 'allow' | 'forbid';
}

/** Azure AI Search, as `@azure/search-documents` uses it. */
export interface SearchService extends Neighbour {
  /** Its endpoint over HTTP, for clients with a key and `allowInsecureConnection`. */
  readonly insecureEndpoint: string;
  readonly adminKey: string;
  readonly queryKey: string;
}

/** A search service without indexes. */
export function createSearchService(
  options: SearchOptions & {
    readonly identity: Identity;
    readonly clock: Clock;
    readonly host?: string;
  },
): SearchService & NeighbourServer {
  const { adminKey = randomKey(), queryKey = randomKey(), identity, host } = options;
  const keys: SearchKeys = { adminKey, queryKey, isAllowed: options.apiKeys !== 'forbid' };
  const indexes = new Map<string, SearchIndex>();
  let version = 0;
  const nextEtag = (): string => `"0x${(version += 1).toString(16).toUpperCase().padStart(15, '0')}"`;
  const neighbour = createNeighbour({
    service,
    clock: options.clock,
    host,
    refuse: searchErrorResponse,
    transient: (status) => ({
      error: { code: '', message: `The service is busy and cannot answer now (${status}). Try again later.` },
    }),
    answer: (request) => {
      const answered = answer({ request, indexes, identity, keys, nextEtag });
      return { ...answered, headers: { ...answered.headers, ...headersOf(request) } };
    },
  });
  return Object.assign(neighbour, { adminKey, queryKey });
}

function headersOf(request: PlainRequest): Record<string, string> {
  const id = request.headers['x-ms-client-request-id'];
  return {
    'odata-version': '4.0',
    'preference-applied': 'odata.include-annotations="*"',
    'elapsed-time': '1',
    ...(typeof id === 'string' ? { 'request-id': id, 'x-ms-client-request-id': id } : {}),
  };
}

function answer(call: SearchCall): PlainResponse {
  const { request } = call;
  const path = readSearchPath(request.url.pathname);
  if (path === undefined) throw notFound(request);
  authorizeSearch(call, path);
  const apiVersion = request.url.searchParams.get('api-version');
  if (apiVersion === null || !/^\d{4}-\d\d-\d\d(-preview)?$/.test(apiVersion))
    throw new NeighbourError(
      400,
      '',
      `The request is invalid. Details: the api-version query parameter ${apiVersion === null ? 'must be specified' : `'${apiVersion}' is not supported`}.`,
    );
  switch (path.kind) {
    case 'service':
      return json(200, serviceStatistics(call));
    case 'indexes':
      return inIndexes(call);
    case 'index':
      return inIndex(call, path);
    default:
      return inDocuments(call, path, existing(call, path.index));
  }
}

function inIndexes(call: SearchCall): PlainResponse {
  const { request, indexes } = call;
  if (request.method === 'GET') {
    const select = request.url.searchParams.get('$select');
    const value = [...indexes.values()].map(({ schema }) =>
      select === 'name' ? { name: schema.name } : schema.definition,
    );
    return json(200, { value });
  }
  if (request.method !== 'POST') throw notFound(request);
  const created = createSearchIndex(withEtag(call, parse(request.body)));
  if (indexes.has(created.schema.name))
    throw new NeighbourError(
      409,
      'ResourceNameAlreadyInUse',
      `Cannot create index '${created.schema.name}' because it already exists.`,
    );
  indexes.set(created.schema.name, created);
  return json(201, created.schema.definition);
}

function inIndex(
  call: SearchCall,
  { index: name, operation }: Extract<SearchPath, { readonly kind: 'index' }>,
): PlainResponse {
  const { request, indexes } = call;
  if (operation === 'stats') return json(200, statistics(existing(call, name)));
  if (operation === 'analyze') return json(200, { tokens: analyzeText(parse(request.body)) });
  checkMatch(call, name);
  switch (request.method) {
    case 'GET':
      return json(200, existing(call, name).schema.definition);
    case 'PUT': {
      const definition = withEtag(call, { ...record(parse(request.body)), name });
      const before = indexes.get(name);
      indexes.set(name, before === undefined ? createSearchIndex(definition) : changed(before, definition));
      return json(before === undefined ? 201 : 200, definition);
    }
    case 'DELETE':
      if (!indexes.delete(name)) throw missing(name);
      return { status: 204 };
    default:
      throw notFound(request);
  }
}

/** Fields may be added; existing ones may not change. */
function changed(before: SearchIndex, definition: Readonly<Record<string, unknown>>): SearchIndex {
  const after = before.redefine(definition);
  for (const [path, field] of before.schema.byPath) {
    if (after.schema.byPath.get(path)?.type === field.type) continue;
    throw new NeighbourError(
      400,
      'CannotChangeExistingField',
      `Existing field '${field.name}' cannot be changed or deleted.`,
    );
  }
  return after;
}

function checkMatch({ request, indexes }: SearchCall, name: string): void {
  const etag = indexes.get(name)?.schema.definition['@odata.etag'];
  const wanted = request.headers['if-match'];
  const unwanted = request.headers['if-none-match'];
  const isRefused =
    (wanted !== undefined && wanted !== '*' && wanted !== etag) || (unwanted === '*' && etag !== undefined);
  if (isRefused)
    throw new NeighbourError(
      412,
      'PreconditionFailed',
      'The precondition given in one of the request headers evaluated to false. No change was made to the resource from this request.',
    );
}

function withEtag(call: SearchCall, definition: unknown): Readonly<Record<string, unknown>> {
  return { ...record(definition), '@odata.etag': call.nextEtag() };
}

function existing({ indexes }: SearchCall, name: string): SearchIndex {
  const found = indexes.get(name);
  if (found === undefined) throw missing(name);
  return found;
}

function missing(name: string): NeighbourError {
  return new NeighbourError(
    404,
    'ResourceNotFound',
    `No index with the name '${name}' was found in the service.`,
  );
}

const service = 'Azure AI Search';

function notFound(request: PlainRequest): NeighbourError {
  return nothingAt(service, request);
}

function statistics(index: SearchIndex): Record<string, unknown> {
  const texts = [...index.documents.values()].map((document) => JSON.stringify(document).length);
  return {
    documentCount: index.documents.size,
    storageSize: texts.reduce((total, length) => total + length, 0),
    vectorIndexSize: 0,
  };
}

function serviceStatistics({ indexes }: SearchCall): Record<string, unknown> {
  const documents = [...indexes.values()].reduce((total, index) => total + index.documents.size, 0);
  const counter = (usage: number, quota: number | null): unknown => ({ usage, quota });
  return {
    counters: {
      documentCount: counter(documents, null),
      indexesCount: counter(indexes.size, 50),
      indexersCount: counter(0, 50),
      dataSourcesCount: counter(0, 50),
      storageSize: counter(0, 26_843_545_600),
      synonymMaps: counter(0, 5),
      skillsetCount: counter(0, 50),
      vectorIndexSize: counter(0, 5_368_709_120),
    },
    limits: {
      maxFieldsPerIndex: 1000,
      maxFieldNestingDepthPerIndex: 10,
      maxComplexCollectionFieldsPerIndex: 40,
      maxComplexObjectsInCollectionsPerDocument: 3000,
    },
  };
}

function analyzeText(body: unknown): unknown[] {
  const { text, analyzer } = record(body);
  return analyze(textOf(text), textOf(analyzer, 'standard.lucene')).map((token, position) => ({
    token,
    position,
    startOffset: 0,
    endOffset: token.length,
  }));
}
