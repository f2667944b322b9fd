import { bearerToken } from '../bearer-token.ts';
import { decodeJwt } from 'jose';
import type { PlainRequest } from './listener.ts';

/** One request to a neighbour, without its key or token. */
export interface NeighbourRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** `0` when the connection was cut. */
  readonly status: number;
  /** The body; `undefined` when there was none, or one too long to be kept. */
  readonly body?: string;
  /** Object id of the app or person that the bearer token names. */
  readonly caller?: string;
}

/** The last requests of a neighbour. */
export interface NeighbourRequests {
  add(request: PlainRequest, status: number): void;
  clear(): void;
  all(): readonly NeighbourRequest[];
}

const maxRequests = 1000;
const maxBodyLength = 64 * 1024;

/** An empty record. */
export function createNeighbourRequests(): NeighbourRequests {
  let record: NeighbourRequest[] = [];
  return {
    add({ method, url, body, headers }, status) {
      const caller = callerOf(headers.authorization);
      record.push({
        method,
        path: url.pathname,
        status,
        ...(body !== '' && body.length <= maxBodyLength && { body }),
        ...(caller !== undefined && { caller }),
      });
      if (record.length > maxRequests) record.shift();
    },
    clear() {
      record = [];
    },
    all: () => [...record],
  };
}

/** As in the token, which is not verified here. */
function callerOf(authorization: string | undefined): string | undefined {
  const token = bearerToken(authorization);
  if (token === undefined) return undefined;
  try {
    const { oid } = decodeJwt(token);
    return typeof oid === 'string' ? oid : undefined;
  } catch {
    return undefined;
  }
}
