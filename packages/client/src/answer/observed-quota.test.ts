import { expect, test } from 'vitest';
import { observedQuota } from './observed-quota.ts';

test.each([
  [{}, undefined],
  [{ 'x-ratelimit-limit-tokens': '-1', 'x-ratelimit-remaining-tokens': '0' }, undefined],
  [{ 'x-ratelimit-limit-tokens': '0', 'x-ratelimit-remaining-tokens': '5' }, undefined],
  [{ 'x-ratelimit-remaining-tokens': 'many' }, undefined],
  [{ 'x-ratelimit-remaining-tokens': '5 of 9' }, undefined],
  [{ 'x-ratelimit-remaining-tokens': 'about 5' }, undefined],
  [{ 'x-ratelimit-limit-tokens': 'many', 'x-ratelimit-remaining-tokens': '5' }, undefined],
  [{ 'x-ratelimit-limit-requests': '-1', 'x-ratelimit-remaining-requests': '5' }, undefined],
  [
    {
      'x-ratelimit-limit-tokens': '0',
      'x-ratelimit-limit-requests': '1',
      'x-ratelimit-remaining-requests': '0',
    },
    { limitRequests: 1, remainingRequests: 0 },
  ],
  [
    { 'x-ratelimit-limit-tokens': '30000', 'x-ratelimit-remaining-tokens': '29960' },
    { limitTokens: 30_000, remainingTokens: 29_960 },
  ],
  [
    { 'x-ratelimit-limit-requests': '180', 'x-ratelimit-remaining-requests': '29' },
    { limitRequests: 180, remainingRequests: 29 },
  ],
  [{ 'x-ratelimit-remaining-tokens': '0' }, { remainingTokens: 0 }],
  [
    {
      'x-ratelimit-limit-requests': '0',
      'x-ratelimit-remaining-requests': '3',
      'x-ratelimit-limit-tokens': '9',
    },
    { limitTokens: 9 },
  ],
  [{ 'azure-openai-deployment-utilization': '100%' }, { utilisation: 1 }],
  [{ 'azure-openai-deployment-utilization': '11.25%' }, { utilisation: 0.1125 }],
  [{ 'azure-openai-deployment-utilization': '87.5' }, { utilisation: 0.875 }],
  [{ 'azure-openai-deployment-utilization': '0%' }, { utilisation: 0 }],
  [{ 'azure-openai-deployment-utilization': '130%' }, { utilisation: 1.3 }],
])('reads %j as %j', (headers, observed) => {
  const found = observedQuota(new Headers(headers));
  if (observed === undefined) expect(found).toBeUndefined();
  else expect(Object.keys(found ?? {}).sort()).toEqual(Object.keys(observed).sort());
  if (observed !== undefined)
    for (const [key, value] of Object.entries(observed))
      expect(found).toHaveProperty(key, expect.closeTo(value, 9));
});
