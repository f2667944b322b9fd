import { json } from '../neighbour/listener.ts';
import type { PlainResponse } from '../neighbour/listener.ts';
import type { NeighbourError } from '../neighbour/neighbour-error.ts';

/** `{"error":{"code","message"}}`, as Resource Manager answers. */
export function armErrorResponse({ status, code, message }: NeighbourError): PlainResponse {
  const headers: Record<string, string> =
    status === 401 ? { 'www-authenticate': challenge(code, message) } : {};
  return json(status, { error: { code, message } }, headers);
}

function challenge(code: string, message: string): string {
  return `Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token", error_description="${code}: ${message.replaceAll('"', "'")}"`;
}
