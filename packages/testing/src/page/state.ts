import type { QuotaUse } from '../limits/admission.ts';
import type { ArmedFault } from '../script/script.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import type { MockResource } from '../service/mock-resource.ts';
import type { Observed } from '../script/observed.ts';
import { faultButtons, faultName } from './fault-buttons.ts';
import type { Series } from './history.ts';

/** The data of the page, as JSON, without bodies, headers and keys. */
export interface PageState {
  readonly now: number;
  readonly timeScale: number;
  readonly deployments: readonly DeploymentState[];
  readonly requests: readonly RequestState[];
  readonly findings: readonly FindingGroup[];
  /** Faults that wait for a request. */
  readonly armed: readonly ArmedFault[];
  readonly buttons: readonly { readonly id: string; readonly label: string }[];
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
  readonly series?: Series;
}

interface RequestState {
  readonly number: number;
  readonly atMs: number;
  readonly what: string;
  readonly deployment: string;
  readonly status: number;
  readonly outcome: string;
  readonly tookMs: number;
  /** What scripted the answer. */
  readonly cause: string;
  readonly findings: readonly string[];
}

/** Findings of one rule for one deployment, with the message of the last. */
interface FindingGroup {
  readonly rule: string;
  readonly deployment: string;
  readonly count: number;
  readonly message: string;
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
  armed(): readonly ArmedFault[];
}

/** As many requests as the page shows. */
export const shownRequests = 50;

/** The state of a mock at this moment. */
export function pageState(
  source: PageSource,
  series: (deployment: MockDeployment) => Series | undefined,
): PageState {
  const known = source.resources().flatMap(({ deployments }) => deployments);
  const recent = source.recent(shownRequests);
  return {
    now: source.now(),
    timeScale: source.timeScale,
    deployments: [...new Set([...known, ...source.called()])].map((deployment) => {
      const last = series(deployment);
      return {
        key: deployment.key,
        name: deployment.name,
        model: deployment.model,
        sku: deployment.config.sku,
        resource: deployment.config.resource,
        limits: deployment.config.limits,
        use: source.use(deployment),
        requests: source.count(deployment),
        ...(last && { series: last }),
      };
    }),
    requests: recent.map(requestState).reverse(),
    findings: groupsOf(recent),
    armed: source.armed().map((fault) => ({ ...fault, fault: faultName(fault.fault) })),
    buttons: faultButtons.map(({ id, label }) => ({ id, label })),
  };
}

function requestState({ request, findings }: Observed): RequestState {
  const { response } = request;
  const { cause } = response ?? {};
  return {
    number: request.number,
    atMs: request.receivedAtMs,
    what: `${request.method} ${request.path}`,
    deployment: request.deployment ?? '',
    status: response?.status ?? 0,
    outcome: response?.outcome ?? 'pending',
    tookMs: Math.round((response?.finishedAtMs ?? request.receivedAtMs) - request.receivedAtMs),
    cause: cause === undefined ? '' : cause === 'reply' ? 'scripted' : faultName(cause),
    findings: findings.map(({ rule }) => rule),
  };
}

function groupsOf(recent: readonly Observed[]): FindingGroup[] {
  const groups = new Map<string, FindingGroup>();
  for (const { request, findings } of recent) {
    for (const { rule, message } of findings) {
      const { deployment = '' } = request;
      const key = `${rule}/${deployment}`;
      const count = (groups.get(key)?.count ?? 0) + 1;
      groups.set(key, { rule, deployment, count, message });
    }
  }
  return [...groups.values()].reverse();
}
