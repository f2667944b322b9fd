import { admit, admitNow } from '../attempt/admit.ts';
import { announceAttempt } from '../attempt/announce.ts';
import type { Admission } from '../attempt/admit.ts';
import type { Answer } from '../answer/answer.ts';
import { deadlineExceeded, openAttempt } from '../attempt/attempt.ts';
import type { Attempt, AttemptResult } from '../attempt/attempt.ts';
import { attemptScope } from '../waiting/attempt-scope.ts';
import { askForHolder, mayBeElsewhere, refersToAny } from '../engine/bound-call.ts';
import type { Call } from '../engine/call.ts';
import { leadsSomewhere } from '../engine/lead-on.ts';
import { deliver } from '../deliver/deliver.ts';
import type { Engine } from '../engine/engine.ts';
import { PoolExhaustedError, UnexpectedAnswerError } from '../errors.ts';
import { connectionFailed } from '../answer/connection-failure.ts';
import { withRetryAfter } from '../answer/retry-after.ts';
import { finishCall, startCall } from '../engine/finish-call.ts';
import type { CallInput } from '../engine/finish-call.ts';
import { runHedged } from '../attempt/hedge.ts';
import { holdBudget } from '../engine/hold-budget.ts';
import { proxyErrorCode } from '../transport/proxy.ts';
import { untilAborted } from '../waiting/until-aborted.ts';
import { settle, settleFailure } from '../attempt/settle.ts';

/** Makes a call: attempt after attempt until one answers, within the deadline and the retry budgets. */
export async function runCall(engine: Engine, input: CallInput): Promise<Answer> {
  engine.calls.throwIfClosed();
  const call = startCall(engine, input);
  try {
    if (engine.budgets !== undefined) await holdBudget(engine, call);
    if (engine.holders.ask !== undefined && call.boundTo === undefined && refersToAny(call)) {
      call.boundTo = await askForHolder(engine, call);
    }
    for (;;) {
      const answer = await tryOnce(engine, call);
      if (answer !== undefined) return answer;
    }
  } catch (error) {
    finishCall(engine, call, { outcome: call.cancellation.aborted ? 'aborted' : 'error', error });
    throw error;
  } finally {
    engine.calls.answered();
  }
}

/** One attempt. `undefined` when another one makes sense. */
async function tryOnce(engine: Engine, call: Call): Promise<Answer | undefined> {
  const admission = await admitOrGiveUp(engine, call);
  if (admission === undefined) return lastAnswer(engine, call);
  const attempt = openAttempt(engine, call, admission);
  announceAttempt(engine, call, { attempt, hedge: false });
  const { attempt: last, result } = await runHedged(engine, call, {
    first: attempt,
    admitNow: (fasterThanMs) => admitNow(engine, call, { exclude: admission.target, fasterThanMs }),
  }).catch(async (error: unknown) => {
    await settle(engine, attempt, { result: 'cancelled' });
    throw error;
  });
  if (result.kind !== 'failed') {
    const { underWay, grant } = last.admission;
    // A whole answer is learned with its size, when it is settled.
    if (result.kind !== 'whole') engine.chooser.answered(underWay, grant.tokens.input);
    return deliver(engine, call, { attempt: last, result });
  }
  await settleFailure(engine, call, { attempt: last, failed: result });
  call.hintMs = result.classified.retryAfterMs;
  call.last = lastOf(call, result);
  const failure = { attempt: last, result };
  const step = nextStep(engine, call, failure);
  if (step === 'refresh-credential') {
    if (await refresh(engine, call, failure)) return undefined;
    if (!engine.chooser.isRefusing(last.admission.target)) return lastAnswer(engine, call);
  }
  if (step === 'stop' || (step === 'retry' && !engine.budget.spend())) return lastAnswer(engine, call);
  return undefined;
}

/** A target, or `undefined` when the call has to make do with the answer that it has. */
async function admitOrGiveUp(engine: Engine, call: Call): Promise<Admission | undefined> {
  if (engine.now() >= call.deadlineAtMs) throw deadlineExceeded(call, call.attempts);
  try {
    return await admit(engine, call);
  } catch (error) {
    // The service's own answer says more than an error of ours.
    if (error instanceof PoolExhaustedError && call.last !== undefined) return undefined;
    throw error;
  }
}

function lastOf(
  call: Call,
  { answer, error, classified }: Extract<AttemptResult, { kind: 'failed' }>,
): Call['last'] {
  if (classified.outcome !== 'not-here') return answer === undefined ? { error } : { answer };
  // Another resource may hold it.
  return mayBeElsewhere(call) || call.notHere === undefined ? call.last : { answer: call.notHere };
}

/** What a failed attempt leads to. */
type NextStep =
  /** The answer is the call's answer. */
  | 'stop'
  /** Another attempt, where and when one may be made, at the cost of the retry budget. */
  | 'retry'
  /** Another target that the answer leads on to. */
  | 'go-on'
  /** The credential may be old. */
  | 'refresh-credential';

function nextStep(engine: Engine, call: Call, { attempt, result }: Failure): NextStep {
  const { outcome } = result.classified;
  const { target } = attempt.admission;
  const mayRetry = call.attempts <= call.settings.maxRetries;
  if (!call.request.replayable || result.isFinal === true) return 'stop';
  switch (outcome) {
    case 'not-here':
      return mayBeElsewhere(call) ? 'go-on' : 'stop';
    case 'leads-on':
      return leadsSomewhere(call) ? 'go-on' : 'stop';
    case 'unauthorized':
      if (!call.refreshed.includes(target.deployment.resource)) return 'refresh-credential';
      return mayRetry && engine.chooser.isRefusing(target) ? 'retry' : 'stop';
    case 'fatal':
      // Other targets accept what this one refuses.
      return mayRetry && engine.chooser.isRefusing(target) ? 'retry' : 'stop';
    case 'refused':
      return mayRetry && hasOtherTarget(call) ? 'retry' : 'stop';
    default:
      return mayRetry ? 'retry' : 'stop';
  }
}

/** Whether there is a target that this call may still go to. */
function hasOtherTarget({ route, failed, boundTo }: Call): boolean {
  return route.tiers.some((tier) =>
    tier.some(
      ({ target }) =>
        target.forbidden === undefined &&
        failed?.get(target)?.retryAtMs !== Infinity &&
        (boundTo === undefined || boundTo === target.deployment.resource),
    ),
  );
}

interface Failure {
  readonly attempt: Attempt;
  readonly result: Extract<AttemptResult, { kind: 'failed' }>;
}

async function refresh(engine: Engine, call: Call, { attempt, result }: Failure): Promise<boolean> {
  const { target } = attempt.admission;
  const { resource } = target.deployment;
  call.refreshed.push(resource);
  const claims = claimsOf(result.answer?.headers.get('www-authenticate') ?? null);
  const scope = attemptScope(call.cancellation, {
    inMs: Math.max(0, call.deadlineAtMs - engine.now()),
    error: () => deadlineExceeded(call, call.attempts),
  });
  try {
    const asked = target.credential.refresh({
      scope: target.scope,
      rejected: attempt.signed.headers,
      signal: scope.signal,
      ...(claims === undefined ? undefined : { claims }),
    });
    const refreshed = await untilAborted(asked, scope.signal);
    engine.emit({ type: 'credential-refreshed', callId: call.id, atMs: engine.now(), resource, refreshed });
    call.failed?.delete(target);
    return refreshed;
  } finally {
    scope.end();
  }
}

/** The claims challenge of Continuous Access Evaluation, decoded. */
function claimsOf(header: string | null): string | undefined {
  const encoded = header === null ? undefined : /claims="([^"]+)"/.exec(header)?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

/** Errors that say what to do: the SDK would replace them with “Connection error”. */
function isForReader(error: unknown): boolean {
  return error instanceof UnexpectedAnswerError || proxyErrorCode(error) !== undefined;
}

function lastAnswer(engine: Engine, call: Call): Answer {
  const last = call.last ?? (call.notHere && { answer: call.notHere });
  if (last === undefined) throw new TypeError('A call ends with an answer or an error.');
  if ('error' in last) throw isForReader(last.error) ? last.error : connectionFailed(last.error);
  finishCall(engine, call, { outcome: 'error', answer: last.answer });
  const { hintMs } = call;
  return hintMs === undefined
    ? last.answer
    : { ...last.answer, headers: withRetryAfter(last.answer.headers, hintMs) };
}
