import type { Call } from '../engine/call.ts';
import { refusedAlready } from '../engine/lead-on.ts';
import type { Engine } from '../engine/engine.ts';
import type { UnusableTarget } from '../errors.ts';
import { PoolExhaustedError, ResidencyError } from '../errors.ts';
import type { Choice, UnderWay } from '../choice/choice.ts';
import type { Grant, Refusal } from '../quota/quota.ts';
import type { Candidate } from '../route/route.ts';
import { shown } from '../state/references.ts';
import type { Target } from '../route/target.ts';
import type { Look } from '../waiting/waiting-line.ts';

/** Permission to send one attempt. */
export interface Admission {
  readonly target: Target;
  readonly grant: Grant;
  /** Place of its tier in the pool. */
  readonly tier: number;
  /** The attempt in the books of the choice. */
  readonly underWay: UnderWay;
}

/** What the target of a hedge has to differ in. */
export interface Beside {
  /** The target of the first attempt: another one is wanted. */
  readonly exclude: Target;
  /** The hedge must be expected to take less than this. */
  readonly fasterThanMs: number;
}

/** Finds a target that may be called at once, if there is one: for a second attempt beside the first. */
export async function admitNow(engine: Engine, call: Call, beside: Beside): Promise<Admission | undefined> {
  if (call.route.line.length > 0) return undefined;
  return choose(engine, call, { unusable: [], beside });
}

/** Finds a target that may be called now, or waits in line for one when that fits the deadline. */
export async function admit(engine: Engine, call: Call): Promise<Admission> {
  const { line } = call.route;
  let unusable: UnusableTarget[] = [];
  const look = async (): Promise<Look<Admission>> => {
    unusable = [];
    const found = await choose(engine, call, { unusable });
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
  // A call that never was the first in line has not looked yet.
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
  if (!('found' in late)) return;
  engine.chooser.undo(late.found.underWay);
  await engine.quota.settle(late.found.grant, { result: 'cancelled', counted: false });
}

function earliest(unusable: readonly UnusableTarget[]): number {
  return Math.min(...unusable.map(({ retryAtMs = Infinity }) => retryAtMs));
}

interface Search {
  /** Called with the reason why a target cannot be called. */
  readonly unusable: UnusableTarget[];
  readonly beside?: Beside;
}

async function choose(engine: Engine, call: Call, search: Search): Promise<Admission | undefined> {
  const { unusable, beside } = search;
  const refusing: Candidate[] = [];
  const choices = engine.chooser.order(
    call.route.tiers,
    (candidate) => isOpen(engine, call, { candidate, search, refusing }),
    call.asked,
  );
  for (const choice of choices) {
    if (beside !== undefined && !isFaster(engine, call, { choice, beside })) continue;
    const found = tryChoice(engine, call, { choice, unusable });
    const admission = found instanceof Promise ? await found : found;
    if (admission !== undefined) return admission;
  }
  return beside === undefined ? lastResort(engine, call, { refusing, unusable }) : undefined;
}

/** Asks the store for one target. The choice counts before the store has answered, so that calls made at once spread. */
function tryChoice(
  engine: Engine,
  call: Call,
  { choice, unusable }: { choice: Choice; unusable: UnusableTarget[] },
): Admission | undefined | Promise<Admission | undefined> {
  const { target } = choice.candidate;
  const underWay = engine.chooser.begin(choice, call.asked);
  const decide = (grant: Grant | Refusal): Admission | undefined => {
    if (grant.ok) {
      engine.chooser.sent(underWay);
      return { target, grant, tier: choice.tier, underWay };
    }
    engine.chooser.undo(underWay);
    unusable.push({
      deployment: target.name,
      reason: grant.reason,
      ...(grant.retryAtMs === Infinity ? undefined : { retryAtMs: grant.retryAtMs }),
      detail: describe(engine, target, grant),
    });
    return undefined;
  };
  const asked = engine.quota.reserve(target.quota, call.request.tokens);
  if (!(asked instanceof Promise)) return decide(asked);
  return asked.then(decide, (error: unknown) => {
    engine.chooser.undo(underWay);
    throw error;
  });
}

/** Takes a target that refuses, when waiting for another one does not help. */
async function lastResort(
  engine: Engine,
  call: Call,
  { refusing, unusable }: { refusing: readonly Candidate[]; unusable: UnusableTarget[] },
): Promise<Admission | undefined> {
  const refusingNames = refusing.map(({ target }) => target.name);
  const others = unusable.filter(({ deployment }) => !refusingNames.includes(deployment));
  if (refusing.length === 0 || others.some(({ retryAtMs }) => retryAtMs !== undefined)) return undefined;
  for (const candidate of refusing) {
    const choice = engine.chooser.lastChoice(call.route.tiers, candidate);
    const found = tryChoice(engine, call, { choice, unusable });
    const admission = found instanceof Promise ? await found : found;
    if (admission !== undefined) return admission;
  }
  return undefined;
}

/** Whether a hedge there may help: not where it would take as long. A target that nothing is known of may. */
function isFaster(
  engine: Engine,
  call: Call,
  { choice, beside }: { choice: Choice; beside: Beside },
): boolean {
  const expectedMs = engine.chooser.expectedMs(choice.candidate.target, call.asked.kind);
  return expectedMs === undefined || expectedMs < beside.fasterThanMs;
}

function isOpen(
  engine: Engine,
  call: Call,
  { candidate, search, refusing }: { candidate: Candidate; search: Search; refusing: Candidate[] },
): boolean {
  const { target } = candidate;
  const { unusable, beside } = search;
  if (target === beside?.exclude) return false;
  const barred = barrier(call, target);
  if (barred !== undefined) {
    unusable.push({ deployment: target.name, ...barred });
    return false;
  }
  const failed = call.failed?.get(target);
  if (failed !== undefined && failed.retryAtMs > engine.now()) {
    unusable.push({
      deployment: target.name,
      reason: failed.reason,
      ...(failed.retryAtMs === Infinity ? undefined : { retryAtMs: failed.retryAtMs }),
      detail: 'has failed this call',
    });
    return false;
  }
  const retryAtMs = engine.chooser.refusesUntilMs(target);
  if (retryAtMs === undefined) return true;
  refusing.push(candidate);
  const detail = 'refuses calls that others answer';
  unusable.push({ deployment: target.name, reason: 'refusing', retryAtMs, detail });
  return false;
}

/** Why a call can never go to a target. */
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
  // Where the policy forbids all targets, the error is about the policy and not about waiting.
  if (breach !== undefined && !forbidden.includes(undefined)) return new ResidencyError(breach);
  return new PoolExhaustedError({
    pool: call.route.name,
    targets,
    nowMs: engine.now(),
    ...(call.last !== undefined && 'error' in call.last ? { cause: call.last.error } : undefined),
  });
}
