import { apiVersions } from './catalog/api-versions.ts';
import { cloudOf, isRegionalHost } from './endpoint.ts';
import type { Config, Deployment, Resource } from './config.ts';
import type { ConfigIssue } from './errors.ts';
import { pathText } from './read/path.ts';
import type { Policy } from './policy.ts';
import { isAllowed, processingOf } from './processing.ts';

/** One broken clause of a policy. */
export interface PolicyBreach extends ConfigIssue {
  readonly clause: keyof Policy;
  /** Key of the deployment that may not be called; absent when the whole resource may not. */
  readonly deployment?: string;
  readonly resource: string;
}

/** Everything in a config that its own policy forbids. `defineConfig` refuses each of them. */
export function policyBreaches(config: Config): readonly PolicyBreach[] {
  return [
    ...Object.entries(config.resources).flatMap(([name, resource]) =>
      resourceBreaches(name, resource, config.policy),
    ),
    ...Object.entries(config.deployments).flatMap(([name, deployment]) =>
      deploymentBreaches(name, deployment, config),
    ),
  ];
}

function resourceBreaches(name: string, resource: Resource, policy: Policy): PolicyBreach[] {
  const breaches: PolicyBreach[] = [];
  const host = new URL(resource.endpoint).hostname;
  if (policy.clouds !== undefined && !policy.clouds.includes(resource.cloud)) {
    breaches.push({
      path: pathText(['resources', name, cloudOf(host) === undefined ? 'cloud' : 'endpoint']),
      message: `\`policy.clouds\` ${list(policy.clouds)} forbids the cloud "${resource.cloud}". Use a resource in ${list(policy.clouds)}, or change the policy.`,
      clause: 'clouds',
      resource: name,
    });
  }
  if (policy.previewApis === 'forbid' && isPreview(resource.api)) {
    breaches.push({
      path: pathText(['resources', name, 'api']),
      message: `\`policy.previewApis\` forbids "${resource.api}", a preview. Use "v1" or "2024-10-21".`,
      clause: 'previewApis',
      resource: name,
    });
  }
  if (policy.apiKeys === 'forbid' && isRegionalHost(host)) {
    breaches.push({
      path: pathText(['resources', name, 'endpoint']),
      message: `\`policy.apiKeys\` forbids ${JSON.stringify(host)}: a regional host takes an API key only. Use the custom subdomain, for example "https://my-resource.openai.azure.com".`,
      clause: 'apiKeys',
      resource: name,
    });
  }
  return breaches;
}

function deploymentBreaches(name: string, deployment: Deployment, config: Config): PolicyBreach[] {
  const { processing, models } = config.policy;
  const resource = config.resources[deployment.resource];
  if (resource === undefined) return [];
  const breaches: PolicyBreach[] = [];
  const where = processingOf(deployment, resource);
  if (!isAllowed(where, processing)) {
    const inResource = where.where === 'unknown' && where.missing === 'region';
    breaches.push({
      path: pathText(
        inResource ? ['resources', deployment.resource, 'region'] : ['deployments', name, 'sku'],
      ),
      message: processingMessage(deployment, resource, processing ?? []),
      clause: 'processing',
      deployment: name,
      resource: deployment.resource,
    });
  }
  const forbidden = modelBreach(deployment.model, models);
  if (forbidden !== undefined) {
    breaches.push({
      path: pathText(['deployments', name, 'model']),
      message: forbidden,
      clause: 'models',
      deployment: name,
      resource: deployment.resource,
    });
  }
  return breaches;
}

function processingMessage(deployment: Deployment, resource: Resource, allowed: readonly string[]): string {
  const clause = `\`policy.processing\` ${list(allowed)} forbids`;
  const sku = JSON.stringify(deployment.sku);
  const where = processingOf(deployment, resource);
  switch (where.where) {
    case 'anywhere':
      return `${clause} ${sku}: it may process data in any Azure region. Use a sku that stays in ${list(allowed)}, for example "DataZoneStandard" or "Standard".`;
    case 'data-zone':
      return `${clause} ${sku} in ${JSON.stringify(resource.region)}: it may process data anywhere in the data zone "${where.zone}". Use a resource in ${list(allowed)}, or "Standard" for one region.`;
    case 'region':
      return `${clause} ${sku} in ${JSON.stringify(where.region)}: it processes data there. Use a resource in ${list(allowed)}.`;
    case 'unknown':
      return `${clause} what it cannot check. ${unknownMessage(where.missing, deployment, resource)}`;
  }
}

function unknownMessage(
  missing: 'sku' | 'region' | 'zone',
  deployment: Deployment,
  resource: Resource,
): string {
  if (missing === 'region')
    return 'Set `region` to the Azure region of the resource, for example "swedencentral".';
  if (missing === 'sku') {
    return `The sku ${JSON.stringify(deployment.sku)} is not in the catalog. Use a known one, for example "DataZoneStandard".`;
  }
  return `The region ${JSON.stringify(resource.region)} is in no known data zone. Use "Standard", or a resource in another region.`;
}

function modelBreach(model: string, rule: Policy['models']): string | undefined {
  const { allow, deny = [] } = rule ?? {};
  const denied = deny.find((pattern) => matches(model, pattern));
  if (denied !== undefined) return `\`policy.models.deny\` forbids "${model}". Deploy another model.`;
  if (allow === undefined || allow.some((pattern) => matches(model, pattern))) return undefined;
  return `\`policy.models.allow\` does not name "${model}". Deploy one of ${list(allow)}.`;
}

/** `gpt-5.6-luna` names one model, `gpt-5*` every model whose name starts so. */
function matches(model: string, pattern: string): boolean {
  const [name, wanted] = [model.toLowerCase(), pattern.toLowerCase()];
  return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}

function isPreview(api: string): boolean {
  return Object.hasOwn(apiVersions.entries, api)
    ? apiVersions.entries[api]?.stage === 'preview'
    : api.endsWith('-preview');
}

function list(values: readonly string[]): string {
  return JSON.stringify(values).replaceAll('","', '", "');
}
