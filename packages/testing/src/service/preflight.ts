import { gatewayError } from './envelopes.ts';
import type { OperationRequest } from './operation.ts';
import { bytes, type WireResponse } from './wire-response.ts';

/** Lets a browser call from a page that may read the answers. */
export function preflight({ headers }: OperationRequest, mayRead: boolean): WireResponse {
  if (!mayRead)
    return gatewayError(403, {
      code: '403',
      message: `The page's origin ${JSON.stringify(headers.origin)} may not call the mock: only pages of this machine may. Start it with \`cors: true\` for others.`,
    });
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
