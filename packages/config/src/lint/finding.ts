/** The rules of `lint`. */
export type LintRule =
  | 'api-version-old'
  | 'api-version-retired'
  | 'api-version-unknown'
  | 'batch-sku-in-pool'
  | 'feature-missing'
  | 'key-auth-forbidden'
  | 'model-not-in-region'
  | 'model-retired'
  | 'model-retiring'
  | 'model-unknown'
  | 'model-version-unknown'
  | 'policy'
  | 'pool-leads-nowhere'
  | 'pool-mixes-kinds'
  | 'pool-mixes-models'
  | 'pool-mixes-processing'
  | 'private-link-endpoint'
  | 'ptu-size'
  | 'regional-endpoint'
  | 'sku-not-in-cloud'
  | 'sku-short-lived'
  | 'sku-unknown'
  | 'cloud-unconfirmed'
  | 'within-geography';

/** A finding about a config. */
export interface Finding {
  readonly rule: LintRule;
  /** `error`: does not work or is forbidden; `warning`: will stop working, or may not work; `info`: good to know. */
  readonly severity: 'error' | 'warning' | 'info';
  /** Where: `deployments.chat.model`. */
  readonly path: string;
  /** What is wrong, and what to do. */
  readonly message: string;
}
