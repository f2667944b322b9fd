import { catalog, entryOf } from '@aoai/config';
import type { Deployment } from '@aoai/config';
import type { MockDeployment } from '../service/mock-deployment.ts';
import type { ArmAccount } from './account.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';
import { capabilitiesOf } from './model-list.ts';
import { billingOf, capacityOf } from './quota.ts';
import { accountId, provider } from './scope.ts';
import type { ArmNames } from './scope.ts';

/** Properties of a deployment that only Resource Manager knows. */
export type DeploymentExtras = Readonly<Record<string, unknown>>;

const keptProperties = [
  'raiPolicyName',
  'versionUpgradeOption',
  'spilloverDeploymentName',
  'serviceTier',
  'deploymentState',
  'parentDeploymentName',
  'routing',
];

/** The deployment as Resource Manager writes it. */
export function deploymentJson(
  names: ArmNames,
  account: ArmAccount,
  { deployment, extras }: { readonly deployment: MockDeployment; readonly extras: DeploymentExtras },
): Record<string, unknown> {
  const { config, name } = deployment;
  const capacity = capacityOf(deployment);
  return {
    id: `${accountId(names, account.name)}/deployments/${name}`,
    name,
    type: `${provider}/accounts/deployments`,
    etag: `"${name}-${capacity}"`,
    sku: { name: config.sku, capacity },
    tags: { ...config.tags },
    properties: {
      model: { format: 'OpenAI', name: deployment.model, version: deployment.version },
      versionUpgradeOption: 'OnceNewDefaultVersionAvailable',
      raiPolicyName: 'Microsoft.DefaultV2',
      deploymentState: 'Running',
      ...extras,
      currentCapacity: capacity,
      capabilities: capabilitiesOf(deployment.traits),
      provisioningState: 'Succeeded',
      rateLimits: rateLimits(deployment),
    },
    systemData: {
      createdBy: 'mock',
      createdByType: 'User',
      createdAt: '2026-01-01T00:00:00.0000000Z',
      lastModifiedBy: 'mock',
      lastModifiedByType: 'User',
      lastModifiedAt: '2026-01-01T00:00:00.0000000Z',
    },
  };
}

/** Requests are counted in ten seconds and tokens in a minute (docs/wire/headers.md#5.1 and docs/wire/limits.md#7.2). */
function rateLimits({ config }: MockDeployment): unknown[] {
  if (billingOf(config.sku) !== 'per-token') return [];
  const { tpm, rpm } = config.limits;
  const requests = rpm === undefined ? [] : [requestRule(rpm)];
  return [...requests, ...(tpm === undefined ? [] : [{ key: 'token', renewalPeriod: 60, count: tpm }])];
}

function requestRule(rpm: number): unknown {
  return rpm % 6 === 0
    ? { key: 'request', renewalPeriod: 10, count: rpm / 6 }
    : { key: 'request', renewalPeriod: 60, count: rpm };
}

/** The body of a PUT or a PATCH, read and checked. */
export interface WantedDeployment {
  readonly config: Deployment;
  readonly capacity: number;
  readonly extras: DeploymentExtras;
}

/** Older chat models get 6 requests a minute for each thousand tokens (docs/wire/limits.md#7.3). */
const requestsPerCapacity = 6;

/** @throws {NeighbourError} for a body that Resource Manager refuses. */
export function readDeployment(
  body: unknown,
  place: {
    readonly account: ArmAccount;
    readonly name: string;
    readonly current: MockDeployment | undefined;
  },
): WantedDeployment {
  const { account, name, current } = place;
  const root = asRecord(body);
  const properties = asRecord(root['properties'] ?? {});
  const model = asRecord(properties['model'] ?? {});
  const sku = asRecord(root['sku'] ?? {});
  const modelName = text(model['name']) ?? current?.model;
  if (modelName === undefined)
    throw invalid('InvalidRequestContent', 'The model of the deployment is required.');
  const version = text(model['version']) ?? (model['name'] === undefined ? current?.version : undefined);
  checkModel(modelName, version);
  const skuName = text(sku['name']) ?? current?.config.sku ?? 'Standard';
  if (entryOf(catalog.skus, skuName) === undefined)
    throw invalid(
      'InvalidResourceProperties',
      `The specified SKU '${skuName}' of account deployment is not supported by the model '${modelName}' version '${version ?? ''}'.`,
    );
  const capacity = sku['capacity'] ?? (current === undefined ? 1 : capacityOf(current));
  if (typeof capacity !== 'number' || !Number.isInteger(capacity) || capacity < 1)
    throw invalid(
      'InvalidCapacity',
      `The specified capacity '${JSON.stringify(capacity)}' of account deployment is not valid. It should be a positive integer.`,
    );
  const isProvisioned = billingOf(skuName) === 'provisioned';
  return {
    capacity,
    config: {
      resource: account.resource.name,
      deployment: name,
      model: modelName,
      ...(version === undefined ? {} : { version }),
      sku: skuName,
      limits: isProvisioned
        ? { ptu: capacity }
        : { tpm: capacity * 1000, rpm: capacity * requestsPerCapacity },
      tags: tagsOf(root['tags']) ?? current?.config.tags ?? {},
    },
    extras: Object.fromEntries(Object.entries(properties).filter(([key]) => keptProperties.includes(key))),
  };
}

function checkModel(name: string, version: string | undefined): void {
  const known = entryOf(catalog.models, name);
  if (known !== undefined && (version === undefined || Object.hasOwn(known.versions, version))) return;
  throw invalid(
    'DeploymentModelNotSupported',
    `The model 'Format:OpenAI,Name:${name},Version:${version ?? ''}' of account deployment is not supported.`,
  );
}

function invalid(code: string, message: string): NeighbourError {
  return new NeighbourError(400, code, message);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalid('InvalidRequestContent', 'The request content was invalid and could not be deserialized.');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function tagsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === undefined) return undefined;
  return Object.fromEntries(Object.entries(asRecord(value)).map(([key, tag]) => [key, String(tag)]));
}
