import type { Limits } from '@aoai/config';

/** The generations of headers that have been recorded (wire.md 5). */
export type HeaderEra = '2024' | '2025' | '2026';

/** What the headers of one answer are made from. Unlimited quota is `Infinity`. */
export interface RateLimitState {
  readonly deployment: string;
  readonly limits: Limits;
  readonly estimate: number;
  readonly remainingTokens: number;
  readonly remainingCalls: number;
  readonly refused?: { readonly kind: 'token' | 'call'; readonly retryAfterMs: number };
}

/** Shown by a deployment whose limits the config does not give. Nothing is refused on their account. */
const unlimitedTpm = 10_000_000;

/** The `x-ratelimit-*` headers of an answer, and the `retry-after` pair of a refusal. */
export function rateLimitHeaders(state: RateLimitState, era: HeaderEra): Record<string, string> {
  const { limits, refused } = state;
  // 6 RPM for each 1,000 TPM is the ratio in the recordings: 180 at 30K.
  const tpm = limits.tpm ?? (limits.rpm === undefined ? unlimitedTpm : (limits.rpm * 1_000) / 6);
  const rpm = limits.rpm ?? Math.max(1, Math.floor((tpm * 6) / 1_000));
  const limitRequests = whole(rpm);
  const limitTokens = whole(tpm);
  const remainingRequests = whole(finite(state.remainingCalls, rpm / 6 - 1));
  const remainingTokens = whole(finite(state.remainingTokens, tpm - state.estimate));
  const retry = refused === undefined ? undefined : retryAfterHeaders(refused.retryAfterMs);
  if (era === '2024') {
    return {
      ...retry,
      'x-ratelimit-remaining-requests': remainingRequests,
      'x-ratelimit-remaining-tokens': remainingTokens,
    };
  }
  if (era === '2025') {
    return {
      ...retry,
      'x-ratelimit-limit-requests': limitRequests,
      'x-ratelimit-limit-tokens': limitTokens,
      'x-ratelimit-remaining-requests': remainingRequests,
      'x-ratelimit-remaining-tokens': remainingTokens,
    };
  }
  const resetSeconds = (kind: 'token' | 'call') =>
    refused?.kind === kind ? String(Math.ceil(refused.retryAfterMs / 1_000)) : '0';
  return {
    ...retry,
    'x-ratelimit-abusepenalty-active': 'False',
    'x-ratelimit-key': state.deployment,
    'x-ratelimit-limit-requests': limitRequests,
    'x-ratelimit-limit-tokens': limitTokens,
    'x-ratelimit-remaining-requests': remainingRequests,
    'x-ratelimit-remaining-tokens': remainingTokens,
    'x-ratelimit-renewalperiod-requests': '10',
    'x-ratelimit-renewalperiod-tokens': '60',
    'x-ratelimit-reset-requests': resetSeconds('call'),
    'x-ratelimit-reset-tokens': resetSeconds('token'),
  };
}

/** The headers of a provisioned deployment, which has no `x-ratelimit-*` (wire.md 5). */
export function utilisationHeaders(utilisation: number, retryAfterMs?: number): Record<string, string> {
  const headers = {
    'azure-openai-deployment-utilization': `${(utilisation * 100).toFixed(1)}%`,
  };
  return retryAfterMs === undefined ? headers : { ...headers, ...retryAfterHeaders(retryAfterMs) };
}

function retryAfterHeaders(retryAfterMs: number): Record<string, string> {
  return {
    'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))),
    'retry-after-ms': String(retryAfterMs),
  };
}

function finite(value: number, otherwise: number): number {
  return Number.isFinite(value) ? value : otherwise;
}

function whole(value: number): string {
  return String(Math.max(0, Math.floor(value)));
}
