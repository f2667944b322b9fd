import type { Call } from './call.ts';
import { refusedAlready } from './lead-on.ts';
import type { Engine } from './engine.ts';
import type { UnusableTarget } from '../errors.ts';
import { PoolExhaustedError, ResidencyError } from '../errors.ts';
import type { Grant } from '../quota/quota.ts';
import type { Candidate } from '../route/route.ts';
import { shown } from '../state/references.ts';
import type { Target } from '../route/target.ts';
import type { Look } from '../waiting/waiting-line.ts';

/** Leave to call a target. */
export interface Admission {
  readonly target: Target;
  readonly grant: Grant;
  /** Place of its tier in the pool. */
  readonly tier: number;
}

/** Finds a target that may be called at once, if there is one: for a second attempt beside the first. */
export async function admitNow(engine: Engine, call: Call): Promise<Admission | undefined> {
  const first = call.lastTarget;
  if (call.route.line.length > 0 || first === undefined) return undefined;
  call.failed ??= new Map();
  const { failed } = call;
  const before = failed.get(first);
  failed.set(first, { retryAtMs: Infinity, reason: 'failed' });
  const found = await choose(engine, call, []);
  if (before === undefined) failed.delete(first);
  else failed.set(first, before);
  return found;
}

/** Finds a target that may be called now, or waits in line for one when that fits the deadline. */
export async function admit(engine: Engine, call: Call): Promise<Admission> {
  const { line } = call.route;
  let unusable: UnusableTarget[] = [];
  const look = async (): Promise<Look<Admission>> => {
    unusable = [];
    const found = await choose(engine, call, unusable);
    return found === undefined ? { againAtMs: earliest(unusable) } : { found };
  };
  if (line.length === 0) {
    const first = await look();
    tellSkipped(engine, call, unusable);
    if ('found' in first) return first.found;
    if (first.againAtMs > call.deadlineAtMs) throw exhausted(engine, call, unusable);
  }
  announceWait(engine, call, unusable);
  const admission = await line.wait({
    sinceMs: call.startedMs,
    deadlineAtMs: call.deadlineAtMs,
    cancellation: call.cancellation,
    look,
  });
  if (admission !== undefined) return admission;
  // Whoever never was the first in line has not looked yet.
  if (unusable.length === 0) await look().then((late) => giveBack(engine, late));
  throw exhausted(engine, call, unusable);
}

function tellSkipped(engine: Engine, call: Call, unusable: readonly UnusableTarget[]): void {
  for (const { deployment, reason, retryAtMs } of unusable) {
    engine.emit({
      type: 'target-skipped',
      callId: call.id,
      atMs: engine.now(),
      deployment,
      reason,
      ...(retryAtMs === undefined ? undefined : { untilMs: retryAtMs }),
    });
  }
}

function announceWait(engine: Engine, call: Call, unusable: readonly UnusableTarget[]): void {
  const event = { callId: call.id, atMs: engine.now() };
  const untilMs = unusable.length === 0 ? undefined : earliest(unusable);
  if (call.attempts > 0 && untilMs !== undefined) {
    const delayMs = Math.max(0, untilMs - event.atMs);
    engine.emit({ type: 'retry-scheduled', ...event, attempt: call.attempts + 1, delayMs });
  }
  engine.emit({
    type: 'call-waiting',
    ...event,
    name: call.route.name,
    ahead: call.route.line.length,
    ...(untilMs === undefined ? undefined : { untilMs }),
  });
}

async function giveBack(engine: Engine, late: Look<Admission>): Promise<void> {
  if ('found' in late) await engine.quota.settle(late.found.grant, { result: 'cancelled', counted: false });
}

function earliest(unusable: readonly UnusableTarget[]): number {
  return Math.min(...unusable.map(({ retryAtMs = Infinity }) => retryAtMs));
}

async function choose(
  engine: Engine,
  call: Call,
  unusable: UnusableTarget[],
): Promise<Admission | undefined> {
  for (const [tier, candidates] of call.route.tiers.entries()) {
    const left = candidates.filter((candidate) => isOpen(engine, call, { candidate, unusable }));
    for (let candidate = better(engine, left); candidate !== undefined; candidate = better(engine, left)) {
      left.splice(left.indexOf(candidate), 1);
      const { target } = candidate;
      const asked = engine.quota.reserve(target.quota, call.request.tokens);
      const grant = asked instanceof Promise ? await asked : asked;
      if (grant.ok) return { target, grant, tier };
      unusable.push({
        deployment: target.name,
        reason: grant.reason,
        ...(grant.retryAtMs === Infinity ? undefined : { retryAtMs: grant.retryAtMs }),
        detail: describe(engine, target, grant),
      });
    }
  }
  return undefined;
}

function isOpen(
  engine: Engine,
  call: Call,
  { candidate: { target }, unusable }: { candidate: Candidate; unusable: UnusableTarget[] },
): boolean {
  const barred = barrier(call, target);
  if (barred !== undefined) {
    unusable.push({ deployment: target.name, ...barred });
    return false;
  }
  const failed = call.failed?.get(target);
  if (failed === undefined || failed.retryAtMs <= engine.now()) return true;
  unusable.push({
    deployment: target.name,
    reason: failed.reason,
    ...(failed.retryAtMs === Infinity ? undefined : { retryAtMs: failed.retryAtMs }),
    detail: 'has failed this call',
  });
  return false;
}

/** What keeps a call from a target for good. */
function barrier(call: Call, target: Target): Pick<UnusableTarget, 'reason' | 'detail'> | undefined {
  if (target.forbidden !== undefined) return { reason: 'policy', detail: 'is forbidden by the policy' };
  const refused = refusedAlready(call, target);
  if (refused !== undefined) return { reason: 'failed', detail: refused };
  const { resource } = target.deployment;
  const isElsewhere =
    call.boundTo === undefined ? call.elsewhere.includes(resource) : call.boundTo !== resource;
  if (!isElsewhere) return undefined;
  const { things, items } = call.refersTo;
  return { reason: 'sticky', detail: `does not hold ${shown(things[0] ?? items[0])}` };
}

/** The better of two random candidates (power of two choices): by free quota, then by recent latency. */
function better(engine: Engine, candidates: readonly Candidate[]): Candidate | undefined {
  if (candidates.length < 2) return candidates[0];
  const first = draw(engine, candidates);
  const second = draw(
    engine,
    candidates.filter((candidate) => candidate !== first),
  );
  if (first === undefined || second === undefined) return first;
  return score(engine, second) > score(engine, first) ? second : first;
}

/** One at random, by weight. */
function draw(engine: Engine, candidates: readonly Candidate[]): Candidate | undefined {
  let point = engine.random() * candidates.reduce((sum, { weight }) => sum + weight, 0);
  return candidates.find(({ weight }) => (point -= weight) < 0) ?? candidates.at(-1);
}

function score(engine: Engine, { target }: Candidate): number {
  const { free } = engine.quota.peek(target.quota);
  return free / Math.max(1, target.latency.ms);
}

function describe(
  engine: Engine,
  target: Target,
  refusal: { readonly reason: string; readonly retryAtMs: number },
): string {
  const until = refusal.retryAtMs === Infinity ? '' : ` until ${new Date(refusal.retryAtMs).toISOString()}`;
  if (refusal.reason === 'parked') return `is parked${until}`;
  if (refusal.reason === 'circuit-open') {
    const { attempts, failures } = engine.quota.peek(target.quota);
    return `has an open circuit${until}${attempts > 0 ? ` (${failures} of the last ${attempts} attempts failed)` : ''}`;
  }
  if (refusal.retryAtMs === Infinity) return `never takes so many ${refusal.reason} at once`;
  return `has no ${refusal.reason} left${until}`;
}

function exhausted(engine: Engine, call: Call, targets: readonly UnusableTarget[]): Error {
  const forbidden = call.route.tiers.flat().map(({ target }) => target.forbidden);
  const [breach] = forbidden;
  // Where all are forbidden, waiting is not what is wrong.
  if (breach !== undefined && !forbidden.includes(undefined)) return new ResidencyError(breach);
  return new PoolExhaustedError({
    pool: call.route.name,
    targets,
    nowMs: engine.now(),
    ...(call.last !== undefined && 'error' in call.last ? { cause: call.last.error } : undefined),
  });
}
