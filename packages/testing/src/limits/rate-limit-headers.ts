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
  const headers: Record<string, string> = {};
  if (refused !== undefined) retryAfterHeaders(headers, refused.retryAfterMs);
  if (era === '2026') headers['x-ratelimit-abusepenalty-active'] = 'False';
  if (era === '2026') headers['x-ratelimit-key'] = state.deployment;
  if (era !== '2024') {
    headers['x-ratelimit-limit-requests'] = whole(rpm);
    headers['x-ratelimit-limit-tokens'] = whole(tpm);
  }
  headers['x-ratelimit-remaining-requests'] = whole(finite(state.remainingCalls, rpm / 6 - 1));
  headers['x-ratelimit-remaining-tokens'] = whole(finite(state.remainingTokens, tpm - state.estimate));
  if (era !== '2026') return headers;
  const resetSeconds = (kind: 'token' | 'call') =>
    refused?.kind === kind ? String(Math.ceil(refused.retryAfterMs / 1_000)) : '0';
  headers['x-ratelimit-renewalperiod-requests'] = '10';
  headers['x-ratelimit-renewalperiod-tokens'] = '60';
  headers['x-ratelimit-reset-requests'] = resetSeconds('call');
  headers['x-ratelimit-reset-tokens'] = resetSeconds('token');
  return headers;
}

/** The headers of a provisioned deployment, which has no `x-ratelimit-*` (wire.md 5). */
export function utilisationHeaders(utilisation: number, retryAfterMs?: number): Record<string, string> {
  const headers = {
    'azure-openai-deployment-utilization': `${(utilisation * 100).toFixed(1)}%`,
  };
  return retryAfterMs === undefined ? headers : retryAfterHeaders(headers, retryAfterMs);
}

function retryAfterHeaders(headers: Record<string, string>, retryAfterMs: number): Record<string, string> {
  headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfterMs / 1_000)));
  headers['retry-after-ms'] = String(retryAfterMs);
  return headers;
}

function finite(value: number, otherwise: number): number {
  return Number.isFinite(value) ? value : otherwise;
}

function whole(value: number): string {
  return String(Math.max(0, Math.floor(value)));
}
