import { catalog } from '@aoai/config';
import type { Model } from '@aoai/config';
import { modelTraits } from '../service/model-traits.ts';
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
      capabilities: capabilities(name),
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
    .filter(([, sku]) => sku.billing !== 'provisioned' || model.perPtu !== undefined)
    .filter(([, sku]) => sku.lifetimeHours === undefined)
    .map(([sku, { billing }]) => ({
      name: sku,
      usageName: usageName(sku, name),
      ...(retires === undefined ? {} : { deprecationDate: `${retires}T00:00:00Z` }),
      capacity:
        billing === 'provisioned'
          ? { minimum: 15, maximum: 100_000, step: 5, default: 15 }
          : { maximum: 10_000, default: 10 },
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

function capabilities(name: string): Record<string, string> {
  const traits = modelTraits(name);
  return {
    ...Object.fromEntries(traits.capabilities.map((capability) => [capability, 'true'])),
    maxContextToken: String(traits.contextTokens),
    maxOutputToken: String(traits.outputTokens),
  };
}
