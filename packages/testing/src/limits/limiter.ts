import type { Deployment } from '@aoai/config';
import type { Clock } from '../clock.ts';
import { callWindow } from './call-window.ts';
import { provisionedThroughput } from './provisioned-throughput.ts';
import { rateLimitHeaders, utilisationHeaders, type HeaderEra } from './rate-limit-headers.ts';
import { tokenWindow } from './token-window.ts';
import { utilisationBucket } from './utilisation-bucket.ts';

/** What a request is expected to cost, or has cost. */
export interface Tokens {
  /** Prompt and output together. For pay-as-you-go this is all that counts. */
  readonly tokens: number;
  /** The part of `tokens` that is output. A provisioned deployment charges it several times over. @default 0 */
  readonly outputTokens?: number;
  /** The part of `tokens` that came from the prompt cache. Free on a provisioned deployment. @default 0 */
  readonly cachedTokens?: number;
}

/** Why a request was refused: the words that Azure puts in its message. */
export type LimitKind = 'token' | 'call' | 'utilisation';

export interface Admitted {
  readonly ok: true;
  /** The rate-limit headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Replaces the estimate with what the request really cost. Only provisioned deployments correct themselves. */
  settle(actual: Tokens): void;
}

export interface Refused {
  readonly ok: false;
  readonly kind: LimitKind;
  /** How long the caller has to wait, in the caller's milliseconds. */
  readonly retryAfterMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

export type Admission = Admitted | Refused;

/** How full a deployment is, from 0 to 1 (a provisioned one may exceed 1 for a moment); `undefined` is unlimited. */
export interface QuotaUse {
  readonly tokens?: number;
  readonly calls?: number;
  readonly utilisation?: number;
}

/** The quota of one deployment. */
export interface Limiter {
  /** Decides about one request, on the estimate, when it arrives. */
  admit(estimate: Tokens): Admission;
  use(): QuotaUse;
}

export interface LimiterOptions {
  /** The generation of headers. @default '2026' */
  readonly headerEra?: HeaderEra;
}

/** A request that exceeds the limit alone is told to come back in a day. */
const dayMs = 86_400_000;

/** The limiter of a deployment: tokens and calls per minute, utilisation, or neither. */
export function createLimiter(
  deployment: Pick<Deployment, 'deployment' | 'model' | 'limits'>,
  clock: Clock,
  { headerEra = '2026' }: LimiterOptions = {},
): Limiter {
  if (deployment.limits.ptu !== undefined) return provisionedLimiter(deployment, clock);
  const { tpm, rpm } = deployment.limits;
  const tokens = tokenWindow(tpm ?? Infinity, clock.now());
  const calls = callWindow(rpm ?? Infinity, clock.now());

  function admit(estimate: Tokens): Admission {
    const nowMs = clock.now();
    const tooBig = estimate.tokens > tokens.limit;
    const callWaitMs = calls.waitMs(nowMs);
    const tokenWaitMs = tooBig ? dayMs : tokens.waitMs(nowMs, estimate.tokens);
    const kind = callWaitMs > 0 && !tooBig ? 'call' : tokenWaitMs > 0 ? 'token' : undefined;
    // A refused request takes its place in the call window all the same (wire.md 7, quota-1.md).
    calls.take(nowMs);
    if (kind === undefined) tokens.take(nowMs, estimate.tokens);
    const state = {
      deployment: deployment.deployment,
      limits: deployment.limits,
      estimate: estimate.tokens,
      remainingTokens: tokens.remaining(nowMs),
      remainingCalls: calls.remaining(nowMs),
    };
    if (kind === undefined) {
      return { ok: true, headers: rateLimitHeaders(state, headerEra), settle: () => undefined };
    }
    const retryAfterMs = tooBig ? dayMs : Math.ceil(Math.max(callWaitMs, tokenWaitMs) / clock.timeScale);
    const headers = rateLimitHeaders({ ...state, refused: { kind, retryAfterMs } }, headerEra);
    return { ok: false, kind, retryAfterMs, headers };
  }

  function use(): QuotaUse {
    const nowMs = clock.now();
    return {
      ...(tpm !== undefined && { tokens: 1 - tokens.remaining(nowMs) / tpm }),
      ...(rpm !== undefined && { calls: 1 - calls.remaining(nowMs) / calls.capacity(nowMs) }),
    };
  }

  return { admit, use };
}

function provisionedLimiter({ model, limits }: Pick<Deployment, 'model' | 'limits'>, clock: Clock): Limiter {
  const { inputTpm, outputWeight } = provisionedThroughput(model);
  const bucket = utilisationBucket((limits.ptu ?? 0) * inputTpm, clock.now());
  const cost = ({ tokens, outputTokens = 0, cachedTokens = 0 }: Tokens) =>
    tokens - cachedTokens + outputTokens * (outputWeight - 1);

  function admit(estimate: Tokens): Admission {
    const nowMs = clock.now();
    const waitMs = bucket.waitMs(nowMs);
    if (waitMs > 0) {
      const retryAfterMs = Math.ceil(waitMs / clock.timeScale);
      const headers = utilisationHeaders(bucket.utilisation(nowMs), retryAfterMs);
      return { ok: false, kind: 'utilisation', retryAfterMs, headers };
    }
    const charged = cost(estimate);
    bucket.add(nowMs, charged);
    return {
      ok: true,
      headers: utilisationHeaders(bucket.utilisation(nowMs)),
      settle: (actual) => {
        bucket.add(clock.now(), cost(actual) - charged);
      },
    };
  }

  return { admit, use: () => ({ utilisation: bucket.utilisation(clock.now()) }) };
}
