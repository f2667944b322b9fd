import type { MirrorEnd, QuotaMirror } from './quota-mirror.ts';
import type { ObservedQuota, QuotaTarget } from './quota.ts';
import { quotaWindow } from './quota-window.ts';
import type { Ticket } from './window-count.ts';
import { perTenSeconds, windowMs } from './window-lengths.ts';

interface Entry {
  readonly tokens: Ticket;
  readonly requests: Ticket;
}

/** A copy of the windows of tokens and of requests that a pay-as-you-go deployment has. */
export function windowMirror({ limits }: QuotaTarget): QuotaMirror {
  const tokens = quotaWindow(limits.tpm, windowMs.tokens);
  const requests = quotaWindow(perTenSeconds(limits.rpm), windowMs.requests, 'exact');

  function admitted(given: unknown, observed: ObservedQuota | undefined, nowMs: number): void {
    const entry = given as Entry;
    const { limitTokens, limitRequests, remainingTokens, remainingRequests } = observed ?? {};
    tokens.admitted(entry.tokens, { limit: limitTokens, remaining: remainingTokens }, nowMs);
    const limit = perTenSeconds(limitRequests);
    requests.admitted(entry.requests, { limit, remaining: remainingRequests }, nowMs);
  }

  function settle(given: unknown, { settlement }: MirrorEnd, nowMs: number): void {
    const entry = given as Entry;
    const { result, observed, limitHit, waitMs, counted = true } = settlement;
    if (counted && result !== 'throttled') {
      admitted(entry, observed, nowMs);
      return;
    }
    if (limitHit === 'tokens') tokens.refused(entry.tokens, waitMs, nowMs);
    else tokens.giveBack(entry.tokens);
    if (limitHit === 'requests') requests.refused(entry.requests, waitMs, nowMs);
    // A refused request uses no tokens, but it is a request (docs/wire/limits.md#7.1).
    else if (counted) requests.admitted(entry.requests, {}, nowMs);
    else requests.giveBack(entry.requests);
  }

  return {
    refuses: ({ input, output }, nowMs) => {
      const tokensAtMs = tokens.fitsAtMs(input + output, nowMs);
      const requestsAtMs = requests.fitsAtMs(1, nowMs);
      const retryAtMs = Math.max(tokensAtMs, requestsAtMs);
      if (retryAtMs <= nowMs) return undefined;
      return { reason: tokensAtMs >= requestsAtMs ? 'tokens' : 'requests', retryAtMs };
    },
    take: ({ input, output }, nowMs): Entry => ({
      tokens: tokens.take(input + output, nowMs),
      requests: requests.take(1, nowMs),
    }),
    admitted,
    settle,
    free: (nowMs) => Math.min(tokens.free(nowMs), requests.free(nowMs)),
  };
}
