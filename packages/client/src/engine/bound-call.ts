import type { Answer } from '../answer/answer.ts';
import type { AttemptResult } from './attempt-result.ts';
import type { Call } from './call.ts';
import type { Engine } from './engine.ts';
import type { Target } from '../route/target.ts';
import type { Route } from '../route/route.ts';
import { handedOut, saysUnkept } from '../state/handed-out.ts';
import { isNotHere } from '../state/not-here.ts';
import { isEncrypted } from '../state/references.ts';
import type { References } from '../state/references.ts';
import type { SseEvent } from '../answer/sse.ts';

/** The resource that holds what a call refers to, as far as this process knows. */
export function holderOf(engine: Engine, route: Route, { things, items }: References): string | undefined {
  const holder = things.length === 0 ? undefined : engine.holders.of(things);
  if (holder !== undefined || items.length === 0) return holder;
  return ifOnRoute(route, engine.holders.of(items));
}

/** The same, by what the other replicas know. */
export async function askForHolder(engine: Engine, { route, refersTo }: Call): Promise<string | undefined> {
  const { ask } = engine.holders;
  if (ask === undefined) return undefined;
  const { things, items } = refersTo;
  const holder = things.length === 0 ? undefined : await ask(things);
  // Replicas of another version may have other names for their resources.
  if (holder !== undefined && engine.resources.has(holder)) return holder;
  return items.length === 0 ? undefined : ifOnRoute(route, await ask(items));
}

/**
 * A conversation that moves to a name that its resource does not have cannot stay there: the service is asked whether
 * it takes the items all the same, as it does with plain messages.
 */
function ifOnRoute(route: Route, holder: string | undefined): string | undefined {
  const isThere = route.tiers.some((tier) =>
    tier.some(({ target }) => target.deployment.resource === holder),
  );
  return isThere ? holder : undefined;
}

export function refersToAny({ refersTo: { things, items } }: Call): boolean {
  return things.length > 0 || items.length > 0;
}

/** Reads a refusal once more where the holder is unknown: it may only mean that this resource is not the holder. */
export function withNotHere(call: Call, result: AttemptResult): AttemptResult {
  if (result.kind !== 'failed' || result.answer === undefined) return result;
  if (result.classified.outcome !== 'fatal' && result.classified.outcome !== 'refused') return result;
  if (call.boundTo !== undefined || !refersToAny(call)) return result;
  const { classified, status, answer } = result;
  const body = answer.body instanceof Uint8Array ? Buffer.from(answer.body).toString('utf8') : '';
  const references = [...call.refersTo.things, ...call.refersTo.items];
  return isNotHere({ status, code: classified.code, body }, references)
    ? { ...result, classified: { ...classified, outcome: 'not-here' } }
    : result;
}

/** What a call refers to is not in this resource. */
export function noteNotHere(call: Call, target: Target, answer: Answer | undefined): void {
  call.elsewhere.push(target.deployment.resource);
  call.notHere ??= answer;
}

/** Whether a resource that the call may go to has not been asked yet. */
export function mayBeElsewhere({ route, elsewhere }: Call): boolean {
  return route.tiers.some((tier) =>
    tier.some(
      ({ target }) => target.forbidden === undefined && !elsewhere.includes(target.deployment.resource),
    ),
  );
}

/**
 * A resource that has answered a request holds what that refers to. Of the other items it may have read only what they
 * say, under ids that the caller made up.
 */
export function rememberHolder(engine: Engine, call: Call, resource: string): void {
  if (call.boundTo !== undefined || !refersToAny(call)) return;
  const { things, items } = call.refersTo;
  engine.holders.remember([...things, ...items.filter(isEncrypted)], resource);
}

/** Remembers where the things are that a whole answer speaks of. */
export function learnFromAnswer(
  engine: Engine,
  call: Call,
  { text, resource }: { text: () => string; resource: string },
): void {
  if (!leavesSomething(call)) return;
  const body = text();
  engine.holders.remember(handedOut(body, { isKept: isKept(call) && !saysUnkept(body) }), resource);
}

/** The same for events of a stream. */
export function learnFromEvents(
  engine: Engine,
  call: Call,
  { events, resource }: { events: readonly SseEvent[]; resource: string },
): void {
  if (!leavesSomething(call)) return;
  for (const { data, json, event } of events) {
    const { type } = (json ?? {}) as { readonly type?: unknown };
    if (!speaksOfThings.test(typeof type === 'string' ? type : (event ?? ''))) continue;
    engine.holders.remember(handedOut(data, { isKept: isKept(call) && !saysUnkept(data) }), resource);
  }
}

/** The events that bring something whole: a response, an item, and what assistants make. */
const speaksOfThings =
  /^response\.(?:created|completed|incomplete|output_item\.done)$|^thread\.(?:[\w.]+\.)?(?:created|completed)$/;

function isKept({ request: { json } }: Call): boolean {
  return json?.['store'] !== false;
}

/** Chats and embeddings leave nothing behind; everything else may. Models are everywhere. */
function leavesSomething({ request: { operation, json, path } }: Call): boolean {
  if (operation === 'responses') return true;
  if (operation === 'other') return !path.startsWith('/models');
  return json?.['store'] === true || (json?.['audio'] ?? undefined) !== undefined;
}
