import type { Answer } from '../answer/answer.ts';
import { summarize } from '../answer/answer-summary.ts';
import { isFields } from '../fields.ts';
import { observedQuota } from '../answer/observed-quota.ts';
import { tokensOf, usageFrom } from '../answer/usage.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { learnFromAnswer, rememberHolder } from '../engine/bound-call.ts';
import type { Call } from '../engine/call.ts';
import { deliverBytes } from './deliver-bytes.ts';
import { deliverStream } from './deliver-stream.ts';
import { finishDelivery } from './delivery.ts';
import type { Delivery, Success } from './delivery.ts';
import type { Engine } from '../engine/engine.ts';
import { requestIdOf } from '../attempt/settle.ts';
import type { TransportResponse } from '../transport/transport.ts';

/** Hands a successful attempt to the caller and settles it when its body has ended, however it ends. */
export function deliver(
  engine: Engine,
  call: Call,
  { attempt, result }: { attempt: Attempt; result: Success },
): Answer {
  const observed = observedQuota(result.response.headers);
  engine.quota.admitted?.(attempt.admission.grant, observed);
  engine.wake();
  attempt.observed = observed;
  announceSuccess(engine, call, { attempt, response: result.response });
  rememberHolder(engine, call, attempt.admission.target.deployment.resource);
  if (result.kind === 'whole') return deliverWhole(engine, call, { attempt, result });
  if (result.kind === 'stream') return deliverStream(engine, call, { attempt, result });
  return deliverBytes(engine, call, { attempt, result });
}

function announceSuccess(
  engine: Engine,
  call: Call,
  { attempt, response }: { attempt: Attempt; response: TransportResponse },
): void {
  if (engine.watched() === undefined) return;
  const requestId = requestIdOf(response.headers);
  engine.emit({
    type: 'attempt-succeeded',
    callId: call.id,
    atMs: engine.now(),
    attempt: attempt.number,
    deployment: attempt.admission.target.name,
    resource: attempt.admission.target.deployment.resource,
    status: response.status,
    durationMs: engine.now() - attempt.startedMs,
    ...(requestId === undefined ? undefined : { requestId }),
  });
}

function deliverWhole(engine: Engine, call: Call, { attempt, result }: Delivery<'whole'>): Answer {
  const { response, body, json } = result;
  const { resource } = attempt.admission.target.deployment;
  learnFromAnswer(engine, call, { text: () => body.toString(), resource });
  const usage = isFields(json) ? usageFrom(json['usage']) : undefined;
  const watched = engine.watched();
  const summary = watched === undefined ? undefined : summarize(json, watched === 'content');
  const tokens = usage && tokensOf(usage);
  finishDelivery(engine, call, { attempt, response, usage, tokens, outcome: 'ok', summary });
  return { status: response.status, headers: response.headers, body, json, destroy: () => undefined };
}
