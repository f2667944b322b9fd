export { redisQuota } from './redis-quota.ts';
export type { RedisQuotaClient, RedisQuotaOptions } from './redis-quota.ts';
