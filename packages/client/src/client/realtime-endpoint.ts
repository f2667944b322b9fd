import type { Engine } from '../call/engine.ts';
import { ResidencyError } from '../errors.ts';
import type { Target } from '../route/target.ts';

/** Where a realtime session is opened, and how it is signed. */
export interface RealtimeEndpoint {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Name of the deployment in the config. */
  readonly deployment: string;
}

/**
 * The WebSocket of the first deployment behind a name that is neither parked nor has an open circuit, for any
 * WebSocket client. A session stays where it was opened.
 */
export async function realtimeEndpoint(engine: Engine, name: string): Promise<RealtimeEndpoint> {
  engine.calls.throwIfClosed();
  const targets = engine
    .route(name)
    .tiers.flat()
    .map(({ target }) => target);
  const allowed = targets.filter(({ forbidden }) => forbidden === undefined);
  const breach = targets[0]?.forbidden;
  if (allowed.length === 0 && breach !== undefined) throw new ResidencyError(breach);
  const target = allowed.find((candidate) => isUsable(engine, candidate)) ?? allowed[0];
  if (target === undefined)
    throw new RangeError(`Cannot open a realtime session: ${JSON.stringify(name)} is empty.`);
  const signed = await target.credential.headers({ scope: target.scope });
  const { keyHeader } = target.resource;
  const headers = Object.fromEntries(
    Object.entries(signed).map(([header, value]) => [header === 'api-key' ? keyHeader : header, value]),
  );
  return { url: urlOf(target), headers, deployment: target.name };
}

function isUsable(engine: Engine, target: Target): boolean {
  const { circuit, parkedUntilMs } = engine.quota.peek(target.quota);
  return circuit !== 'open' && parkedUntilMs === 0;
}

/** GA: `/openai/v1/realtime?model=`; preview: `/openai/realtime?api-version=&deployment=` (wire.md 1.3). */
function urlOf({ resource, deployment }: Target): URL {
  const url = new URL(
    `${resource.endpoint}${resource.basePath}/openai/${resource.api === 'v1' ? 'v1/' : ''}realtime`,
  );
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  if (resource.api !== 'v1') url.searchParams.set('api-version', resource.api);
  url.searchParams.set(resource.api === 'v1' ? 'model' : 'deployment', deployment.deployment);
  return url;
}
