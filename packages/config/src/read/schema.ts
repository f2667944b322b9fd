import * as v from 'valibot';
import type { CloudName } from '../catalog/clouds.ts';
import type { Limits, Price } from '../config.ts';
import type { Policy } from '../policy.ts';

// The shape of a config, after environment variables were read. Meaning (hosts, names, policy) is checked elsewhere.

type Tags = Readonly<Record<string, string>>;

export interface ResourceShape {
  readonly endpoint: string;
  readonly basePath?: string;
  readonly api?: string;
  readonly cloud?: CloudName;
  readonly region?: string;
  readonly tenantId?: string;
  readonly keyHeader?: string;
  readonly tags?: Tags;
}

export interface DeploymentShape {
  readonly resource: string;
  readonly deployment: string;
  readonly model?: string;
  readonly version?: string;
  readonly sku?: string;
  readonly limits?: Limits;
  readonly price?: Price;
  readonly contentFilter?: string;
  readonly tags?: Tags;
}

export interface PoolMemberShape {
  readonly deployment: string;
  readonly weight?: number;
}

const text = v.exactOptional(v.string());
const texts = v.array(v.string());
const tags = v.exactOptional(v.record(v.string(), v.string()));
const cloud = v.picklist(['public', 'us-gov', 'china']);
const allowOrForbid = v.exactOptional(v.picklist(['allow', 'forbid']));
const perMinute = v.exactOptional(
  v.pipe(v.number(), v.integer(), v.gtValue(0), v.maxValue(Number.MAX_SAFE_INTEGER)),
);
const price = v.pipe(v.number(), v.finite(), v.minValue(0));
const guid = v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/));

export const resourceSchema: v.GenericSchema<ResourceShape> = v.strictObject({
  endpoint: v.string(),
  basePath: text,
  api: text,
  cloud: v.exactOptional(cloud),
  region: text,
  tenantId: v.exactOptional(guid),
  keyHeader: text,
  tags,
});

export const deploymentSchema: v.GenericSchema<DeploymentShape> = v.strictObject({
  resource: v.string(),
  deployment: v.string(),
  model: text,
  version: text,
  sku: text,
  limits: v.exactOptional(v.strictObject({ tpm: perMinute, rpm: perMinute, ptu: perMinute })),
  price: v.exactOptional(
    v.strictObject({ input: price, output: price, cachedInput: v.exactOptional(price) }),
  ),
  contentFilter: text,
  tags,
});

export const poolMemberSchema: v.GenericSchema<PoolMemberShape> = v.strictObject({
  deployment: v.string(),
  weight: v.exactOptional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1_000_000))),
});

export interface PoolShape {
  readonly tiers: readonly unknown[];
  readonly leadOn?: readonly string[];
}

/** Codes of refusals: `context_length_exceeded`. */
export const leadOnSchema: v.GenericSchema<readonly string[]> = v.array(
  v.pipe(v.string(), v.regex(/^[\w.-]{1,100}$/)),
);

export const poolSchema: v.GenericSchema<PoolShape> = v.strictObject({
  tiers: v.array(v.unknown()),
  leadOn: v.exactOptional(leadOnSchema),
});

export const policySchema: v.GenericSchema<Policy> = v.strictObject({
  processing: v.exactOptional(v.pipe(texts, v.minLength(1))),
  apiKeys: allowOrForbid,
  models: v.exactOptional(v.strictObject({ allow: v.exactOptional(texts), deny: v.exactOptional(texts) })),
  clouds: v.exactOptional(v.pipe(v.array(cloud), v.minLength(1))),
  previewApis: allowOrForbid,
});

export const allowHostsSchema: v.GenericSchema<readonly string[]> = v.array(v.string());
