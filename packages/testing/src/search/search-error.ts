import { json } from '../neighbour/listener.ts';
import type { PlainResponse } from '../neighbour/listener.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';

/** 400 about one parameter of a query. */
export function badParameter(parameter: string, message: string): NeighbourError {
  return new NeighbourError(400, 'InvalidRequestParameter', `${message}\r\nParameter name: ${parameter}`);
}

/** The OData error that the service answers with. */
export function searchErrorResponse({ status, code, message }: NeighbourError): PlainResponse {
  return json(status, { error: { code, message } });
}
