import { catalog, entryOf } from '@aoai/config';
import type { MockDeployment } from '../service/mock-deployment.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';

/** Capacity of one kind that a subscription may use in a region. */
export interface QuotaUsage {
  /** For example `OpenAI.GlobalStandard.gpt-5.6-luna`. */
  readonly name: string;
  readonly label: string;
  readonly used: number;
  readonly limit: number;
}

/** Limits by usage name, where they differ from the usual ones. */
export type QuotaLimits = Readonly<Record<string, number>>;

/** Capacity of a deployment without limits, and quota where nobody set one: a million tokens a minute, 300 units. */
const usualCapacity = { 'per-token': 1000, provisioned: 300, batch: 5000 } as const;

/** How a sku is paid for; an unknown one is billed by token. */
export function billingOf(sku: string): 'per-token' | 'provisioned' | 'batch' {
  return entryOf(catalog.skus, sku)?.billing ?? 'per-token';
}

/** Capacity of a deployment: thousands of tokens a minute, or throughput units. */
export function capacityOf({ config }: MockDeployment): number {
  const { tpm, ptu } = config.limits;
  if (billingOf(config.sku) === 'provisioned') return ptu ?? 15;
  return tpm === undefined ? usualCapacity[billingOf(config.sku)] : Math.max(1, Math.round(tpm / 1000));
}

/** Name of the quota that deployments of a model in a sku share. Provisioned units are not bound to a model. */
export function usageName(sku: string, model: string): string {
  return billingOf(sku) === 'provisioned' ? `OpenAI.${sku}` : `OpenAI.${sku}.${model}`;
}

/** Use and limit of every quota that is used or limited. */
export function usages(deployments: readonly MockDeployment[], limits: QuotaLimits): QuotaUsage[] {
  const used = new Map<string, { label: string; sku: string; used: number }>();
  for (const deployment of deployments) {
    const { sku } = deployment.config;
    const name = usageName(sku, deployment.model);
    const before = used.get(name)?.used ?? 0;
    used.set(name, { label: labelOf(sku, deployment.model), sku, used: before + capacityOf(deployment) });
  }
  for (const name of Object.keys(limits)) {
    const [, sku = '', ...model] = name.split('.');
    if (!used.has(name)) used.set(name, { label: labelOf(sku, model.join('.')), sku, used: 0 });
  }
  return [...used].map(([name, entry]) => ({
    name,
    label: entry.label,
    used: entry.used,
    limit: limits[name] ?? Math.max(entry.used, usualCapacity[billingOf(entry.sku)]),
  }));
}

function labelOf(sku: string, model: string): string {
  const billing = billingOf(sku);
  if (billing === 'provisioned') return `Provisioned Throughput Unit - ${sku}`;
  const unit = billing === 'batch' ? 'Enqueued tokens (thousands)' : 'Tokens Per Minute (thousands)';
  return sku === 'Standard' ? `${unit} - ${model}` : `${unit} - ${model} - ${sku}`;
}

/** A deployment that needs capacity. */
export interface CapacityRequest {
  readonly sku: string;
  readonly model: string;
  readonly capacity: number;
}

/**
 * Checks that `wanted` fits beside the `others` of its region.
 * @throws {NeighbourError} `InsufficientQuota`, in the words of Azure/azure-dev#3206 and its like (docs/wire/errors.md#4.8).
 */
export function checkQuota(
  wanted: CapacityRequest,
  others: readonly MockDeployment[],
  limits: QuotaLimits,
): void {
  const name = usageName(wanted.sku, wanted.model);
  const { used, limit } = usages(others, limits).find((usage) => usage.name === name) ?? {
    used: 0,
    limit: usualCapacity[billingOf(wanted.sku)],
  };
  if (used + wanted.capacity <= limit) return;
  const label = labelOf(wanted.sku, wanted.model);
  throw new NeighbourError(
    400,
    'InsufficientQuota',
    `This operation require ${wanted.capacity} new capacity in quota ${label}, which is bigger than the current available capacity ${Math.max(0, limit - used)}. The current quota usage is ${used} and the quota limit is ${limit} for quota ${label}.`,
  );
}
