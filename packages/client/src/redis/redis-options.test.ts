import { expect, test } from 'vitest';
import { redisQuota } from './redis-quota.ts';
import type { RedisQuotaOptions } from './redis-quota.ts';

test.each([
  [{ degrade: 'half' }, '`degrade`'],
  [{}, '`degrade`'],
  [{ degrade: 'open', timeoutMs: 0 }, '`timeoutMs`'],
  [{ degrade: 'open', replicas: 0 }, '`replicas`'],
])('refuses %j', (options, words) => {
  const client = { eval: () => Promise.resolve(), evalSha: () => Promise.resolve() };
  expect(() => redisQuota(client, options as RedisQuotaOptions)).toThrow(words);
});
