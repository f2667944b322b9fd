import type { Clock } from '../clock.ts';
import type { Identity } from '../identity/identity.ts';
import { createListener, json } from '../neighbour/listener.ts';
import type { PlainRequest, PlainResponse } from '../neighbour/listener.ts';
import { createFaultSchedule } from '../neighbour/fault.ts';
import type { FaultOptions, NeighbourFault } from '../neighbour/fault.ts';
import { createUnknownRequests } from '../neighbour/unknown-requests.ts';
import type { UnknownRequests } from '../neighbour/unknown-requests.ts';
import { authorizeSearch } from './authorize-search.ts';
import type { SearchKeys } from './authorize-search.ts';
import { inDocuments } from './document-operations.ts';
import { record, text as textOf } from './index-schema.ts';
import { parse } from './search-call.ts';
import type { SearchCall } from './search-call.ts';
import { SearchError, searchErrorResponse } from './search-error.ts';
import { createSearchIndex } from './search-index.ts';
import type { SearchIndex } from './search-index.ts';
import { readSearchPath } from './search-path.ts';
import type { SearchPath } from './search-path.ts';
import { analyze } from './text-analysis.ts';

/** How the search service lets callers in. */
export interface SearchOptions {
  /** @default 'mock-search-admin-key' */
  readonly adminKey?: string;
  /** Key that may read documents only. @default 'mock-search-query-key' */
  readonly queryKey?: string;
  /** Whether keys are accepted beside Entra ID. @default 'allow' */
  readonly apiKeys?: 'allow' | 'forbid';
}

/** Azure AI Search, as `@azure/search-documents` uses it. */
export interface SearchService {
  /** HTTPS, which clients insist on before they send a token: trust `azure.identity.ca`. */
  readonly endpoint: string;
  /** The same over HTTP, for clients with a key and `allowInsecureConnection`. */
  readonly insecureEndpoint: string;
  readonly adminKey: string;
  readonly queryKey: string;
  /** Makes the next requests go wrong. */
  fail(fault: NeighbourFault, options?: FaultOptions): void;
  /** Ends all faults. */
  restore(): void;
}

/** The same with what the mock itself needs. */
export interface SearchServiceServer extends SearchService {
  /** What it was asked for and does not have. */
  readonly unknown: UnknownRequests;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** A search service without indexes. */
export function createSearchService(
  options: SearchOptions & {
    readonly identity: Identity;
    readonly clock: Clock;
    readonly host?: string;
  },
): SearchServiceServer {
  const { adminKey = 'mock-search-admin-key', queryKey = 'mock-search-query-key', identity, host } = options;
  const keys: SearchKeys = { adminKey, queryKey, isAllowed: options.apiKeys !== 'forbid' };
  const indexes = new Map<string, SearchIndex>();
  let version = 0;
  const unknown = createUnknownRequests('Azure AI Search');
  const faults = createFaultSchedule(options.clock, {
    usual: ['request'],
    transient: (status) => ({
      error: { code: '', message: `The service is busy and cannot answer now (${status}). Try again later.` },
    }),
  });
  const listener = createListener({
    ...(host === undefined ? {} : { host }),
    handle: async (request) => {
      const fault = await faults.strike('request', request.signal);
      if (fault !== undefined) return fault;
      try {
        const answered = answer({
          request,
          indexes,
          identity,
          keys,
          nextEtag: () => `"0x${(version += 1).toString(16).toUpperCase().padStart(15, '0')}"`,
        });
        return { ...answered, headers: { ...answered.headers, ...headersOf(request) } };
      } catch (error) {
        if (error instanceof SearchError) {
          if (error.code === unknownCode) unknown.add(request);
          return searchErrorResponse(error);
        }
        // A path with a broken escape.
        if (error instanceof URIError) return searchErrorResponse(notFound(request));
        throw error;
      }
    },
  });
  return {
    get endpoint() {
      return listener.secureOrigin;
    },
    get insecureEndpoint() {
      return listener.origin;
    },
    adminKey,
    queryKey,
    unknown,
    fail: (fault, schedule) => {
      faults.add(fault, schedule);
    },
    restore: () => {
      faults.clear();
    },
    start: () => listener.start(),
    close: () => listener.close(),
  };
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
    throw new SearchError(
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
    throw new SearchError(
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

/** Fields may come; those that are there stay as they are. */
function changed(before: SearchIndex, definition: Readonly<Record<string, unknown>>): SearchIndex {
  const after = before.redefine(definition);
  for (const [path, field] of before.schema.byPath) {
    if (after.schema.byPath.get(path)?.type === field.type) continue;
    throw new SearchError(
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
    throw new SearchError(
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

function missing(name: string): SearchError {
  return new SearchError(
    404,
    'ResourceNotFound',
    `No index with the name '${name}' was found in the service.`,
  );
}

/** Code of the error where the mock has nothing. */
const unknownCode = 'NotFound';

function notFound({ method, url }: PlainRequest): SearchError {
  return new SearchError(
    404,
    unknownCode,
    `The mock of Azure AI Search has nothing at '${method} ${url.pathname}'.`,
  );
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
