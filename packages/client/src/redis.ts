export { redisBudgets } from './redis/redis-budgets.ts';
export type { RedisBudgetsOptions } from './redis/redis-budgets.ts';
export { redisQuota } from './redis/redis-quota.ts';
export type { RedisQuotaOptions } from './redis/redis-quota.ts';
export type { RedisQuotaClient } from './redis/run-script.ts';
