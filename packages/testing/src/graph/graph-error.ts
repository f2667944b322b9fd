import { randomUUID } from 'node:crypto';
import { json } from '../neighbour/listener.ts';
import type { PlainResponse } from '../neighbour/listener.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';

/** The error of Microsoft Graph (learn.microsoft.com/graph/errors). */
export function graphErrorResponse({ status, code, message }: NeighbourError): PlainResponse {
  const id = randomUUID();
  const innerError = { date: '2026-01-01T00:00:00', 'request-id': id, 'client-request-id': id };
  return json(status, { error: { code, message, innerError } });
}

/** 403 for a token without a permission that the operation asks for. */
export function insufficientPrivileges(): NeighbourError {
  return new NeighbourError(
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  );
}

/** 400 for a query option or a body that cannot be used. */
export function badRequest(message: string): NeighbourError {
  return new NeighbourError(400, 'Request_BadRequest', message);
}
