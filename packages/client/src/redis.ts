export { redisQuota } from './redis-quota.ts';
export type { RedisQuotaOptions } from './redis-quota.ts';
export type { RedisQuotaClient } from './redis-script.ts';
