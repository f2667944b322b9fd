export { entryOf, type Table } from './catalog/table.ts';
export { apiVersions, type ApiFeature, type ApiVersion } from './catalog/api-versions.ts';
export { clouds, type Cloud } from './catalog/clouds.ts';
export { defineConfig, type DefineConfigOptions } from './define-config.ts';
export { env, type EnvReference, type Text } from './env.ts';
export { ConfigError, type ConfigIssue } from './errors.ts';
export { resolveName } from './resolve-name.ts';
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
export type {
  ConfigInput,
  DeploymentInput,
  PoolInput,
  PoolMemberInput,
  ResourceInput,
} from './config-input.ts';
export type { Policy } from './policy.ts';
