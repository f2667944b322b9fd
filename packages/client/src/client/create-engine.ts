import type { Config } from '@aoai/config';
import type { ClientOptions, RetryOptions } from './client-options.ts';
import { createTargets, resourceTargets } from './create-targets.ts';
import type { Engine, HedgeRules } from '../engine/engine.ts';
import { createChooser } from '../choice/chooser.ts';
import type { CircuitChange } from '../choice/choice.ts';
import type { SlowCallRules } from '../choice/slow-calls.ts';
import type { ClientEvent } from '../events/events.ts';
import { budgetKeeper } from '../budget/budget-keeper.ts';
import type { BudgetKeeper } from '../budget/budget-keeper.ts';
import { memoryBudgets } from '../budget/memory-budgets.ts';
import { ledger } from '../engine/ledger.ts';
import { memoryQuota } from '../quota/memory-quota.ts';
import { openCalls } from '../engine/calls-under-way.ts';
import { processRetryBudget, retryBudget } from '../engine/retry-budget.ts';
import type { RetryBudget } from '../engine/retry-budget.ts';
import { router } from '../route/route.ts';
import { holders } from '../state/holders.ts';
import { undiciTransport } from '../transport/undici-transport.ts';

/** Makes what the calls of a client share. */
export function createEngine(
  config: Config,
  options: ClientOptions,
  watch: Pick<Engine, 'emit' | 'watched'>,
): Engine {
  const { now = Date.now, random = Math.random } = options;
  const retry = options.retry === false ? {} : (options.retry ?? {});
  const circuit = options.circuit === false ? { failures: Infinity } : (options.circuit ?? {});
  const targets = createTargets(config, options, {
    // A default follows the option that was given: with a window smaller than `failures` the circuit would never open.
    failures: circuit.failures ?? Math.min(5, circuit.window ?? 5),
    window: circuit.window ?? Math.max(10, circuit.failures ?? 0),
    openMs: circuit.openMs ?? Math.min(5_000, circuit.maxOpenMs ?? 5_000),
    maxOpenMs: circuit.maxOpenMs ?? Math.max(120_000, circuit.openMs ?? 0),
  });
  const shared = options.quota?.holders;
  const route = router(config, targets, now);
  const quota = options.quota ?? memoryQuota({ now });
  const emit = (change: CircuitChange): void => {
    watch.emit(circuitEvent(change, now()));
  };
  return {
    ...watch,
    route,
    targets,
    resources: resourceTargets(targets),
    quota,
    chooser: createChooser({ quota, slow: slowCallRules(options), now, random, emit }),
    transport: options.transport ?? undiciTransport(),
    budget: budgetOf(retry),
    budgets: budgetsOf(options, { now, emit: watch.emit }),
    backoff: { initialDelayMs: retry.initialDelayMs ?? 500, maxDelayMs: retry.maxDelayMs ?? 8_000 },
    hedge: hedgeRules(options),
    holders: holders(shared === undefined ? {} : { shared }),
    ledger: ledger(),
    calls: openCalls(),
    now,
    random,
    wake: () => {
      for (const { line } of route.all.values()) if (line.length > 0) line.poke();
    },
  };
}

function budgetsOf(
  { budgets }: ClientOptions,
  { now, emit }: { readonly now: () => number; readonly emit: Engine['emit'] },
): BudgetKeeper | undefined {
  if (budgets === undefined) return undefined;
  const { limits, store = memoryBudgets({ now }) } = budgets;
  return budgetKeeper(limits, {
    store,
    now,
    warn: (warning) => {
      emit({ type: 'budget-warning', atMs: now(), ...warning });
    },
  });
}

/** Clients share one budget, so that many of them do not make many retries; a client with another size has its own. */
function budgetOf({ budgetShare: share, budgetReserve: reserve }: RetryOptions): RetryBudget {
  if (share === undefined && reserve === undefined) return processRetryBudget();
  return retryBudget({
    ...(share === undefined ? undefined : { share }),
    ...(reserve === undefined ? undefined : { reserve }),
  });
}

/** Hedges that can be saved up by calls without one, for the time in which a target gets slow. */
const savedHedges = 15;

function hedgeRules({ hedge }: ClientOptions): HedgeRules | undefined {
  if (hedge === undefined || hedge === false) return undefined;
  if (hedge === 'auto') {
    return { afterMs: hedge, ...retryBudget({ share: hedgedShare, reserve: savedHedges, start: 1 }) };
  }
  const { afterMs, maxShare = hedgedShare } = hedge;
  return { afterMs, ...retryBudget({ share: maxShare, reserve: 1 }) };
}

const hedgedShare = 0.05;

function slowCallRules({ circuit }: ClientOptions): SlowCallRules | undefined {
  if (circuit === false) return undefined;
  const { slowCallDurationMs = 'auto', slowCallRate = 0.5, window = 10, openMs = 5_000 } = circuit ?? {};
  if (slowCallDurationMs === false) return undefined;
  return { durationMs: slowCallDurationMs, rate: slowCallRate, window, openMs };
}

function circuitEvent({ target, state, reason, untilMs }: CircuitChange, atMs: number): ClientEvent {
  const event = { atMs, deployment: target.name, reason };
  return state === 'open'
    ? { type: 'circuit-opened', ...event, untilMs }
    : { type: 'circuit-closed', ...event };
}
