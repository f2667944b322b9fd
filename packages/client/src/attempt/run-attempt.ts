import type { Attempt, AttemptResult } from './attempt.ts';
import { mayHaveBegun, startsBackgroundWork } from './background-work.ts';
import { withNotHere } from '../engine/bound-call.ts';
import type { Call } from '../engine/call.ts';
import { connectionFailed } from '../answer/connection-failure.ts';
import type { Engine } from '../engine/engine.ts';
import { AnswerTooLargeError, DeadlineExceededError, TransportLoadError } from '../errors.ts';
import { withLeadOn } from '../engine/lead-on.ts';
import { readAnswer } from './read-answer.ts';
import { isOfCaller } from '../request/callers-stream.ts';
import { isUnsendable, prepare, unsendable } from './send.ts';
import { proxyErrorCode } from '../transport/proxy.ts';

/** Sends one attempt and reads as much of the answer as it takes to know what it means. */
export async function runAttempt(engine: Engine, call: Call, attempt: Attempt): Promise<AttemptResult> {
  const { scope } = attempt;
  const ready = await prepare(engine, call, attempt).catch((error: unknown) => {
    // The time of the attempt was over before anything was sent: for the caller a time-out like any other.
    const isTimeout = error instanceof DOMException && error === scope.signal.reason;
    throw isTimeout && !call.cancellation.aborted ? connectionFailed(error) : error;
  });
  try {
    const response = await engine.transport(ready);
    const result = finality(call, await readAnswer({ engine, call, attempt, response }));
    return withLeadOn(call, withNotHere(call, result));
  } catch (error) {
    // An abort of the caller and the deadline end the call, not only this attempt.
    call.cancellation.throwIfAborted();
    if (error instanceof DeadlineExceededError) throw error;
    scope.abort(error);
    if (isOfCaller(error) || error instanceof AnswerTooLargeError) throw error;
    if (error instanceof TransportLoadError || proxyErrorCode(error) === 'PROXY_UNUSABLE') throw error;
    if (isUnsendable(error)) throw unsendable(error);
    return finality(call, failedConnection(error));
  }
}

/** Marks a failure after which the same work may be under way already. */
function finality(call: Call, result: AttemptResult): AttemptResult {
  if (result.kind !== 'failed' || !startsBackgroundWork(call) || !mayHaveBegun(result)) return result;
  return { ...result, isFinal: true };
}

function failedConnection(error: unknown): AttemptResult {
  const { code } = (error ?? {}) as { code?: unknown };
  return {
    kind: 'failed',
    classified: { outcome: 'unavailable', ...(typeof code === 'string' ? { code } : undefined) },
    error,
  };
}
