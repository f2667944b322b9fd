import type { CloudName } from './catalog/clouds.ts';
import type { LeadOn } from './config.ts';
import type { Amount, Text } from './env.ts';
import type { Policy } from './policy.ts';

/** One Azure OpenAI account, as written in a config. */
export interface ResourceInput {
  /**
   * Origin of the account: `https://contoso.openai.azure.com`. Always https, except on loopback; a host outside
   * Azure's own suffixes must be listed in `allowHosts`.
   */
  readonly endpoint: Text;
  /** Path in front of `/openai`, when a gateway such as API Management is in front of the account. @default '' */
  readonly basePath?: Text;
  /** `'v1'` or a dated api-version such as `'2024-10-21'`. @default 'v1' */
  readonly api?: Text;
  /** @default the cloud of the endpoint's host, else 'public' */
  readonly cloud?: CloudName | Exclude<Text, string>;
  /** Azure region: `swedencentral`. */
  readonly region?: Text;
  /** Entra ID tenant of the account, a GUID. */
  readonly tenantId?: Text;
  /** Header that carries an API key, for example `Ocp-Apim-Subscription-Key` for API Management. @default 'api-key' */
  readonly keyHeader?: Text;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A named model deployment, as written in a config. */
export interface DeploymentInput<ResourceName extends string = string> {
  /** Key of the resource in `resources`. */
  readonly resource: ResourceName;
  /** Name of the deployment in Azure. */
  readonly deployment: Text;
  /** Model behind it. @default the model that the name of the deployment contains, else that name */
  readonly model?: Text;
  /** Version of the model: `2025-08-07`. */
  readonly version?: Text;
  /** ARM name of the sku. @default 'GlobalStandard' */
  readonly sku?: Text;
  /** Quota: `tpm` and `rpm`, or `ptu` for a provisioned sku. */
  readonly limits?: { readonly tpm?: Amount; readonly rpm?: Amount; readonly ptu?: Amount };
  /** Price in the currency of your choice per million tokens. */
  readonly price?: { readonly input: Amount; readonly output: Amount; readonly cachedInput?: Amount };
  /** Name of its content-filter policy in Azure; `leadOn: ['content_filter']` skips deployments with the same one. */
  readonly contentFilter?: Text;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A deployment in a pool: its name, or its name with its share of the tier's traffic. Weights of one tier are shares,
 * equal ones too. A tier without weights is divided by speed.
 */
export type PoolMemberInput<DeploymentName extends string = string> =
  | DeploymentName
  | {
      readonly deployment: DeploymentName;
      /** @default 1, where another member of the tier has a weight */
      readonly weight?: number;
    };

/** Tiers of deployments, from first to last. A flat list is one tier. */
export type TiersInput<DeploymentName extends string = string> = readonly (
  PoolMemberInput<DeploymentName> | readonly PoolMemberInput<DeploymentName>[]
)[];

/** Tiers of deployments, or tiers with the refusals that send a call on to another deployment. */
export type PoolInput<DeploymentName extends string = string> =
  | TiersInput<DeploymentName>
  | {
      readonly tiers: TiersInput<DeploymentName>;
      /** Codes of refusals that are not final for this pool. @default [] */
      readonly leadOn?: readonly LeadOn[];
    };

/** What a user writes; `defineConfig` checks it and fills in the rest. */
export interface ConfigInput<
  ResourceName extends string = string,
  DeploymentName extends string = string,
  PoolName extends string = string,
> {
  readonly resources: Readonly<Record<ResourceName, ResourceInput>>;
  readonly deployments: Readonly<Record<DeploymentName, DeploymentInput<NoInfer<ResourceName>>>>;
  readonly pools?: Readonly<Record<PoolName, PoolInput<NoInfer<DeploymentName>>>>;
  /** The `leadOn` of pools by their names, as a config is written out. */
  readonly leadOn?: Readonly<Record<string, readonly LeadOn[]>>;
  readonly policy?: Policy;
  /** Hosts outside Azure's own suffixes that may be sent credentials: a custom domain, a gateway. @default [] */
  readonly allowHosts?: readonly Text[];
}
