export { catalog, type Catalog } from './catalog.ts';
export type { ApiFeature, ApiVersion } from './catalog/api-versions.ts';
export type { Cloud, CloudName } from './catalog/clouds.ts';
export { modelNamedBy } from './catalog/model-named-by.ts';
export type { MediaFact } from './catalog/media.ts';
export type { Model, ModelKind, ModelVersion, ReasoningEffort } from './catalog/model.ts';
export { serviceLimits, type Quota, type ServiceLimits } from './catalog/quotas.ts';
export type { DataZone, Region } from './catalog/regions.ts';
export type { Sku } from './catalog/skus.ts';
export { entryOf, type Table } from './catalog/table.ts';
export { usualThroughput, type Throughput } from './catalog/throughput.ts';
export { configJsonSchema } from './config-json-schema.ts';
export { configFromEnv, type ConfigFromEnvOptions } from './config-from-env.ts';
export { defineConfig, type DefineConfigOptions } from './define-config.ts';
export { env, type Amount, type EnvReference, type Text } from './env.ts';
export { estimatePrompt } from './estimate-prompt.ts';
export { ConfigError, type ConfigIssue } from './errors.ts';
export { findConfig } from './file/find-config.ts';
export { lint, type LintOptions } from './lint.ts';
export type { Finding, LintRule } from './lint/finding.ts';
export { loadConfig, type LoadConfigOptions } from './file/load-config.ts';
export { policyBreaches, type PolicyBreach } from './policy-breaches.ts';
export { isAllowed, mayProcess, processingOf, type Processing } from './processing.ts';
export { resolveName } from './resolve-name.ts';
export { watchConfig, type WatchConfigOptions, type WatchedConfig } from './file/watch-config.ts';
export type { Api, Config, Deployment, LeadOn, Limits, Pool, PoolMember, Price, Resource } from './config.ts';
export type {
  ConfigInput,
  DeploymentInput,
  PoolInput,
  PoolMemberInput,
  ResourceInput,
  TiersInput,
} from './config-input.ts';
export type { Policy } from './policy.ts';
