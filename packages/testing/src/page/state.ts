import type { QuotaUse } from '../limits/admission.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import type { MockResource } from '../service/mock-resource.ts';
import type { Observed } from '../script/observed.ts';
import { faultButtons } from './fault-buttons.ts';

/** The data of the page, as JSON, without bodies and headers. */
export interface PageState {
  readonly now: number;
  readonly timeScale: number;
  readonly resources: readonly { readonly name: string; readonly region: string }[];
  readonly deployments: readonly DeploymentState[];
  readonly requests: readonly RequestState[];
  readonly buttons: readonly { readonly id: string; readonly label: string; readonly title: string }[];
}

interface DeploymentState {
  readonly key: string;
  readonly name: string;
  readonly model: string;
  readonly sku: string;
  readonly resource: string;
  readonly limits: { readonly tpm?: number; readonly rpm?: number; readonly ptu?: number };
  readonly use: QuotaUse;
  /** Requests since the start. */
  readonly requests: number;
}

interface RequestState {
  readonly number: number;
  readonly atMs: number;
  readonly what: string;
  readonly deployment: string;
  readonly status: number;
  readonly outcome: string;
  readonly tookMs: number;
  readonly findings: readonly string[];
}

/** The sources of the state. */
export interface PageSource {
  now(): number;
  readonly timeScale: number;
  resources(): readonly MockResource[];
  use(deployment: MockDeployment): QuotaUse;
  /** Deployments that were called: with `anyDeployment` there are some that no config names. */
  called(): Iterable<MockDeployment>;
  /** Requests to a deployment since the start. */
  count(deployment: MockDeployment): number;
  /** The last requests, oldest first. */
  recent(count: number): readonly Observed[];
}

/** The state of a mock at this moment. */
export function pageState(source: PageSource): PageState {
  const resources = source.resources();
  return {
    now: source.now(),
    timeScale: source.timeScale,
    resources: resources.map(({ name, regionName }) => ({ name, region: regionName })),
    deployments: [
      ...new Set([...resources.flatMap(({ deployments }) => deployments), ...source.called()]),
    ].map((deployment) => ({
      key: deployment.key,
      name: deployment.name,
      model: deployment.model,
      sku: deployment.config.sku,
      resource: deployment.config.resource,
      limits: deployment.config.limits,
      use: source.use(deployment),
      requests: source.count(deployment),
    })),
    requests: source.recent(50).map(requestState).reverse(),
    buttons: faultButtons.map(({ id, label, title }) => ({ id, label, title })),
  };
}

function requestState({ request, findings }: Observed): RequestState {
  const { response } = request;
  return {
    number: request.number,
    atMs: request.receivedAtMs,
    what: `${request.method} ${request.path}`,
    deployment: request.deployment ?? '',
    status: response?.status ?? 0,
    outcome: response?.outcome ?? 'pending',
    tookMs: Math.round((response?.finishedAtMs ?? request.receivedAtMs) - request.receivedAtMs),
    findings: findings.map(({ message }) => message),
  };
}
