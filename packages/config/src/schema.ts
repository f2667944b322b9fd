import * as z from 'zod';
import type { CloudName, Limits, Price } from './config.ts';
import type { Policy } from './policy.ts';

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
  readonly tags?: Tags;
}

export interface PoolMemberShape {
  readonly deployment: string;
  readonly weight?: number;
}

const tags = z.record(z.string(), z.string());
const cloud = z.enum(['public', 'us-gov', 'china']);
const allowOrForbid = z.enum(['allow', 'forbid']);
const perMinute = z.int().positive();
const price = z.number().nonnegative();

export const resourceSchema: z.ZodType<ResourceShape> = z.strictObject({
  endpoint: z.string(),
  basePath: z.string().exactOptional(),
  api: z.string().exactOptional(),
  cloud: cloud.exactOptional(),
  region: z.string().exactOptional(),
  tenantId: z.guid().exactOptional(),
  keyHeader: z.string().exactOptional(),
  tags: tags.exactOptional(),
});

export const deploymentSchema: z.ZodType<DeploymentShape> = z.strictObject({
  resource: z.string(),
  deployment: z.string(),
  model: z.string().exactOptional(),
  version: z.string().exactOptional(),
  sku: z.string().exactOptional(),
  limits: z
    .strictObject({
      tpm: perMinute.exactOptional(),
      rpm: perMinute.exactOptional(),
      ptu: perMinute.exactOptional(),
    })
    .exactOptional(),
  price: z.strictObject({ input: price, output: price, cachedInput: price.exactOptional() }).exactOptional(),
  tags: tags.exactOptional(),
});

export const poolMemberSchema: z.ZodType<PoolMemberShape> = z.strictObject({
  deployment: z.string(),
  weight: z.number().positive().max(1_000_000).exactOptional(),
});

export const policySchema: z.ZodType<Policy> = z.strictObject({
  processing: z.array(z.string()).min(1).exactOptional(),
  apiKeys: allowOrForbid.exactOptional(),
  models: z
    .strictObject({ allow: z.array(z.string()).exactOptional(), deny: z.array(z.string()).exactOptional() })
    .exactOptional(),
  clouds: z.array(cloud).min(1).exactOptional(),
  previewApis: allowOrForbid.exactOptional(),
});

export const allowHostsSchema: z.ZodType<readonly string[]> = z.array(z.string());
