export type {
  Api,
  CloudName,
  Config,
  Deployment,
  Limits,
  Pool,
  PoolMember,
  Price,
  Resource,
} from './config.ts';
export type { Policy } from './policy.ts';
