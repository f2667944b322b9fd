import { catalog } from '@aoai/config';
import type { Model } from '@aoai/config';
import { modelTraits, type ModelTraits } from '../service/model-traits.ts';
import { usageName } from './quota.ts';

/** Every version of every model of the catalogue, as Resource Manager lists them for an account. */
export function accountModels(): Record<string, unknown>[] {
  return Object.entries(catalog.models.entries).flatMap(([name, model]) => {
    const versions = Object.entries(model.versions);
    return versions.map(([version, { retires, stage }], index) => ({
      format: 'OpenAI',
      name,
      version,
      isDefaultVersion: index === versions.length - 1,
      skus: skusFor(name, model, retires),
      maxCapacity: 3,
      capabilities: capabilitiesOf(modelTraits(name)),
      ...(retires === undefined ? {} : { deprecation: { inference: `${retires}T00:00:00Z` } }),
      lifecycleStatus: stage === 'preview' ? 'Preview' : 'GenerallyAvailable',
      systemData: {},
    }));
  });
}

/** The same models as a region lists them. */
export function locationModels(): Record<string, unknown>[] {
  return accountModels().map((model) => ({ kind: 'OpenAI', skuName: 'S0', model }));
}

function skusFor(name: string, model: Model, retires: string | undefined): unknown[] {
  return Object.entries(catalog.skus.entries)
    .filter(([, { units, lifetimeHours }]) =>
      units === undefined ? lifetimeHours === undefined : model.perPtu !== undefined,
    )
    .map(([sku, { billing, units }]) => ({
      name: sku,
      usageName: usageName(sku, name),
      ...(retires === undefined ? {} : { deprecationDate: `${retires}T00:00:00Z` }),
      capacity:
        units === undefined
          ? { maximum: 10_000, default: 10 }
          : { minimum: units.minimum, maximum: 100_000, step: units.step, default: units.minimum },
      ...(billing === 'per-token'
        ? {
            rateLimits: [
              { key: 'request', renewalPeriod: 60, count: 6 },
              { key: 'token', renewalPeriod: 60, count: 1000 },
            ],
          }
        : {}),
    }));
}

/** What a model can do, as Resource Manager writes it. */
export function capabilitiesOf(traits: ModelTraits): Record<string, string> {
  return {
    ...Object.fromEntries(traits.capabilities.map((name) => [name, 'true'])),
    maxContextToken: String(traits.contextTokens),
    ...(traits.outputTokens > 0 ? { maxOutputToken: String(traits.outputTokens) } : {}),
  };
}
