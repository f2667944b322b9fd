import type { Config } from '@aoai/config';
import type { CallSettings } from '../engine/call.ts';
import type { Engine } from '../engine/engine.ts';
import type { CallRequest } from '../request/call-request.ts';
import type { Route } from '../route/route.ts';
import { referencesIn } from '../state/references.ts';
import { isWrite } from '../request/read-request.ts';
import { isUnderDeployment } from '../route/target.ts';
import { waitingLine } from '../waiting/waiting-line.ts';

/** The route of a request: by its name, or to a resource when it has none. */
export function routeFor(
  config: Config,
  engine: Engine,
  { request, settings }: { request: CallRequest; settings: CallSettings },
): Route {
  if (request.name !== undefined) return engine.route(request.name);
  // A dated api would put it under the first deployment that comes, whatever the policy says about that one.
  if (isWrite(request.method) && isUnderDeployment(request.path)) {
    const known = config.names.map((name) => JSON.stringify(name));
    throw new TypeError(
      `Cannot send ${JSON.stringify(request.path)}: it has no \`model\`. Set \`model\` to a name of the config: ${known.join(', ')}.`,
    );
  }
  const preferred = settings.resource ?? Object.keys(config.resources)[0] ?? '';
  const ofResources = engine.resources;
  const first = ofResources.get(preferred);
  if (first === undefined) {
    const known = Object.keys(config.resources).map((name) => JSON.stringify(name));
    throw new RangeError(
      `Cannot resolve resource ${JSON.stringify(preferred)}: no deployment of this config is in it. Known names: ${known.join(', ')}.`,
    );
  }
  // A thing whose holder is unknown may be in any resource: they are asked in turn.
  const others = [...ofResources.values()].filter((target) => target !== first);
  const { things, items } = referencesIn(request);
  const asked = things.length > 0 || items.length > 0 ? [first, ...others] : [first];
  return {
    name: preferred,
    leadOn: [],
    tiers: asked.map((target) => [{ target }]),
    line: waitingLine(engine.now),
  };
}
