import type { Attempt } from './attempt.ts';
import type { Call } from '../engine/call.ts';
import type { Engine } from '../engine/engine.ts';

/** Emits that an attempt has begun, and that the call has moved from its last target. */
export function announceAttempt(
  engine: Engine,
  call: Call,
  { attempt, hedge }: { attempt: Attempt; hedge: boolean },
): void {
  const { admission, number, startedMs } = attempt;
  const { target, tier, grant } = admission;
  const from = call.lastTarget;
  if (!hedge && from !== undefined && from !== target) {
    const event = { callId: call.id, atMs: startedMs, from: from.name, to: target.name };
    const refusal = call.refusals?.at(-1);
    engine.emit({
      type: 'failover',
      ...event,
      spillover: tier > call.lastTier,
      ...(refusal?.target === from ? { leadOn: refusal.code } : undefined),
    });
  }
  call.lastTarget = target;
  call.lastTier = tier;
  if (engine.watched() === undefined) return;
  engine.emit({
    type: 'attempt-started',
    callId: call.id,
    atMs: startedMs,
    attempt: number,
    deployment: target.name,
    resource: target.deployment.resource,
    model: target.deployment.model,
    server: target.server,
    hedge,
    probe: grant.probe,
  });
}
