import { bearerToken } from '../bearer-token.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';
import type { SearchPath } from './search-path.ts';
import type { SearchCall } from './search-call.ts';

/** @throws {NeighbourError} unless the caller may make this request. */
export function authorizeSearch(call: SearchCall, path: SearchPath): void {
  const { headers } = call.request;
  const key = headers['api-key'];
  if (typeof key === 'string') {
    checkKey(call, path, key);
    return;
  }
  const token = bearerToken(headers.authorization);
  if (token === undefined)
    throw new NeighbourError(
      401,
      'Unauthorized',
      'Authentication failed: neither an api-key nor a bearer token was sent.',
    );
  const demand = permissionFor(call, path);
  const verdict = call.identity.verify(token, { service: 'search', ...demand });
  if (verdict.ok) return;
  if (verdict.problem === 'no-role')
    throw new NeighbourError(
      403,
      'Forbidden',
      `Authorization failed: '${verdict.principal.objectId}' may not perform '${demand.dataAction ?? demand.action ?? ''}'. Assign a role such as 'Search Index Data Reader'.`,
    );
  throw new NeighbourError(
    401,
    'Unauthorized',
    'Authentication failed: the access token is missing, invalid, expired or meant for another service.',
  );
}

function checkKey({ keys, request }: SearchCall, path: SearchPath, key: string): void {
  if (!keys.isAllowed)
    throw new NeighbourError(403, 'Forbidden', 'Key based authentication is disabled for this service.');
  if (key === keys.adminKey) return;
  if (key !== keys.queryKey)
    throw new NeighbourError(
      403,
      'Forbidden',
      "The given API key doesn't match service's internal, primary or secondary keys.",
    );
  if (
    !isRead(path, request.method) ||
    path.kind === 'index' ||
    path.kind === 'indexes' ||
    path.kind === 'service'
  )
    throw new NeighbourError(403, 'Forbidden', 'A query key may read documents only. Use an admin key.');
}

function isRead(path: SearchPath, method: string): boolean {
  return path.kind === 'documents' ? path.operation !== 'index' : method === 'GET';
}

function permissionFor(
  { request }: SearchCall,
  path: SearchPath,
): { readonly dataAction?: string; readonly action?: string } {
  const base = 'Microsoft.Search/searchServices';
  if (path.kind === 'documents' || path.kind === 'document')
    return { dataAction: `${base}/indexes/documents/${isRead(path, request.method) ? 'read' : 'write'}` };
  if (path.kind === 'service') return { action: `${base}/read` };
  const verb = request.method === 'GET' ? 'read' : request.method === 'DELETE' ? 'delete' : 'write';
  return { action: `${base}/indexes/${verb}` };
}
