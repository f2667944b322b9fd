import type { TransportHeaders } from '../transport/transport.ts';
import { parseJson } from './diagnose-answer.ts';
import { retryAfterMs } from './retry-after.ts';
import { serviceError, statusOf } from './service-error.ts';
import type { ServiceError } from './service-error.ts';

/** What an answer means for the call. */
export type Outcome =
  /** The answer. */
  | 'ok'
  /** 429: this target has no quota now. */
  | 'throttled'
  /** 408, 409, 5xx, no connection, no answer to the operation: this target may be ill. */
  | 'unavailable'
  /** 401: the credential is no longer good. */
  | 'unauthorized'
  /** The target's own fault, and final for it: a deployment that is not there (yet). */
  | 'misplaced'
  /** The target does not hold what the request refers to: another resource may. */
  | 'not-here'
  /** A refusal that the pool does not take as final. */
  | 'leads-on'
  /** This target does not take such a request, for a reason of its own: a region, a firewall, a missing feature. */
  | 'refused'
  /** Everything else: the caller has to deal with it. */
  | 'fatal';

export interface Classified {
  readonly outcome: Outcome;
  /** `error.code` of the service. */
  readonly code?: string;
  readonly retryAfterMs?: number;
  /** Which limit a throttled answer names. */
  readonly limitHit?: 'tokens' | 'requests';
}

/** Reads an answer that is no success. `body` is its text. */
export function classify(
  answer: { readonly status: number; readonly headers: TransportHeaders },
  body: string,
  nowMs: number,
): Classified {
  const error = /^\s*\{/.test(body) ? serviceError(parseJson(body)) : undefined;
  const { code = '', message = body } = error ?? {};
  const status = ownStatus(answer);
  const outcome = outcomeOf({ status, shouldRetry: answer.headers.get('x-should-retry'), code, message });
  // Also when the service forbids a second attempt of this call: the next call has to wait.
  const mayHint = isRetryable(status) || outcome === 'unavailable' || outcome === 'throttled';
  const waitMs = mayHint ? retryAfterMs(answer.headers, body, nowMs) : undefined;
  const limitHit = outcome === 'throttled' ? limitIn(body) : undefined;
  return {
    outcome,
    ...(limitHit === undefined ? undefined : { limitHit }),
    ...(code === '' ? undefined : { code }),
    ...(waitMs === undefined ? undefined : { retryAfterMs: waitMs }),
  };
}

/** A 424 says in a header what the model behind it said (langchain#26815). */
function ownStatus({ status, headers }: { status: number; headers: TransportHeaders }): number {
  const wrapped = Number(headers.get('ms-azureml-model-error-statuscode') ?? Number.NaN);
  return status === 424 && wrapped >= 400 && wrapped < 600 ? wrapped : status;
}

interface Refusal {
  readonly status: number;
  readonly shouldRetry: string | null;
  readonly code: string;
  readonly message: string;
}

function outcomeOf({ status, shouldRetry, code, message }: Refusal): Outcome {
  if (status === 429 && code === 'insufficient_quota') return 'fatal';
  // The service knows best, and says so with this header.
  if (shouldRetry === 'false') return 'fatal';
  if (status === 429) return 'throttled';
  if (status === 401) return 'unauthorized';
  if (status === 404 && (code === 'DeploymentNotFound' || code === 'unknown_model')) return 'misplaced';
  if (isRetryable(status) || shouldRetry === 'true') return 'unavailable';
  // A quota of API Management comes as 403.
  if (status === 403 && /\bquota\b/i.test(message)) return 'throttled';
  return speaksOfTarget(status, code, message) ? 'refused' : 'fatal';
}

function isRetryable(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

// 3xx: the address leads elsewhere; 403: firewall, role; 404: path, region; 405: operation; 410: retired; 421: wrong host.
const ofTarget: ReadonlySet<number> = new Set([403, 404, 405, 407, 410, 421, 451]);

/** Codes of refusals that another deployment of the same pool need not share. */
const codesOfTarget =
  /^(?:OperationNotSupported|ModelNotSupported|model_not_(?:found|supported|available)|unsupported_(?:model|api_version|region)|Unsupported(?:ApiVersion|Model|Region)|InvalidApiVersion\w*|Tenant provided in token does not match resource token)$/i;

const wordsOfTarget = [
  /\bnot (?:yet )?(?:been )?(?:enabled|available|supported|allowed|offered|deployed)\b[^.]*\b(?:account|deployment|location|region|resource|sku|subscription|tenant)\b/i,
  /\b(?:account|deployment|location|region|resource|sku|subscription|tenant)\b[^.]*\b(?:does not|doesn't|do not) (?:allow|offer|support)\b/i,
  /\bAPI version (?:is )?not supported\b/i,
  /\bcustom subdomain\b/i,
];

/** Whether a refusal is about the target and not about the request. */
function speaksOfTarget(status: number, code: string, message: string): boolean {
  if (status >= 300 && status < 400) return true;
  if (ofTarget.has(status)) return true;
  if (status !== 400 && status !== 422) return false;
  return codesOfTarget.test(code) || wordsOfTarget.some((words) => words.test(message));
}

/** “have exceeded the token rate limit”, “exceeded call rate limit” (docs/wire/errors.md#4.3). */
function limitIn(body: string): 'tokens' | 'requests' | undefined {
  const found = /exceeded (?:the )?(token|call|request)s? rate limit/i.exec(body)?.[1]?.toLowerCase();
  if (found === undefined) return undefined;
  return found === 'token' ? 'tokens' : 'requests';
}

/** What an `error` inside a stream of status 200 means (the Responses API sends its rate limit so, pi#7983). */
export function classifyStreamError(error: ServiceError): Outcome {
  const { code, message } = error;
  return outcomeOf({ status: statusOf(error), shouldRetry: null, code, message });
}
