import type { Limits } from '@aoai/config';
import { headerText, type HeaderLines } from '../service/header-lines.ts';

/** The generations of headers that have been recorded (docs/wire/headers.md#5.1). */
export type HeaderEra = '2024' | '2025' | '2026';

/** The input of the headers of one answer. Unlimited quota is `Infinity`. */
export interface RateLimitState {
  readonly deployment: string;
  readonly limits: Limits;
  readonly estimate: number;
  readonly remainingTokens: number;
  readonly remainingCalls: number;
  readonly refused?: { readonly kind: 'token' | 'call'; readonly retryAfterMs: number };
}

/** The limits in the headers of a deployment without limits in the config. Nothing is refused because of them. */
const unlimitedTpm = 10_000_000;

/** The `x-ratelimit-*` headers of an answer, and the `retry-after` pair of a refusal. */
export function rateLimitHeaders(state: RateLimitState, era: HeaderEra): HeaderLines {
  const { limits, refused } = state;
  // 6 RPM for each 1,000 TPM is the ratio in the recordings: 180 at 30K.
  const tpm = limits.tpm ?? (limits.rpm === undefined ? unlimitedTpm : (limits.rpm * 1_000) / 6);
  const rpm = limits.rpm ?? Math.max(1, Math.floor((tpm * 6) / 1_000));
  const retry = refused === undefined ? '' : retryAfterHeaders(refused.retryAfterMs);
  const key =
    era === '2026'
      ? `x-ratelimit-abusepenalty-active: False\r\nx-ratelimit-key: ${headerText(state.deployment)}\r\n`
      : '';
  const limit =
    era === '2024'
      ? ''
      : `x-ratelimit-limit-requests: ${whole(rpm)}\r\nx-ratelimit-limit-tokens: ${whole(tpm)}\r\n`;
  const remainingCalls = whole(finite(state.remainingCalls, rpm / 6 - 1));
  const remainingTokens = whole(finite(state.remainingTokens, tpm - state.estimate));
  const remaining = `x-ratelimit-remaining-requests: ${remainingCalls}\r\nx-ratelimit-remaining-tokens: ${remainingTokens}\r\n`;
  return `${retry}${key}${limit}${remaining}${era === '2026' ? resetHeaders(refused) : ''}`;
}

function resetHeaders(refused: RateLimitState['refused']): HeaderLines {
  const seconds = refused === undefined ? 0 : Math.ceil(refused.retryAfterMs / 1_000);
  const calls = refused?.kind === 'call' ? seconds : 0;
  const tokens = refused?.kind === 'token' ? seconds : 0;
  return `x-ratelimit-renewalperiod-requests: 10\r\nx-ratelimit-renewalperiod-tokens: 60\r\nx-ratelimit-reset-requests: ${calls}\r\nx-ratelimit-reset-tokens: ${tokens}\r\n`;
}

/** The headers of a provisioned deployment, which has no `x-ratelimit-*` (docs/wire/headers.md#5.3). */
export function utilisationHeaders(utilisation: number, retryAfterMs?: number): HeaderLines {
  const retry = retryAfterMs === undefined ? '' : retryAfterHeaders(retryAfterMs);
  return `azure-openai-deployment-utilization: ${(utilisation * 100).toFixed(1)}%\r\n${retry}`;
}

function retryAfterHeaders(retryAfterMs: number): HeaderLines {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return `retry-after: ${seconds}\r\nretry-after-ms: ${retryAfterMs}\r\n`;
}

function finite(value: number, otherwise: number): number {
  return Number.isFinite(value) ? value : otherwise;
}

function whole(value: number): number {
  return Math.max(0, Math.floor(value));
}
