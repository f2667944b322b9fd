import type { OperationRequest } from './operation.ts';
import { bytes, type WireResponse } from './wire-response.ts';

/** Lets a browser call from any page, as `access-control-allow-origin: *` on the answers promises. */
export function preflight({ headers }: OperationRequest): WireResponse {
  const asked = headers['access-control-request-headers'];
  return bytes(Buffer.alloc(0), 'text/plain', {
    status: 200,
    headers: {
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-allow-headers': typeof asked === 'string' ? asked : '*',
      'access-control-max-age': '200',
    },
  });
}
