import type { Admission } from './admit.ts';
import { announceAttempt } from './announce.ts';
import { openAttempt } from './attempt.ts';
import type { Attempt, AttemptResult } from './attempt.ts';
import { startsBackgroundWork } from './background-work.ts';
import type { Call } from '../engine/call.ts';
import type { Engine } from '../engine/engine.ts';
import { runAttempt } from './run-attempt.ts';
import { settle, settleFailure } from './settle.ts';

/** A call that is late already is often very late: a target that takes up to twice the wait may still answer first. */
const hopefulFactor = 2;

/**
 * An answer is worth a hedge when it is later than expected by so many mean deviations: by fewer while the budget is full,
 * by more when it is nearly spent, so that something is left for the calls of the long tail.
 */
const leastDeviations = 1.8;
const mostDeviations = 4.5;
/** The last hedges of the budget are for calls at targets that are known to be slow. */
const keptHedges = 4;

/** An attempt that has come to its end. */
export interface Ended {
  readonly attempt: Attempt;
  readonly result: AttemptResult;
}

/** Runs an attempt and, when it is slow, another one beside it: the first answer wins, the other is aborted. */
export async function runHedged(
  engine: Engine,
  call: Call,
  { first, admitNow }: { first: Attempt; admitNow: (fasterThanMs: number) => Promise<Admission | undefined> },
): Promise<Ended> {
  const running = start(engine, call, first);
  const { hedge } = engine;
  if (hedge === undefined || !call.request.replayable || startsBackgroundWork(call)) return running;
  const { underWay } = first.admission;
  const deviations = mostDeviations - (mostDeviations - leastDeviations) * hedge.saved();
  const isLearned = hedge.afterMs === 'auto';
  const afterMs = isLearned ? engine.chooser.lateMs(underWay, deviations) : hedge.afterMs;
  if (afterMs === undefined) return running;
  const wait = timer(afterMs);
  const early = await Promise.race([running, wait.over]).finally(wait.stop);
  if (early !== undefined) return early;
  if (!hedge.spend(isLearned && !engine.chooser.isSlowNow(underWay) ? keptHedges : 0)) return running;
  // A store that is away does not end a call whose first attempt is under way.
  const admission = await admitNow(isLearned ? afterMs * hopefulFactor : Infinity).catch(() => undefined);
  if (admission === undefined) {
    hedge.giveBack();
    return running;
  }
  const second = openAttempt(engine, call, admission);
  announceAttempt(engine, call, { attempt: second, hedge: true });
  engine.emit({
    type: 'hedge-started',
    callId: call.id,
    atMs: second.startedMs,
    from: first.admission.target.name,
    to: admission.target.name,
    afterMs: second.startedMs - first.startedMs,
  });
  return firstAnswer(engine, call, [
    { attempt: first, ended: running },
    { attempt: second, ended: start(engine, call, second) },
  ]);
}

interface Runner {
  readonly attempt: Attempt;
  readonly ended: Promise<Ended>;
}

async function start(engine: Engine, call: Call, attempt: Attempt): Promise<Ended> {
  return { attempt, result: await runAttempt(engine, call, attempt) };
}

async function firstAnswer(engine: Engine, call: Call, runners: readonly [Runner, Runner]): Promise<Ended> {
  try {
    const winner = await Promise.race(runners.map(({ ended }) => ended));
    const loser = runners[0].attempt === winner.attempt ? runners[1] : runners[0];
    // An answer, or the service's last word on the request.
    if (winner.result.kind !== 'failed' || winner.result.classified.outcome === 'fatal') {
      void drop(engine, loser);
      return winner;
    }
    await settleFailure(engine, call, { attempt: winner.attempt, failed: winner.result });
    return await loser.ended;
  } catch (error) {
    // An abort of the caller, or the deadline: both attempts end.
    for (const runner of runners) void drop(engine, runner);
    throw error;
  }
}

async function drop(engine: Engine, { attempt, ended }: Runner): Promise<void> {
  attempt.scope.abort(new DOMException('Another target answered first.', 'AbortError'));
  const late = await ended.catch(() => undefined);
  if (late !== undefined && late.result.kind !== 'failed') late.result.response.destroy();
  await settle(engine, attempt, { result: 'cancelled' });
}

function timer(ms: number): { over: Promise<undefined>; stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const handle = setTimeout(resolve, ms, undefined);
  return {
    over: promise,
    stop: () => {
      clearTimeout(handle);
    },
  };
}
