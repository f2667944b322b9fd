import type { Identity } from '../identity/identity.ts';
import type { PlainRequest } from '../neighbour/listener.ts';
import type { SearchKeys } from './search-keys.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';
import type { SearchIndex } from './search-index.ts';

/** One request and the state that answers it. */
export interface SearchCall {
  readonly request: PlainRequest;
  readonly indexes: Map<string, SearchIndex>;
  readonly identity: Identity;
  readonly keys: SearchKeys;
  readonly nextEtag: () => string;
}

/** @throws {NeighbourError} for text that is not JSON. */
export function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new NeighbourError(
      400,
      'InvalidRequest',
      'The request is invalid. Details: the body is not valid JSON.',
    );
  }
}
