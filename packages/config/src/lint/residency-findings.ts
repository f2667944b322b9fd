import { regions } from '../catalog/regions.ts';
import { clouds } from '../catalog/clouds.ts';
import { skus, type Sku } from '../catalog/skus.ts';
import { entryOf } from '../catalog/table.ts';
import type { Config, Deployment } from '../config.ts';
import { isRegionalHost, nameOfPrivateLink } from '../endpoint.ts';
import { pathText } from '../read/path.ts';
import { policyBreaches } from '../policy-breaches.ts';
import { processingOf } from '../processing.ts';
import { didYouMean } from '../read/suggest.ts';
import type { Finding } from './finding.ts';

/** Findings about residency, sign-in and skus. */
export function residencyFindings(
  config: Config,
  credential: 'api-key' | 'entra-id' | undefined,
): readonly Finding[] {
  return [
    ...policyBreaches(config).map(
      ({ path, message }) => ({ rule: 'policy', severity: 'error', path, message }) as const,
    ),
    ...signIn(config, credential),
    ...Object.entries(config.deployments).flatMap(([name, deployment]) =>
      skuFindings(config, name, deployment),
    ),
  ];
}

function signIn(config: Config, credential: 'api-key' | 'entra-id' | undefined): readonly Finding[] {
  const findings: Finding[] = [];
  if (config.policy.apiKeys === 'forbid' && credential === 'api-key') {
    const message = 'API keys are forbidden, and calls sign in with one. Use `entraId()`.';
    findings.push({ rule: 'key-auth-forbidden', severity: 'error', path: 'policy.apiKeys', message });
  }
  for (const [name, { endpoint, cloud }] of Object.entries(config.resources)) {
    if (clouds.entries[cloud].unconfirmed === true) {
      const message = `whether Azure OpenAI is offered in the cloud "${cloud}" was not established: hosts and scopes are those of public code.`;
      findings.push({
        rule: 'cloud-unconfirmed',
        severity: 'info',
        path: pathText(['resources', name]),
        message,
      });
    }
    const publicName = nameOfPrivateLink(new URL(endpoint).hostname);
    if (publicName !== undefined) {
      findings.push({
        rule: 'private-link-endpoint',
        severity: 'warning',
        path: pathText(['resources', name, 'endpoint']),
        message: `a host of a private DNS zone has no certificate of its own, so TLS fails. Use "https://${publicName}", whose DNS answers with the private address.`,
      });
    }
    if (credential === 'api-key' || !isRegionalHost(new URL(endpoint).hostname)) continue;
    const message =
      'a regional host takes an API key only. Use the custom subdomain of the resource to sign in with Entra ID.';
    findings.push({
      rule: 'regional-endpoint',
      severity: 'warning',
      path: pathText(['resources', name, 'endpoint']),
      message,
    });
  }
  return findings;
}

function skuFindings(config: Config, name: string, deployment: Deployment): readonly Finding[] {
  const path = pathText(['deployments', name, 'sku']);
  const resource = config.resources[deployment.resource];
  const sku = entryOf(skus, deployment.sku);
  if (sku === undefined) {
    const message = `"${deployment.sku}" is not in the catalog of ${skus.asOf}.${didYouMean(deployment.sku, Object.keys(skus.entries))}`;
    return [{ rule: 'sku-unknown', severity: 'warning', path, message }];
  }
  const findings: Finding[] = [...ptuSize(name, deployment, sku)];
  if (sku.lifetimeHours !== undefined) {
    const message = `Azure deletes a deployment with the sku "${deployment.sku}" after ${sku.lifetimeHours} hours. Use another sku for anything that stays.`;
    findings.push({ rule: 'sku-short-lived', severity: 'warning', path, message });
  }
  if (resource !== undefined && sku.clouds !== undefined && !sku.clouds.includes(resource.cloud)) {
    const message = `"${deployment.sku}" is not offered in the cloud "${resource.cloud}". Use "DataZoneStandard" or "Standard".`;
    findings.push({ rule: 'sku-not-in-cloud', severity: 'warning', path, message });
  }
  if (resource !== undefined) findings.push(...withinGeography(config, { path, deployment, resource }));
  return findings;
}

/** Azure deploys provisioned units in steps. */
function ptuSize(name: string, { sku, limits: { ptu } }: Deployment, { units }: Sku): readonly Finding[] {
  if (ptu === undefined || units === undefined) return [];
  if (ptu >= units.minimum && (ptu - units.minimum) % units.step === 0) return [];
  const message = `"${sku}" comes in steps of ${units.step} units from ${units.minimum}; ${ptu} is none of them.`;
  return [
    {
      rule: 'ptu-size',
      severity: 'warning',
      path: pathText(['deployments', name, 'limits', 'ptu']),
      message,
    },
  ];
}

/** Microsoft promises the geography, not the region: this matters only when the policy names the region. */
function withinGeography(
  config: Config,
  {
    path,
    deployment,
    resource,
  }: { path: string; deployment: Deployment; resource: Config['resources'][string] },
): readonly Finding[] {
  const allowed = config.policy.processing;
  const where = processingOf(deployment, resource);
  if (allowed === undefined || where.where !== 'region') return [];
  if (where.zone !== undefined && allowed.includes(where.zone)) return [];
  const geography = entryOf(regions, where.region)?.geography;
  const others = Object.entries(regions.entries).filter(
    ([name, entry]) => entry.geography === geography && name !== where.region && !allowed.includes(name),
  );
  if (geography === undefined || others.length === 0) return [];
  const message = `Microsoft processes data of "${deployment.sku}" in the region, and “for operational purposes” in its geography, ${geography}: also ${others.map(([name]) => JSON.stringify(name)).join(', ')} (documents of ${regions.asOf}). Check that your rule allows it.`;
  return [{ rule: 'within-geography', severity: 'info', path, message }];
}
