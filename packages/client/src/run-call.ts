import { admit } from './admit.ts';
import type { Admission } from './admit.ts';
import type { Answer } from './answer.ts';
import { deadlineExceeded, openAttempt, runAttempt } from './attempt.ts';
import type { Attempt, AttemptResult } from './attempt.ts';
import type { Call } from './call.ts';
import { deliver } from './deliver.ts';
import type { Engine } from './engine.ts';
import { PoolExhaustedError } from './errors.ts';
import { connectionFailed } from './connection-failure.ts';
import { finishCall, startCall } from './finish-call.ts';
import type { CallInput } from './finish-call.ts';
import { settle, settleFailure } from './settle.ts';

/** Makes a call: attempt after attempt until one answers, within the deadline and the retry budgets. */
export async function runCall(engine: Engine, input: CallInput): Promise<Answer> {
  const call = startCall(engine, input);
  try {
    for (;;) {
      const answer = await tryOnce(engine, call);
      if (answer !== undefined) return answer;
    }
  } catch (error) {
    finishCall(engine, call, { outcome: call.cancellation.aborted ? 'aborted' : 'error', error });
    throw error;
  }
}

/** One attempt. `undefined` when another one makes sense. */
async function tryOnce(engine: Engine, call: Call): Promise<Answer | undefined> {
  const admission = await admitOrGiveUp(engine, call);
  if (admission === undefined) return lastAnswer(engine, call);
  const attempt = openAttempt(engine, call, admission);
  announce(engine, call, attempt);
  let result: AttemptResult;
  try {
    result = await runAttempt(engine, call, attempt);
  } catch (error) {
    await settle(engine, attempt, { result: 'cancelled' });
    throw error;
  }
  if (result.kind !== 'failed') return deliver(engine, call, { attempt, result });
  await settleFailure(engine, call, { attempt, failed: result });
  call.last = result.answer === undefined ? { error: result.error } : { answer: result.answer };
  return (await shouldRetry(engine, call, { attempt, result })) ? undefined : lastAnswer(engine, call);
}

/** A target, or `undefined` when the call has to make do with the answer that it has. */
async function admitOrGiveUp(engine: Engine, call: Call): Promise<Admission | undefined> {
  if (engine.now() >= call.deadlineAtMs) throw deadlineExceeded(call, call.attempts);
  try {
    return await admit(engine, call);
  } catch (error) {
    // An answer of the service says more than we can.
    if (error instanceof PoolExhaustedError && call.last !== undefined) return undefined;
    throw error;
  }
}

async function shouldRetry(
  engine: Engine,
  call: Call,
  { attempt, result }: { attempt: Attempt; result: Extract<AttemptResult, { kind: 'failed' }> },
): Promise<boolean> {
  const { outcome } = result.classified;
  if (!call.request.replayable || outcome === 'fatal') return false;
  if (outcome === 'unauthorized') return refresh(engine, call, { attempt, result });
  return call.attempts <= call.settings.maxRetries && engine.budget.spend();
}

async function refresh(
  engine: Engine,
  call: Call,
  { attempt, result }: { attempt: Attempt; result: Extract<AttemptResult, { kind: 'failed' }> },
): Promise<boolean> {
  const { target } = attempt.admission;
  const { resource } = target.deployment;
  if (call.refreshed.has(resource)) return false;
  call.refreshed.add(resource);
  const claims = claimsOf(result.answer?.headers.get('www-authenticate') ?? null);
  const refreshed = await target.credential.refresh({
    scope: target.scope,
    rejected: attempt.signed.headers,
    ...(claims === undefined ? undefined : { claims }),
  });
  engine.emit({ type: 'credential-refreshed', callId: call.id, atMs: engine.now(), resource, refreshed });
  call.failed.delete(target);
  return refreshed;
}

/** The claims challenge of Continuous Access Evaluation, decoded. */
function claimsOf(header: string | null): string | undefined {
  const encoded = header === null ? undefined : /claims="([^"]+)"/.exec(header)?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

function lastAnswer(engine: Engine, call: Call): Answer {
  const { last } = call;
  if (last === undefined) throw new TypeError('A call ends with an answer or an error.');
  if ('error' in last) throw connectionFailed(last.error);
  finishCall(engine, call, { outcome: 'error', answer: last.answer });
  return last.answer;
}

function announce(engine: Engine, call: Call, { admission, number, startedMs }: Attempt): void {
  const { target, tier, grant } = admission;
  const from = call.lastTarget;
  if (from !== undefined && from !== target) {
    const spillover = tier > 0;
    const event = { callId: call.id, atMs: startedMs, from: from.name, to: target.name, spillover };
    engine.emit({ type: 'failover', ...event });
  }
  call.lastTarget = target;
  engine.emit({
    type: 'attempt-started',
    callId: call.id,
    atMs: startedMs,
    attempt: number,
    deployment: target.name,
    resource: target.deployment.resource,
    model: target.deployment.model,
    server: target.server,
    hedge: false,
    probe: grant.probe,
  });
}
