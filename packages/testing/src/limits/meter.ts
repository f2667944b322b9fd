import type { Deployment } from '@aoai/config';
import type { Clock } from '../clock.ts';
import type { HeaderLines } from '../service/header-lines.ts';
import { callWindow } from './call-window.ts';
import type { Admitted, QuotaUse, Refused, Tokens } from './admission.ts';
import { provisionedThroughput } from './provisioned-throughput.ts';
import { rateLimitHeaders, utilisationHeaders, type HeaderEra } from './rate-limit-headers.ts';
import { tokenWindow } from './token-window.ts';
import { utilisationBucket } from './utilisation-bucket.ts';

/** What a limiter decides, with its headers as they go over the wire. */
type Metered = { readonly lines: HeaderLines } & (
  { readonly ok: true; readonly settle: Admitted['settle'] } | Omit<Refused, 'headers'>
);

/** A limiter that writes header lines. */
export interface Meter {
  readonly admit: (estimate: Tokens) => Metered;
  readonly use: () => QuotaUse;
}

/** A request that alone exceeds the limit gets a wait of a day. */
const dayMs = 86_400_000;

/** The meter of a deployment. */
export function createMeter(
  deployment: Pick<Deployment, 'deployment' | 'model' | 'limits'>,
  clock: Clock,
  headerEra: HeaderEra,
): Meter {
  if (deployment.limits.ptu !== undefined) return provisionedMeter(deployment, clock);
  const { tpm, rpm } = deployment.limits;
  const tokens = tokenWindow(tpm ?? Infinity, clock.now());
  const calls = callWindow(rpm ?? Infinity, clock.now());

  function admit(estimate: Tokens): Metered {
    const nowMs = clock.now();
    const tooBig = estimate.tokens > tokens.limit;
    const callWaitMs = calls.waitMs(nowMs);
    const tokenWaitMs = tooBig ? dayMs : tokens.waitMs(nowMs, estimate.tokens);
    const kind = callWaitMs > 0 && !tooBig ? 'call' : tokenWaitMs > 0 ? 'token' : undefined;
    // A refused request counts in the call window as well (docs/wire/limits.md#7.1).
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
      return { ok: true, lines: rateLimitHeaders(state, headerEra), settle: () => undefined };
    }
    const retryAfterMs = tooBig ? dayMs : Math.ceil(Math.max(callWaitMs, tokenWaitMs) / clock.timeScale);
    const lines = rateLimitHeaders({ ...state, refused: { kind, retryAfterMs } }, headerEra);
    return { ok: false, kind, retryAfterMs, lines };
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

function provisionedMeter({ model, limits }: Pick<Deployment, 'model' | 'limits'>, clock: Clock): Meter {
  const { inputTpm, outputWeight } = provisionedThroughput(model);
  const bucket = utilisationBucket((limits.ptu ?? 0) * inputTpm, clock.now());
  const cost = ({ tokens, outputTokens = 0, cachedTokens = 0 }: Tokens) =>
    tokens - cachedTokens + outputTokens * (outputWeight - 1);

  function admit(estimate: Tokens): Metered {
    const nowMs = clock.now();
    const waitMs = bucket.waitMs(nowMs);
    if (waitMs > 0) {
      const retryAfterMs = Math.ceil(waitMs / clock.timeScale);
      const lines = utilisationHeaders(bucket.utilisation(nowMs), retryAfterMs);
      return { ok: false, kind: 'utilisation', retryAfterMs, lines };
    }
    const charged = cost(estimate);
    bucket.add(nowMs, charged);
    return {
      ok: true,
      lines: utilisationHeaders(bucket.utilisation(nowMs)),
      settle: (actual) => {
        bucket.add(clock.now(), cost(actual) - charged);
      },
    };
  }

  return { admit, use: () => ({ utilisation: bucket.utilisation(clock.now()) }) };
}
