import { models } from '../catalog/models.ts';
import { skus } from '../catalog/skus.ts';
import { entryOf } from '../catalog/table.ts';
import type { Config, Deployment } from '../config.ts';
import { pathText } from '../read/path.ts';
import { processingOf } from '../processing.ts';
import type { Finding } from './finding.ts';

/** Pools whose members cannot replace each other fully. */
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
        config.leadOn?.[name] ?? [],
      ),
      ...leadsNowhere(
        path,
        members.map(([, deployment]) => deployment),
        config.leadOn?.[name] ?? [],
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

function mixedModels(
  path: string,
  members: readonly Deployment[],
  leadOn: readonly string[],
): readonly Finding[] {
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
  // A call that is too long for one model is meant to be answered by another.
  if (leadOn.includes('context_length_exceeded')) return [];
  const message = `mixes ${mix}: the same call may be answered by another model. Use one model, or keep it if that is meant.`;
  return [{ rule: 'pool-mixes-models', severity: 'warning', path, message }];
}

/** `leadOn` codes for which no other deployment would give another answer. */
function leadsNowhere(
  path: string,
  members: readonly Deployment[],
  leadOn: readonly string[],
): readonly Finding[] {
  const rule = 'pool-leads-nowhere';
  const finding = (message: string): Finding => ({ rule, severity: 'warning', path, message });
  const contexts = distinct(
    members.map(({ model }) => String(entryOf(models, model)?.context?.input ?? `of ${model}`)),
  );
  const filters = members.map(({ contentFilter }) => contentFilter);
  // Provisioned throughput may accept only shorter prompts than the same model elsewhere.
  const billings = distinct(members.map(({ sku }) => (/provisioned/i.test(sku) ? 'provisioned' : 'other')));
  const sameContext =
    leadOn.includes('context_length_exceeded') && contexts.length < 2 && billings.length < 2;
  const sameFilter =
    leadOn.includes('content_filter') && !filters.includes(undefined) && new Set(filters).size < 2;
  return [
    ...(sameContext
      ? [finding('leads on from `context_length_exceeded`, but no deployment takes longer prompts. Add one.')]
      : []),
    ...(sameFilter
      ? [
          finding(
            'leads on from `content_filter`, but all deployments have the same `contentFilter`. Add one.',
          ),
        ]
      : []),
  ];
}

function mixedProcessing(path: string, config: Config, members: readonly Deployment[]): readonly Finding[] {
  // With a policy, every member was already checked against it.
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
