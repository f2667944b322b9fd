import type { Engine } from '../call/engine.ts';
import type { Spending } from '../call/ledger.ts';
import type { TargetState } from '../quota/quota.ts';

/** The state of one target, as `status()` gives it. */
export interface TargetStatus extends TargetState {
  readonly resource: string;
  /** Recent time to the answer; `0` before the first one. */
  readonly latencyMs: number;
}

/** What a client knows about its targets. */
export interface ClientStatus {
  /** Calls that wait for a target now. */
  readonly waiting: number;
  /** What the calls so far came to. */
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
  for (const [name, target] of engine.targets) {
    targets[name] = {
      ...engine.quota.peek(target.quota),
      resource: target.deployment.resource,
      latencyMs: Math.round(target.latency.ms),
    };
  }
  let waiting = 0;
  for (const { line } of engine.route.all.values()) waiting += line.length;
  return {
    waiting,
    spending: engine.ledger.total(),
    spendingByDeployment: engine.ledger.byDeployment(),
    spendingByTag: engine.ledger.byTag(),
    targets,
  };
}
