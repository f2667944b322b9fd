import { dataZones, regions } from '../catalog/regions.ts';
import type { Check } from './check.ts';
import { found } from './found.ts';
import type { Policy } from '../policy.ts';
import { policySchema } from './schema.ts';
import { didYouMean, suggest } from './suggest.ts';

/** A policy with regions and data zones in their usual spelling; an empty one when something about it was reported. */
export function readPolicy(value: unknown, check: Check): Policy {
  const policy = check.shape(policySchema, value, ['policy']) ?? {};
  const { processing: places, ...rest } = policy;
  if (places === undefined) return policy;
  const before = check.issues.length;
  const processing = places.map((place, index) => {
    const known = knownPlace(place);
    if (known === undefined) {
      const names = [...dataZones, ...Object.keys(regions.entries)];
      check.unexpected(['policy', 'processing', index], `${found(place)}.${didYouMean(place, names)}`);
    }
    return known ?? place;
  });
  // The misspelt word is reported; mistakes that follow from it would only hide it.
  return check.issues.length > before ? rest : { ...policy, processing };
}

/**
 * `EU` for `eu`, `swedencentral` for `Sweden Central`. Something that is neither a zone nor looks like a region is a
 * mistake; a region that the catalog does not know is accepted.
 */
function knownPlace(place: string): string | undefined {
  const zone = dataZones.find((name) => name.toLowerCase() === place.trim().toLowerCase());
  if (zone !== undefined) return zone;
  const region = place.toLowerCase().replaceAll(/[\s_-]+/g, '');
  if (Object.hasOwn(regions.entries, region)) return region;
  const isClose = suggest(region, Object.keys(regions.entries), 2) !== undefined;
  return !isClose && /^[a-z]{6,20}\d?$/.test(region) ? region : undefined;
}
