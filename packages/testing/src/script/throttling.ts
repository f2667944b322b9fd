import { messageEra, rateLimitResponse } from '../limits/rate-limit-response.ts';
import { gatewayError } from '../service/envelopes.ts';
import type { DeploymentRequest, OperationRequest } from '../service/operation.ts';
import type { WireResponse } from '../service/wire-response.ts';
import type { Fault } from './fault.ts';

/** A header that says when to come back. `'message'` is the sentence in the body. */
export type RetryHint =
  | 'retry-after'
  | 'retry-after-ms'
  | 'x-ms-retry-after-ms'
  | 'x-ratelimit-reset-tokens'
  | 'x-ratelimit-reset-requests'
  | 'message';

export interface RateLimitedOptions {
  /** How long the caller has to wait. @default 1000 */
  readonly retryAfterMs?: number;
  /** The value of `retry-after`: seconds, or an HTTP date. Sent alone unless `hints` says otherwise. */
  readonly retryAfter?: number | string;
  /**
   * Where the time is given. With an empty list it is given nowhere.
   * @default `['retry-after', 'retry-after-ms', 'message']`; `['retry-after', 'message']` with `retryAfter`
   */
  readonly hints?: readonly RetryHint[];
  /** Which limit was exceeded. @default 'token' */
  readonly kind?: 'token' | 'call';
  /** The wording: before or after the middle of 2025. @default that of the mock's headers */
  readonly era?: '2024' | '2025';
  /** Any other text. */
  readonly message?: string;
}

const peak = (wait: string) =>
  `The system is currently experiencing high demand and cannot process your request. Your request exceeds the maximum usage size allowed during peak load. ${wait}For improved capacity reliability, consider switching to Provisioned Throughput.`;

/** 429: the deployment has no quota left. */
export function rateLimited(options: RateLimitedOptions = {}): Fault {
  const { retryAfter, kind = 'token', message } = options;
  const retryAfterMs = options.retryAfterMs ?? waitOf(retryAfter);
  if (!(retryAfterMs >= 0)) {
    throw new RangeError(
      `Cannot script a 429: \`${options.retryAfterMs === undefined ? 'retryAfter' : 'retryAfterMs'}\` is ${JSON.stringify(options.retryAfterMs ?? retryAfter)}. Give milliseconds, seconds or an HTTP date.`,
    );
  }
  const hints =
    options.hints ??
    (options.retryAfterMs === undefined && retryAfter !== undefined
      ? ['retry-after', 'message']
      : ['retry-after', 'retry-after-ms', 'message']);
  const headers = hintHeaders(hints, { retryAfterMs, retryAfter });
  return {
    name: 'rateLimited',
    intervention: (request) => ({ response: { ...body(request), headers } }),
  };

  function body(request: OperationRequest): WireResponse {
    const era = options.era ?? messageEra(request);
    if (message !== undefined)
      return gatewayError(429, { code: era === '2024' ? '429' : 'RateLimitReached', message });
    // The usual text always names a time; this one does not.
    if (!hints.includes('message') || !isForDeployment(request))
      return gatewayError(429, { code: '429', message: peak('') });
    return rateLimitResponse(request, { kind, retryAfterMs, era, operation: operationName(request) });
  }
}

/** 429: the service itself is overloaded, even if quota is left (pollinations#6260, openai/codex#43140). */
export function highDemand({ retryAfter = 20 }: { readonly retryAfter?: number } = {}): Fault {
  const wait = `Please retry after ${retryAfter} ${retryAfter === 1 ? 'second' : 'seconds'}. `;
  const response = gatewayError(
    429,
    { code: '429', message: peak(wait) },
    { headers: { 'retry-after': String(retryAfter), 'retry-after-ms': String(retryAfter * 1_000) } },
  );
  return { name: 'highDemand', intervention: () => ({ response }) };
}

interface Wait {
  readonly retryAfterMs: number;
  readonly retryAfter: number | string | undefined;
}

function hintHeaders(
  hints: readonly RetryHint[],
  { retryAfterMs, retryAfter }: Wait,
): Record<string, string> {
  const seconds = String(Math.ceil(retryAfterMs / 1_000));
  const headers: Record<string, string> = {};
  for (const hint of hints) {
    if (hint === 'message') continue;
    if (hint === 'retry-after') headers[hint] = String(retryAfter ?? seconds);
    else headers[hint] = hint.endsWith('-ms') ? String(retryAfterMs) : seconds;
  }
  return headers;
}

function waitOf(retryAfter: number | string | undefined): number {
  if (retryAfter === undefined) return 1_000;
  const seconds = Number(retryAfter);
  return Number.isNaN(seconds) ? Math.max(0, Date.parse(String(retryAfter)) - Date.now()) : seconds * 1_000;
}

function isForDeployment(request: OperationRequest): request is DeploymentRequest {
  return 'deployment' in request;
}

/** The name that the message uses, from the last part of the path. */
function operationName({ path }: OperationRequest): string {
  if (path.endsWith('/embeddings')) return 'Embeddings_Create';
  if (path.endsWith('/chat/completions')) return 'ChatCompletions_Create';
  if (path.endsWith('/completions')) return 'Completions_Create';
  return path.endsWith('/responses') ? 'Responses_Create' : 'ImageGenerations_Create';
}
