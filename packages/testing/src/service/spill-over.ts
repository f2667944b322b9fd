import { spilledOverHeaders, spilloverFailedHeaders, spilloverTarget } from '../limits/spillover.ts';
import type { MockDeployment } from './mock-deployment.ts';
import { Refusal } from './refusal.ts';
import { settle } from './settle.ts';
import type { Turn } from './turn.ts';
import type { WireResponse } from './wire-response.ts';

type Decided = WireResponse | Promise<WireResponse>;

/** A call of a deployment that another one may take over. */
interface Call {
  readonly deployment: MockDeployment;
  readonly call: (deployment: MockDeployment) => Decided;
}

/** Calls a deployment; a provisioned one that cannot answer hands over to its standard one (docs/wire/headers.md#5.4). */
export function spillOver(turn: Turn, { deployment, call }: Call): Decided {
  const header = turn.request.headers['x-ms-spillover-deployment'];
  const targets = {
    property: turn.service.spillover[deployment.name],
    header: typeof header === 'string' ? header : undefined,
  };
  const isProvisioned =
    deployment.config.limits.ptu !== undefined || deployment.config.sku.includes('Provisioned');
  if (!isProvisioned || (targets.property === undefined && targets.header === undefined))
    return call(deployment);
  return handOver(turn, { deployment, call }, targets);
}

async function handOver(
  turn: Turn,
  { deployment, call }: Call,
  targets: { readonly property: string | undefined; readonly header: string | undefined },
): Promise<WireResponse> {
  const first = await answerOf(() => call(deployment));
  const name = spilloverTarget({ status: first.status, code: codeOf(first) ?? null }, targets);
  if (name === undefined) return first;
  const { intervention, admission } = turn;
  settle(admission, first);
  const standard = turn.request.resource.deployment(name);
  const second = standard === undefined ? undefined : await answerOf(() => call(standard));
  if (standard !== undefined && second !== undefined && second.status < 400) {
    return {
      ...second,
      headers: { ...second.headers, ...spilledOverHeaders(deployment.name, standard.name) },
    };
  }
  // The caller sees the provisioned deployment's own answer.
  turn.exchange.deployment = deployment;
  Object.assign(turn.request, { deployment });
  turn.intervention = intervention;
  turn.admission = admission && { headers: admission.headers };
  const code = second === undefined ? 'DeploymentNotFound' : (codeOf(second) ?? String(second.status));
  return { ...first, headers: { ...first.headers, ...spilloverFailedHeaders(code) } };
}

async function answerOf(call: () => Decided): Promise<WireResponse> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Refusal) return error.response;
    throw error;
  }
}

function codeOf(response: WireResponse): string | undefined {
  if (response.kind !== 'json' || response.status < 400) return undefined;
  try {
    const body = JSON.parse(response.text) as { readonly error?: { readonly code?: unknown } } | null;
    const code = body?.error?.code;
    return typeof code === 'string' ? code : undefined;
  } catch {
    // A script may answer anything.
    return undefined;
  }
}
