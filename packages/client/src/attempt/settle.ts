import type { Attempt, AttemptResult } from './attempt.ts';
import { backoffMs } from '../engine/backoff.ts';
import { noteNotHere, refersToAny } from '../engine/bound-call.ts';
import type { Call } from '../engine/call.ts';
import type { Engine } from '../engine/engine.ts';
import type { AttemptFailed } from '../events/events.ts';
import { observedQuota } from '../answer/observed-quota.ts';
import type { Settlement } from '../quota/quota.ts';
import type { Route } from '../route/route.ts';
import type { Target } from '../route/target.ts';
import type { TransportHeaders } from '../transport/transport.ts';

/** Closes an attempt: quota, parking and circuit in one step, and emits what that changed. */
export async function settle(
  engine: Engine,
  attempt: Attempt,
  { refusal, ...settlement }: Settlement & { readonly refusal?: Refused | undefined },
): Promise<void> {
  attempt.scope.end();
  if (attempt.settled) return;
  attempt.settled = true;
  const { grant, target, underWay } = attempt.admission;
  const { tokens } = settlement;
  const result = refusal !== undefined ? 'refused' : settlement.result === 'ok' ? 'ok' : 'other';
  engine.chooser.ended(underWay, {
    result,
    ...refusal,
    size: tokens?.output,
    cachedTokens: tokens?.cachedInput,
  });
  const settled = engine.quota.settle(grant, settlement);
  const change = settled instanceof Promise ? await settled : settled;
  engine.wake();
  const event = { atMs: engine.now(), deployment: target.name };
  const reason = 'failures';
  if (change.circuitOpened !== undefined) {
    engine.emit({ type: 'circuit-opened', ...event, reason, untilMs: change.circuitOpened.untilMs });
  }
  if (change.circuitClosed === true) engine.emit({ type: 'circuit-closed', ...event, reason });
  if (change.parked !== undefined) {
    const cause = settlement.result === 'throttled' ? 'throttled' : 'unavailable';
    engine.emit({ type: 'target-parked', ...event, untilMs: change.parked.untilMs, reason: cause });
  }
}

/** A refusal that speaks neither of quota nor of health: the target's own problem if other targets answer. */
interface Refused {
  readonly status: number;
  readonly others: Route['tiers'];
}

type Failed = Extract<AttemptResult, { kind: 'failed' }>;

/** Settles a failed attempt and remembers when the call may come back to the target. */
export async function settleFailure(
  engine: Engine,
  call: Call,
  { attempt, failed }: { attempt: Attempt; failed: Failed },
): Promise<void> {
  const { target } = attempt.admission;
  const { outcome, retryAfterMs, limitHit } = failed.classified;
  if (outcome === 'not-here') noteNotHere(call, target, failed.answer);
  if (outcome === 'leads-on') (call.refusals ??= []).push({ target, code: failed.classified.code ?? '' });
  const nowMs = engine.now();
  const waitMs = retryAfterMs ?? ownWait(engine, call, { target, outcome });
  const headers = failed.answer?.headers;
  const observed = headers === undefined ? undefined : observedQuota(headers);
  const parks = retryAfterMs !== undefined || outcome === 'throttled' || outcome === 'misplaced';
  (call.failed ??= new Map()).set(target, {
    retryAtMs: nowMs + waitMs,
    reason: parks ? 'parked' : 'failed',
  });
  engine.emit(failedEvent(engine, call, { attempt, failed }));
  await settle(engine, attempt, {
    result: resultOf(outcome),
    ...(observed === undefined ? undefined : { observed }),
    ...(limitHit === undefined ? undefined : { limitHit }),
    ...(retryAfterMs === undefined ? undefined : { waitMs: retryAfterMs }),
    ...(parks ? { parkUntilMs: nowMs + waitMs } : undefined),
    refusal: refusalOf(call, failed),
  });
}

/** Not where the request speaks of something that only one resource holds, and not what a content filter says. */
function refusalOf(call: Call, { classified: { outcome, code }, status }: Failed): Refused | undefined {
  if (status === undefined || refersToAny(call) || code === 'content_filter') return undefined;
  return outcome === 'fatal' || outcome === 'refused' || outcome === 'unauthorized'
    ? { status, others: call.route.tiers }
    : undefined;
}

/** A deployment that is not there may just be new: Azure says to try again in some minutes. */
const misplacedParkMs = 30_000;

function ownWait(
  engine: Engine,
  call: Call,
  { target, outcome }: { target: Target; outcome: Failed['classified']['outcome'] },
): number {
  // Only a refreshed credential brings the call back.
  if (outcome === 'unauthorized') return Infinity;
  // It would refuse the same request again.
  if (outcome === 'refused') return Infinity;
  if (outcome === 'misplaced') return misplacedParkMs;
  const before = call.failed?.has(target) === true ? call.attempts : 1;
  return backoffMs(before, engine.backoff, engine.random);
}

function resultOf(outcome: Failed['classified']['outcome']): Settlement['result'] {
  if (outcome === 'throttled') return 'throttled';
  return outcome === 'unavailable' ? 'failed' : 'cancelled';
}

function failedEvent(
  engine: Engine,
  call: Call,
  { attempt, failed }: { attempt: Attempt; failed: Failed },
): AttemptFailed {
  const { target } = attempt.admission;
  const { outcome, code, retryAfterMs } = failed.classified;
  const requestId = failed.answer === undefined ? undefined : requestIdOf(failed.answer.headers);
  return {
    type: 'attempt-failed',
    callId: call.id,
    atMs: engine.now(),
    attempt: attempt.number,
    deployment: target.name,
    resource: target.deployment.resource,
    outcome: outcome === 'misplaced' ? 'unavailable' : outcome === 'ok' ? 'fatal' : outcome,
    durationMs: engine.now() - attempt.startedMs,
    ...(failed.status === undefined ? undefined : { status: failed.status }),
    ...(code === undefined ? undefined : { code }),
    ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
    ...(requestId === undefined ? undefined : { requestId }),
  };
}

/** The service's id for a request. Answers of the gateway carry only the second (docs/wire/authentication.md#3.1). */
export function requestIdOf(headers: TransportHeaders): string | undefined {
  return headers.get('x-request-id') ?? headers.get('apim-request-id') ?? undefined;
}
