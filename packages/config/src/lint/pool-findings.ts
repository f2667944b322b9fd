import { models } from '../catalog/models.ts';
import { skus } from '../catalog/skus.ts';
import { entryOf } from '../catalog/table.ts';
import type { Config, Deployment } from '../config.ts';
import { pathText } from '../read/path.ts';
import { processingOf } from '../processing.ts';
import type { Finding } from './finding.ts';

/** Pools whose members cannot quite stand in for each other. */
export function poolFindings(config: Config): readonly Finding[] {
  return Object.entries(config.pools).flatMap(([name, tiers]) => {
    const members = tiers.flat().flatMap(({ deployment }) => {
      const found = config.deployments[deployment];
      return found === undefined ? [] : [[deployment, found] as const];
    });
    const path = pathText(['pools', name]);
    return [
      ...mixedModels(
        path,
        members.map(([, deployment]) => deployment),
      ),
      ...mixedProcessing(
        path,
        config,
        members.map(([, deployment]) => deployment),
      ),
      ...members
        .filter(([, { sku }]) => entryOf(skus, sku)?.billing === 'batch')
        .map(([key, { sku }]) => batch(path, key, sku)),
    ];
  });
}

function mixedModels(path: string, members: readonly Deployment[]): readonly Finding[] {
  const names = distinct(members.map((member) => member.model));
  if (names.length < 2) return [];
  const kinds = distinct(members.map((member) => entryOf(models, member.model)?.kind ?? 'chat'));
  const mix = names.map((model) => JSON.stringify(model)).join(' and ');
  if (kinds.length > 1) {
    const message = `mixes ${mix}, which do different things. Give each its own pool.`;
    return [{ rule: 'pool-mixes-kinds', severity: 'error', path, message }];
  }
  if (kinds[0] === 'embedding') {
    const message = `mixes ${mix}: vectors of different models cannot be compared. Use one model.`;
    return [{ rule: 'pool-mixes-models', severity: 'error', path, message }];
  }
  const message = `mixes ${mix}: the same call may be answered by another model. Use one model, or keep it if that is meant.`;
  return [{ rule: 'pool-mixes-models', severity: 'warning', path, message }];
}

function mixedProcessing(path: string, config: Config, members: readonly Deployment[]): readonly Finding[] {
  // With a policy, every member was already held to it.
  if (config.policy.processing !== undefined) return [];
  const places = distinct(
    members.map((member) => {
      const resource = config.resources[member.resource];
      const where = resource === undefined ? undefined : processingOf(member, resource);
      if (where === undefined || where.where === 'unknown') return '';
      if (where.where === 'anywhere') return 'any region';
      return where.where === 'region' ? (where.zone ?? where.region) : where.zone;
    }),
  ).filter((place) => place !== '');
  if (places.length < 2) return [];
  const message = `failover changes where data is processed: ${places.join(', ')}. Say what is allowed in \`policy.processing\`.`;
  return [{ rule: 'pool-mixes-processing', severity: 'warning', path, message }];
}

function batch(path: string, key: string, sku: string): Finding {
  const message = `"${key}" has the sku "${sku}", which takes batches only. Remove it from the pool.`;
  return { rule: 'batch-sku-in-pool', severity: 'error', path, message };
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
