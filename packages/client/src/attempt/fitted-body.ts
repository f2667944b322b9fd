import type { Attempt } from './attempt.ts';
import type { Call } from '../engine/call.ts';
import type { Engine } from '../engine/engine.ts';
import type { WireBody } from '../request/call-request.ts';
import { fitParameters } from '../request/fit-parameters.ts';

/** The body of an attempt: as the caller gave it, or with `fit` as the target's model takes it. Changes are emitted. */
export function bodyOf(engine: Engine, call: Call, attempt: Attempt): WireBody | Promise<WireBody> {
  const { request, settings, mentions } = call;
  const { target } = attempt.admission;
  if (!settings.fit || request.text === undefined) return request.bodyFor(target, { mentions });
  const { model } = target.deployment;
  // From the text: the getters of an object of the caller could return something else the second time.
  const asked = JSON.parse(request.text) as Record<string, unknown>;
  const { json, changes } = fitParameters({
    operation: request.operation,
    json: asked,
    model,
    api: target.resource.api,
  });
  if (changes.length === 0) return request.bodyFor(target, { mentions });
  engine.emit({
    type: 'request-fitted',
    callId: call.id,
    atMs: engine.now(),
    attempt: attempt.number,
    deployment: target.name,
    resource: target.deployment.resource,
    model,
    changes,
  });
  return request.bodyFor(target, { mentions, changed: json });
}
