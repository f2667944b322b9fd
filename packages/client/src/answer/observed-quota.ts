import type { ObservedQuota } from '../quota/quota.ts';
import type { TransportHeaders } from '../transport/transport.ts';

/** What the rate-limit headers of an answer say. Nonsense such as `-1` is left out (MS Q&A 5625878). */
export function observedQuota(headers: TransportHeaders): ObservedQuota | undefined {
  const observed: { -readonly [Key in keyof ObservedQuota]: number } = {};
  for (const [field, name, factor] of fields) {
    const value = headers.get(name);
    if (value === null || !/^\d+(\.\d+)?%?$/.test(value)) continue;
    observed[field] = Number.parseFloat(value) * factor;
  }
  // A limit of zero is no limit, and what remains of it means nothing.
  if (isNonsense(headers.get('x-ratelimit-limit-tokens'))) {
    delete observed.limitTokens;
    delete observed.remainingTokens;
  }
  if (isNonsense(headers.get('x-ratelimit-limit-requests'))) {
    delete observed.limitRequests;
    delete observed.remainingRequests;
  }
  return Object.keys(observed).length === 0 ? undefined : observed;
}

function isNonsense(limit: string | null): boolean {
  return limit !== null && !(Number(limit) > 0);
}

const fields = [
  ['limitTokens', 'x-ratelimit-limit-tokens', 1],
  ['limitRequests', 'x-ratelimit-limit-requests', 1],
  ['remainingTokens', 'x-ratelimit-remaining-tokens', 1],
  ['remainingRequests', 'x-ratelimit-remaining-requests', 1],
  ['utilisation', 'azure-openai-deployment-utilization', 0.01],
] as const;
