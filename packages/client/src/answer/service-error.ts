import { isFields } from '../fields.ts';
import type { Fields } from '../fields.ts';

/** An error of the service, from any of its envelopes. */
export interface ServiceError {
  /** `error.code`, or its type where there is none; a number as text. */
  readonly code: string;
  readonly message: string;
  /** The status that the body names, when it is one of failure. */
  readonly status: number | undefined;
}

/** The error in a body or in an event; `undefined` when there is none. */
export function serviceError(value: unknown): ServiceError | undefined {
  if (!isFields(value)) return undefined;
  const { error, response } = value;
  const found = error ?? (isFields(response) ? response['error'] : undefined);
  if (typeof found === 'string' && found !== '') return { code: '', message: found, status: failure(value) };
  if (isFields(found)) {
    return {
      code: text(found['code']) || text(found['type']),
      message: text(found['message']),
      status: failure(found) ?? failure({ status: found['code'] }),
    };
  }
  return bareError(value);
}

/**
 * The error in the envelope of the gateway and of API Management, which has no `error`:
 * `{ "statusCode": 500, "message": "…" }` (docs/wire/errors.md#4.1).
 */
export function bareError({ statusCode, message }: Fields): ServiceError | undefined {
  const status = failure({ statusCode });
  return status === undefined || typeof message !== 'string'
    ? undefined
    : { code: String(status), message, status };
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function failure({ status, statusCode = status }: Fields): number | undefined {
  const number = typeof statusCode === 'string' ? Number(statusCode) : statusCode;
  return typeof number === 'number' && Number.isInteger(number) && number >= 400 && number < 600
    ? number
    : undefined;
}

/** The status that an error would have had, had it come with one. */
export function statusOf({ code, message, status }: ServiceError): number {
  if (status !== undefined) return status;
  if (/rate_?limit|too_?many_?requests|throttl/i.test(code)) return 429;
  if (/exceeded (?:the )?(?:\w+ )?rate limit/i.test(message)) return 429;
  if (/timeout/i.test(code)) return 408;
  return /server_?error|internal|unavailable|overloaded|no_?capacity|backend|upstream/i.test(code)
    ? 500
    : 400;
}
