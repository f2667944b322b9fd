import type { TransportHeaders } from '../transport/transport.ts';
import { retryHint } from './retry-after.ts';
import type { RetryHint } from './retry-after.ts';

/** What an answer means for the call. */
type Outcome =
  /** The answer. */
  | 'ok'
  /** 429: this target has no quota now. */
  | 'throttled'
  /** 408, 409, 5xx, no connection: this target may be ill. */
  | 'unavailable'
  /** 401: the credential is no longer good. */
  | 'unauthorized'
  /** The target's own fault, and final for it: a deployment that is not there (yet). */
  | 'misplaced'
  /** The target does not hold what the request refers to: another resource may. */
  | 'not-here'
  /** A refusal that the pool does not take as final. */
  | 'leads-on'
  /** Everything else: the caller's to deal with. */
  | 'fatal';

export interface Classified {
  readonly outcome: Outcome;
  /** `error.code` of the service. */
  readonly code?: string;
  readonly hint?: RetryHint;
  /** Which limit a throttled answer names. */
  readonly limitHit?: 'tokens' | 'requests';
}

/** Reads an answer that is no success. `body` is its text. */
export function classify(
  answer: { readonly status: number; readonly headers: TransportHeaders },
  body: string,
  nowMs: number,
): Classified {
  const code = errorCode(body);
  const outcome = outcomeOf(answer.status, answer.headers.get('x-should-retry'), code);
  // Also when the service wants no second attempt of this call: the next call is to wait all the same.
  const mayHint = isRetryable(answer.status) || outcome === 'unavailable';
  const hint = mayHint ? retryHint(answer.headers, body, nowMs) : undefined;
  const limitHit = outcome === 'throttled' ? limitIn(body) : undefined;
  return {
    outcome,
    ...(limitHit === undefined ? undefined : { limitHit }),
    ...(code === undefined ? undefined : { code }),
    ...(hint === undefined ? undefined : { hint }),
  };
}

function outcomeOf(status: number, shouldRetry: string | null, code: string | undefined): Outcome {
  if (status === 429 && code === 'insufficient_quota') return 'fatal';
  // The service knows best, and says so with this header.
  if (shouldRetry === 'false') return 'fatal';
  if (status === 429) return 'throttled';
  if (status === 401) return 'unauthorized';
  if (status === 404 && (code === 'DeploymentNotFound' || code === 'unknown_model')) return 'misplaced';
  return isRetryable(status) || shouldRetry === 'true' ? 'unavailable' : 'fatal';
}

function isRetryable(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

/** “have exceeded the token rate limit”, “exceeded call rate limit” (wire.md 4). */
function limitIn(body: string): 'tokens' | 'requests' | undefined {
  const found = /exceeded (?:the )?(token|call|request)s? rate limit/i.exec(body)?.[1]?.toLowerCase();
  if (found === undefined) return undefined;
  return found === 'token' ? 'tokens' : 'requests';
}

/** `error.code` of any of the four envelopes (wire.md 3.1 and 4). */
function errorCode(body: string): string | undefined {
  if (!body.startsWith('{')) return undefined;
  try {
    const { error } = JSON.parse(body) as { error?: { code?: unknown } | null };
    return typeof error?.code === 'string' ? error.code : undefined;
  } catch {
    return undefined;
  }
}

/** What an `error` inside a stream of status 200 means (the Responses API sends its rate limit so, pi#7983). */
export function classifyStreamError(code: string, message: string): 'throttled' | 'unavailable' | 'fatal' {
  if (/rate_limit|too_many_requests|^429$/.test(code)) return 'throttled';
  if (/server_error|internal|timeout|unavailable|overloaded|^5\d\d$/i.test(code)) return 'unavailable';
  return /exceeded (?:the )?(?:\w+ )?rate limit/i.test(message) ? 'throttled' : 'fatal';
}
