import { json } from '../neighbour/listener.ts';
import type { PlainResponse } from '../neighbour/listener.ts';

/** Thrown by a part of the search service to answer with an error at once. */
export class SearchError extends Error {
  override readonly name = 'SearchError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** 400 about one parameter of a query. */
export function badParameter(parameter: string, message: string): SearchError {
  return new SearchError(400, 'InvalidRequestParameter', `${message}\r\nParameter name: ${parameter}`);
}

/** The OData error that the service answers with. */
export function searchErrorResponse({ status, code, message }: SearchError): PlainResponse {
  return json(status, { error: { code, message } });
}
