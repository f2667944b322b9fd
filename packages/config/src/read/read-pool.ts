import type { Check } from './check.ts';
import type { LeadOn, Pool, PoolMember } from '../config.ts';
import { found } from './found.ts';
import type { Path } from './path.ts';
import { poolMemberSchema, poolSchema } from './schema.ts';
import type { PoolMemberShape } from './schema.ts';
import { didYouMean } from './suggest.ts';

/** A pool as it is written: its tiers, and the refusals that lead on in it. */
export interface ReadPool {
  readonly tiers: Pool;
  readonly leadOn: readonly LeadOn[];
}

interface Reading {
  readonly check: Check;
  readonly deployments: readonly string[];
}

/** A pool; `undefined` when something about it was reported. */
export function readPool(value: unknown, path: Path, reading: Reading): ReadPool | undefined {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) {
    const tiers = readTiers(value, path, reading);
    return tiers && { tiers, leadOn: [] };
  }
  const shape = reading.check.shape(poolSchema, value, path);
  // Mistakes in its tiers are reported together with the others.
  const { tiers: given } = value as { readonly tiers?: unknown };
  const tiers = Array.isArray(given) ? readTiers(given, [...path, 'tiers'], reading) : undefined;
  return shape === undefined || tiers === undefined ? undefined : { tiers, leadOn: shape.leadOn ?? [] };
}

function readTiers(value: unknown, path: Path, { check, deployments }: Reading): Pool | undefined {
  const before = check.issues.length;
  if (!Array.isArray(value)) {
    check.unexpected(path, found(value));
    return undefined;
  }
  if (value.length === 0) {
    check.report(path, 'has no deployment. Name at least one, or remove the pool.');
    return undefined;
  }
  const tiered = value.filter((item) => Array.isArray(item)).length;
  if (tiered > 0 && tiered < value.length) {
    check.report(path, 'mixes names and tiers. Write a flat list (one tier) or a list of lists.');
    return undefined;
  }

  const seen = new Set<string>();
  const member = (item: unknown, at: Path): PoolMember | undefined => {
    const shape: PoolMemberShape | undefined =
      typeof item === 'string' ? { deployment: item } : check.shape(poolMemberSchema, item, at);
    if (shape === undefined) return undefined;
    const name = shape.deployment;
    if (!deployments.includes(name)) {
      check.report(
        at,
        `expected a deployment of this config; found ${found(name)}.${didYouMean(name, deployments)}`,
      );
    } else if (seen.has(name))
      check.report(at, `${found(name)} is in this pool twice. Use \`weight\` for a larger share.`);
    seen.add(name);
    return { deployment: name, ...(shape.weight !== undefined && { weight: shape.weight }) };
  };
  const tier = (items: readonly unknown[], at: Path): readonly PoolMember[] => {
    if (items.length === 0) check.report(at, 'an empty tier. Remove it.');
    return items.map((item, index) => member(item, [...at, index])).filter((item) => item !== undefined);
  };

  const items: readonly unknown[] = value;
  const pool =
    tiered === 0
      ? [tier(items, path)]
      : items.map((item, index) => tier(item as unknown[], [...path, index]));
  return check.issues.length > before ? undefined : pool;
}
