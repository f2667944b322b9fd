import { json } from '../neighbour/listener.ts';
import type { PlainResponse } from '../neighbour/listener.ts';
import { record } from './index-schema.ts';
import { runSearch } from './run-search.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';
import type { SearchIndex } from './search-index.ts';
import type { SearchPath } from './search-path.ts';
import { bodyOfQuery, readSearchRequest } from './search-request.ts';
import { parse } from './search-call.ts';
import type { SearchCall } from './search-call.ts';
import { autocomplete, suggest } from './suggestions.ts';

/** Answers requests for the documents of an index. */
export function inDocuments(
  call: SearchCall,
  path: Extract<SearchPath, { readonly kind: 'documents' | 'document' }>,
  index: SearchIndex,
): PlainResponse {
  const { request } = call;
  const { searchParams } = request.url;
  if (path.kind === 'document') {
    const select = searchParams
      .get('$select')
      ?.split(',')
      .filter((name) => name !== '*' && name !== '');
    return json(200, index.get(path.key, select === undefined || select.length === 0 ? undefined : select));
  }
  const body = request.method === 'POST' ? record(parse(request.body)) : bodyOfQuery(searchParams);
  switch (path.operation) {
    case 'count':
      // The service sends the number as text, with a byte order mark that clients drop.
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: String(index.documents.size) };
    case 'index': {
      if (request.method !== 'POST') throw new NeighbourError(405, 'MethodNotAllowed', 'Use POST.');
      const value = index.change(body);
      return json(value.every(({ status }) => status) ? 200 : 207, { value });
    }
    case 'suggest':
      return json(200, suggest(index, body));
    case 'autocomplete':
      return json(200, autocomplete(index, body));
    case 'search':
      return json(200, runSearch(index, readSearchRequest(body), request.url.href));
  }
}
