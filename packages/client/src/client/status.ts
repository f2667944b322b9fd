import type { Engine } from '../engine/engine.ts';
import type { Spending } from '../engine/ledger.ts';
import type { Target } from '../route/target.ts';
import type { TargetState } from '../quota/quota.ts';

/** The state of one target, as `status()` gives it. */
export interface TargetStatus extends TargetState {
  readonly resource: string;
  /** Why it is left alone beside what `circuit` and `parkedUntilMs` say: it is slow, or refuses what others accept. */
  readonly problem?: 'slow-calls' | 'refusals';
  /** By kind of call (`chat`, `chat stream`, …): times of the last answers, for streams to their first content. */
  readonly latency: Readonly<Record<string, TargetLatency>>;
  /** Share of the input tokens that came from the prompt cache. */
  readonly cachedInputShare: number;
}

/** Times of the last 128 answers of one kind, in milliseconds. */
interface TargetLatency {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** What a client knows about its targets. */
export interface ClientStatus {
  /** Calls that wait for a target now. */
  readonly waiting: number;
  /** Calls, tokens and cost so far. */
  readonly spending: Spending;
  readonly spendingByDeployment: Readonly<Record<string, Spending>>;
  /** By `key=value` of the tags. */
  readonly spendingByTag: Readonly<Record<string, Spending>>;
  /** By the names of the deployments. */
  readonly targets: Readonly<Record<string, TargetStatus>>;
}

/** The status of all targets now. */
export function clientStatus(engine: Engine): ClientStatus {
  const targets: Record<string, TargetStatus> = {};
  const spendingByDeployment = engine.ledger.byDeployment();
  for (const [name, target] of engine.targets) {
    targets[name] = {
      ...engine.quota.peek(target.quota),
      resource: target.deployment.resource,
      ...problemOf(engine, target),
      latency: latencyOf(engine, target),
      cachedInputShare: cachedShare(spendingByDeployment[name]),
    };
  }
  let waiting = 0;
  for (const { line } of engine.route.all.values()) waiting += line.length;
  return {
    waiting,
    spending: engine.ledger.total(),
    spendingByDeployment,
    spendingByTag: engine.ledger.byTag(),
    targets,
  };
}

function problemOf(engine: Engine, target: Target): Pick<TargetStatus, 'problem'> {
  const { refusals, slow } = engine.chooser.book(target);
  if (refusals.status !== undefined) return { problem: 'refusals' };
  return slow.state(engine.now()) === 'closed' ? {} : { problem: 'slow-calls' };
}

function latencyOf(engine: Engine, target: Target): TargetStatus['latency'] {
  const { kinds } = engine.chooser.book(target);
  return Object.fromEntries(
    [...kinds].flatMap(([kind, { latency }]) =>
      latency.quantileMs(0.5) === 0
        ? []
        : [
            [
              kind,
              { p50Ms: Math.round(latency.quantileMs(0.5)), p95Ms: Math.round(latency.quantileMs(0.95)) },
            ],
          ],
    ),
  );
}

function cachedShare(spending: Spending | undefined): number {
  if (spending === undefined || spending.inputTokens === 0) return 0;
  return spending.cachedInputTokens / spending.inputTokens;
}
