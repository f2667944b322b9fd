import type { CloudName } from './catalog/clouds.ts';
import type { Policy } from './policy.ts';

/** The surface of a resource: `'v1'` or a dated api-version such as `'2024-10-21'`. */
export type Api = string;

/** One Azure OpenAI account, as `defineConfig` returns it: every default filled in. */
export interface Resource {
  /** Origin of the account, without a trailing slash: `https://contoso.openai.azure.com`. */
  readonly endpoint: string;
  /** Path in front of `/openai` when a gateway such as API Management is in front of the account; `''` otherwise. */
  readonly basePath: string;
  readonly api: Api;
  readonly cloud: CloudName;
  /** Azure region in its short form, for example `swedencentral`. */
  readonly region?: string;
  /** Entra ID tenant of the account, a GUID. */
  readonly tenantId?: string;
  /** Name of the header that carries an API key. `api-key` unless a gateway wants another one. */
  readonly keyHeader: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Quota of a deployment. Pay-as-you-go deployments have `tpm` and `rpm`, provisioned ones `ptu`. */
export interface Limits {
  /** Tokens per minute. */
  readonly tpm?: number;
  /** Requests per minute. */
  readonly rpm?: number;
  /** Provisioned throughput units. */
  readonly ptu?: number;
}

/** Price in the currency of your choice per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cachedInput?: number;
}

/** A named model deployment in a resource. */
export interface Deployment {
  /** Key of the resource in `resources`. */
  readonly resource: string;
  /** Name of the deployment in Azure. */
  readonly deployment: string;
  /** Name of the model behind it, for example `gpt-5.6-luna`. */
  readonly model: string;
  /** Version of the model, for example `2025-08-07`. */
  readonly version?: string;
  /** ARM name of the sku, for example `DataZoneStandard`. */
  readonly sku: string;
  readonly limits: Limits;
  readonly price?: Price;
  /** Name of its content-filter policy in Azure (`raiPolicyName` in ARM). */
  readonly contentFilter?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A deployment in a tier of a pool. */
export interface PoolMember {
  readonly deployment: string;
  /**
   * Its share of the tier's traffic, relative to the others; missing when the config gives none. If no member of a
   * tier has a weight, the client may prefer the faster ones. If one has, members without a weight count as 1.
   */
  readonly weight?: number;
}

/** Deployments that can stand in for each other, in tiers from first to last. */
export type Pool = readonly (readonly PoolMember[])[];

/**
 * The `code` of a refusal after which a call goes on to another deployment of its pool: `context_length_exceeded` to one
 * whose model takes longer prompts, `content_filter` to one with another content-filter policy, any other to each.
 */
export type LeadOn = 'context_length_exceeded' | 'content_filter' | (string & {});

/**
 * What may be called: frozen, comparable and serialisable.
 * `Name` is the union of the names of its deployments and pools.
 */
export interface Config<Name extends string = string> {
  /** The names that a call may use: every deployment and every pool. */
  readonly names: readonly Name[];
  readonly resources: Readonly<Record<string, Resource>>;
  readonly deployments: Readonly<Record<string, Deployment>>;
  readonly pools: Readonly<Record<string, Pool>>;
  /** By the names of pools: the refusals that send a call on to another of its deployments. Absent when there are none. */
  readonly leadOn?: Readonly<Record<string, readonly LeadOn[]>>;
  readonly policy: Policy;
  /** Hosts outside Azure's own suffixes that may be sent credentials; absent when there are none. */
  readonly allowHosts?: readonly string[];
}
