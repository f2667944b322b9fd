import { entryOf } from './catalog/table.ts';
import { regions, type DataZone } from './catalog/regions.ts';
import { skus } from './catalog/skus.ts';
import type { Config, Deployment, Resource } from './config.ts';

/** Where a deployment may process prompts and answers. */
export type Processing =
  | { readonly where: 'anywhere' }
  | { readonly where: 'data-zone'; readonly zone: DataZone }
  | { readonly where: 'region'; readonly region: string; readonly zone?: DataZone }
  /** Unknown: `missing` is the missing fact. */
  | { readonly where: 'unknown'; readonly missing: 'sku' | 'region' | 'zone' };

/** Where a deployment may process prompts and answers, by its sku and the region of its resource. */
export function processingOf(deployment: Deployment, resource: Resource): Processing {
  const sku = entryOf(skus, deployment.sku);
  if (sku === undefined) return { where: 'unknown', missing: 'sku' };
  if (sku.processing === 'anywhere') return { where: 'anywhere' };
  if (resource.region === undefined) return { where: 'unknown', missing: 'region' };
  const zone = entryOf(regions, resource.region)?.zone;
  if (sku.processing === 'region') {
    return { where: 'region', region: resource.region, ...(zone !== undefined && { zone }) };
  }
  return zone === undefined ? { where: 'unknown', missing: 'zone' } : { where: 'data-zone', zone };
}

/**
 * Whether the policy of a config allows this deployment to process data. If it is unknown where it processes, the answer is no.
 * A region in the policy allows what stays in that region; a data zone allows it and every region in the zone.
 */
export function mayProcess(config: Config, name: string): boolean {
  const deployment = Object.hasOwn(config.deployments, name) ? config.deployments[name] : undefined;
  const resource = deployment === undefined ? undefined : config.resources[deployment.resource];
  if (deployment === undefined || resource === undefined) return false;
  return isAllowed(processingOf(deployment, resource), config.policy.processing);
}

/** Whether processing of this kind stays within what a policy names. */
export function isAllowed(processing: Processing, allowed: readonly string[] | undefined): boolean {
  if (allowed === undefined) return true;
  if (processing.where === 'data-zone') return allowed.includes(processing.zone);
  if (processing.where !== 'region') return false;
  return (
    allowed.includes(processing.region) ||
    (processing.zone !== undefined && allowed.includes(processing.zone))
  );
}
