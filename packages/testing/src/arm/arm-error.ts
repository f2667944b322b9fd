import { json } from '../neighbour/listener.ts';
import type { PlainResponse } from '../neighbour/listener.ts';

/** Thrown by a part of Resource Manager to answer with an error at once. */
export class ArmError extends Error {
  override readonly name = 'ArmError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** `{"error":{"code","message"}}`, as Resource Manager answers. */
export function armErrorResponse({ status, code, message }: ArmError): PlainResponse {
  const headers: Record<string, string> =
    status === 401 ? { 'www-authenticate': challenge(code, message) } : {};
  return json(status, { error: { code, message } }, headers);
}

function challenge(code: string, message: string): string {
  return `Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token", error_description="${code}: ${message.replaceAll('"', "'")}"`;
}
