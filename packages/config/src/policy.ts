import type { CloudName } from './catalog/clouds.ts';

/** What a config refuses. An empty policy allows everything. */
export interface Policy {
  /** Regions (`swedencentral`) and data zones (`EU`, `US`) in which data may be processed. */
  readonly processing?: readonly string[];
  /** `'forbid'` refuses API keys. @default 'allow' */
  readonly apiKeys?: 'allow' | 'forbid';
  /** Models that may, or may not, be deployed. */
  readonly models?: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
  readonly clouds?: readonly CloudName[];
  /** `'forbid'` refuses preview api-versions. @default 'allow' */
  readonly previewApis?: 'allow' | 'forbid';
}
