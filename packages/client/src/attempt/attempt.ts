import type { Admission } from './admit.ts';
import type { AttemptScope } from '../waiting/attempt-scope.ts';
import { attemptScope } from '../waiting/attempt-scope.ts';
import type { AttemptResult } from '../engine/attempt-result.ts';
import type { Call } from '../engine/call.ts';
import type { Engine } from '../engine/engine.ts';
import { DeadlineExceededError } from '../errors.ts';
import type { ObservedQuota } from '../quota/quota.ts';

export type { AttemptResult };

export interface Attempt {
  readonly admission: Admission;
  readonly number: number;
  readonly startedMs: number;
  readonly scope: AttemptScope;
  /** Headers that signed the attempt. */
  readonly signed: { headers: Readonly<Record<string, string>> };
  /** What the answer says of the quota. */
  observed: ObservedQuota | undefined;
  /** Quota and circuit know how it ended. */
  settled: boolean;
}

/** Opens an attempt: its own signal and its own timers. */
export function openAttempt(engine: Engine, call: Call, admission: Admission): Attempt {
  const startedMs = engine.now();
  call.attempts += 1;
  const attempts = call.attempts;
  const scope = attemptScope(call.cancellation, {
    inMs: Math.max(0, call.deadlineAtMs - startedMs),
    // A hedge may have been added since.
    error: () => deadlineExceeded(call, call.attempts),
  });
  scope.limit(call.settings.attemptTimeoutMs, call.request.stream ? 'headers' : 'answer');
  return {
    admission,
    number: attempts,
    startedMs,
    scope,
    signed: { headers: {} },
    observed: undefined,
    settled: false,
  };
}

export function deadlineExceeded(call: Call, attempts: number): DeadlineExceededError {
  return new DeadlineExceededError({
    call: call.route.name,
    deadlineMs: call.settings.deadlineMs,
    attempts,
    cause: call.last !== undefined && 'error' in call.last ? call.last.error : undefined,
  });
}
