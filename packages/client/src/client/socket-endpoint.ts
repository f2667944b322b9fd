import type { Engine } from '../engine/engine.ts';
import { ResidencyError } from '../errors.ts';
import type { Target } from '../route/target.ts';

/** Where a WebSocket is opened, and how it is signed. */
export interface SocketEndpoint {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Name of the deployment in the config. */
  readonly deployment: string;
  /** Name of the deployment in Azure: the `model` of what is sent. */
  readonly model: string;
}

/**
 * The WebSocket of the first deployment behind a name that is neither parked nor has an open circuit, for any
 * WebSocket client. A session stays where it was opened.
 */
export async function realtimeEndpoint(engine: Engine, name: string): Promise<SocketEndpoint> {
  return endpointOf(
    targetFor(engine, name, () => true),
    realtimeUrl,
  );
}

/**
 * The same for the Responses API over a WebSocket, which only the v1 api has. What is sent there is not metered here:
 * `responsesSocket` is.
 */
export async function responsesEndpoint(engine: Engine, name: string): Promise<SocketEndpoint> {
  const isServed = ({ resource }: Target): boolean => resource.api === 'v1';
  return endpointOf(targetFor(engine, name, isServed), responsesUrl);
}

function targetFor(engine: Engine, name: string, isServed: (target: Target) => boolean): Target {
  engine.calls.throwIfClosed();
  const targets = engine
    .route(name)
    .tiers.flat()
    .map(({ target }) => target);
  const allowed = targets.filter(({ forbidden }) => forbidden === undefined);
  const breach = targets[0]?.forbidden;
  if (allowed.length === 0 && breach !== undefined) throw new ResidencyError(breach);
  const served = allowed.filter(isServed);
  const target = served.find((candidate) => isUsable(engine, candidate)) ?? served[0];
  if (target !== undefined) return target;
  throw new RangeError(
    `Cannot open a WebSocket for ${JSON.stringify(name)}: none of its deployments has one. Call a resource with \`api: "v1"\`.`,
  );
}

async function endpointOf(target: Target, urlOf: (target: Target) => URL): Promise<SocketEndpoint> {
  const signed = await target.credential.headers({ scope: target.scope });
  const { keyHeader } = target.resource;
  const headers = Object.fromEntries(
    Object.entries(signed).map(([header, value]) => [header === 'api-key' ? keyHeader : header, value]),
  );
  const { name: deployment } = target;
  return { url: urlOf(target), headers, deployment, model: target.deployment.deployment };
}

function isUsable(engine: Engine, target: Target): boolean {
  const { circuit, parkedUntilMs } = engine.quota.peek(target.quota);
  return circuit !== 'open' && parkedUntilMs === 0;
}

/** GA: `/openai/v1/realtime?model=`; preview: `/openai/realtime?api-version=&deployment=`. */
function realtimeUrl({ resource, deployment }: Target): URL {
  const url = socketUrl(resource, 'realtime');
  if (resource.api !== 'v1') url.searchParams.set('api-version', resource.api);
  url.searchParams.set(resource.api === 'v1' ? 'model' : 'deployment', deployment.deployment);
  return url;
}

function responsesUrl({ resource }: Target): URL {
  return socketUrl(resource, 'responses');
}

function socketUrl({ endpoint, basePath, api }: Target['resource'], operation: string): URL {
  const url = new URL(`${endpoint}${basePath}/openai/${api === 'v1' ? 'v1/' : ''}${operation}`);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  return url;
}
