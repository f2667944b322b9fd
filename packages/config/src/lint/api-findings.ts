import { apiVersions, type ApiFeature } from '../catalog/api-versions.ts';
import type { Model } from '../catalog/model.ts';
import { models } from '../catalog/models.ts';
import { skus } from '../catalog/skus.ts';
import { entryOf } from '../catalog/table.ts';
import type { Config, Deployment } from '../config.ts';
import { pathText } from '../read/path.ts';
import type { Finding } from './finding.ts';

/** Api-versions that are retired, old or unknown, or that lack what a model or a call needs. */
export function apiFindings(config: Config, features: readonly ApiFeature[]): readonly Finding[] {
  return Object.entries(config.resources).flatMap(([name, { api }]) => {
    const path = pathText(['resources', name, 'api']);
    const deployments = Object.entries(config.deployments).filter(
      ([, deployment]) => deployment.resource === name,
    );
    const needs = [
      ...features.map((feature) => ({ feature, why: `calls use ${feature}` })),
      ...deployments.flatMap(([key, deployment]) => needsOf(key, deployment)),
    ];
    return [...lifecycle(api, path, needs), ...missing(api, path, needs)];
  });
}

/** The previews that Microsoft promised to keep on 2024-07-01: the latest three. */
const keptPreviews = 3;

function lifecycle(api: string, path: string, needs: readonly Need[]): readonly Finding[] {
  const entry = entryOf(apiVersions, api);
  const features = needs.map(({ feature }) => feature);
  const instead = `Use ${apisWith(features, api)
    .map((name) => JSON.stringify(name))
    .join(' or ')}.`;
  if (entry === undefined) {
    const message = `"${api}" is newer than the catalog of ${apiVersions.asOf}: its features are not known here.`;
    return [{ rule: 'api-version-unknown', severity: 'info', path, message }];
  }
  if (entry.retired !== undefined) {
    const message = `"${api}" was retired on ${entry.retired}: calls are answered with 404. ${instead}`;
    return [{ rule: 'api-version-retired', severity: 'error', path, message }];
  }
  const previews = Object.keys(apiVersions.entries).filter((name) => name.endsWith('-preview'));
  const kept = previews.toSorted().slice(-keptPreviews);
  if (entry.stage !== 'preview' || kept.includes(api)) return [];
  const message = `"${api}" is an old preview of ${api.slice(0, 10)}: since 2024-07-01 only the latest three previews, from "${kept[0] ?? ''}" on, are sure to be kept. ${instead}`;
  return [{ rule: 'api-version-old', severity: 'warning', path, message }];
}

/** The surfaces that will stay and that have all these features, other than `api`: `v1` and the last dated version. */
function apisWith(features: readonly ApiFeature[], api: string): readonly string[] {
  const stay = ['v1', '2024-10-21'].filter((name) => name !== api);
  const able = stay.filter((name) =>
    features.every((feature) => entryOf(apiVersions, name)?.features.includes(feature) === true),
  );
  return able.length > 0 ? able : stay.slice(0, 1);
}

interface Need {
  readonly feature: ApiFeature;
  readonly why: string;
}

function needsOf(key: string, deployment: Deployment): readonly Need[] {
  const model = entryOf(models, deployment.model);
  const needs: Need[] = [];
  const need = (feature: ApiFeature, why: string) => needs.push({ feature, why: `"${key}" ${why}` });
  if (model !== undefined) {
    if (isOnlyForResponses(model))
      need('responses', `is a "${deployment.model}", which answers the Responses API only`);
    else if (model.reasoning !== undefined)
      need('max-completion-tokens', `is a "${deployment.model}", which refuses max_tokens`);
    if (model.kind === 'image') need('gpt-image', `is a "${deployment.model}"`);
  }
  if (entryOf(skus, deployment.sku)?.billing === 'batch') need('batch', `has the sku "${deployment.sku}"`);
  return needs;
}

function isOnlyForResponses(model: Model): boolean {
  return model.operations.length === 1 && model.operations[0] === 'responses';
}

function missing(api: string, path: string, needs: readonly Need[]): readonly Finding[] {
  const entry = entryOf(apiVersions, api);
  if (entry === undefined) return [];
  return needs
    .filter(({ feature }) => !entry.features.includes(feature))
    .map(({ feature, why }) => ({
      rule: 'feature-missing',
      severity: 'error',
      path,
      message: `"${api}" lacks ${feature}, and ${why}. ${firstWith(feature)}`,
    }));
}

function firstWith(feature: ApiFeature): string {
  const versions = Object.entries(apiVersions.entries).filter(([, { features }]) =>
    features.includes(feature),
  );
  const ga = versions.find(([name, { stage }]) => stage === 'ga' && name !== 'v1')?.[0];
  const first = ga ?? versions.find(([name]) => name !== 'v1')?.[0];
  return first === undefined ? 'Use "v1".' : `Use "v1" or "${first}".`;
}
