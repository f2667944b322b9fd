/** An account as the Management API describes it, to compare a config with. */
export interface Account {
  readonly name: string;
  /** Origin, without a trailing slash. */
  readonly endpoint: string;
  readonly region: string;
  readonly tenantId?: string;
  /** Whether API keys are accepted. */
  readonly takesKeys: boolean;
  /** Whether it answers on the public internet. */
  readonly isPublic: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly deployments: readonly AccountDeployment[];
}

/** A deployment of an account. */
export interface AccountDeployment {
  readonly name: string;
  readonly model: string;
  readonly version?: string;
  readonly sku: string;
  readonly limits: { readonly tpm?: number; readonly rpm?: number; readonly ptu?: number };
  /** Day on which the model stops answering, by the Management API. */
  readonly retires?: string;
  /** The replacement that Azure suggests. */
  readonly replacement?: string;
  /** `Succeeded` when it can be called. */
  readonly state: string;
}
