import type { Answer } from '../answer/answer.ts';
import { askedOf } from './asked-of.ts';
import type { Call, CallSettings } from './call.ts';
import { cancellation } from '../waiting/cancellation.ts';
import type { Engine } from './engine.ts';
import { settleBudget } from './hold-budget.ts';
import type { CallFinished, Usage } from '../events/events.ts';
import type { CallRequest } from '../request/call-request.ts';
import type { Mentions } from '../request/mentions.ts';
import { referencesIn } from '../state/references.ts';
import { holderOf } from './bound-call.ts';
import type { Route } from '../route/route.ts';
import type { Target } from '../route/target.ts';
import { inputMessages } from '../events/event-content.ts';
import { costOf } from '../answer/usage.ts';

/** What a call begins with. */
export interface CallInput {
  readonly request: CallRequest;
  readonly route: Route;
  /** What was found in the request when it was permitted. */
  readonly mentions: Mentions;
  readonly settings: CallSettings;
  readonly signals: readonly (AbortSignal | null | undefined)[];
}

/** Begins a call. */
export function startCall(engine: Engine, { request, route, mentions, settings, signals }: CallInput): Call {
  const startedMs = engine.now();
  const refersTo = referencesIn(request);
  const call: Call = {
    id: idOf(engine, request),
    request,
    route,
    mentions,
    asked: askedOf(request),
    settings,
    cancellation: cancellation(signals),
    startedMs,
    deadlineAtMs: startedMs + settings.deadlineMs,
    attempts: 0,
    failed: undefined,
    last: undefined,
    hintMs: undefined,
    lastTarget: undefined,
    lastTier: 0,
    refersTo,
    boundTo: holderOf(engine, route, refersTo),
    elsewhere: [],
    notHere: undefined,
    refusals: undefined,
    refreshed: [],
    place: -1,
    budgetHold: undefined,
  };
  engine.calls.begin(call);
  engine.budget.earn();
  engine.hedge?.earn();
  const watched = engine.watched();
  if (watched === undefined) return call;
  engine.emit({
    type: 'call-started',
    callId: call.id,
    atMs: startedMs,
    name: route.name,
    operation: request.operation,
    stream: request.stream,
    tags: settings.tags,
    ...(watched === 'content' ? { content: inputMessages(request.json ?? {}) } : undefined),
  });
  return call;
}

/** How a call ended. */
export interface CallEnd {
  readonly outcome: CallFinished['outcome'];
  readonly answer?: Pick<Answer, 'status'>;
  readonly error?: unknown;
  readonly target?: Target;
  readonly usage?: Usage | undefined;
  readonly firstTokenMs?: number | undefined;
  readonly responseId?: string | undefined;
  readonly responseModel?: string | undefined;
  readonly finishReasons?: readonly string[] | undefined;
  /** Messages of the answer, when they are wanted. */
  readonly content?: unknown;
}

/** The caller's own id of the request, unless another call under way has it: the events of the two would be mixed. */
function idOf({ calls }: Engine, { headers }: CallRequest): string {
  const given = headers['x-ms-client-request-id'];
  return given === undefined || calls.has(given) ? crypto.randomUUID() : given;
}

/** Ends a call: removes the listeners from the caller's signals and emits the result. */
export function finishCall(engine: Engine, call: Call, end: CallEnd): void {
  call.cancellation.dispose();
  engine.calls.end(call);
  const { usage, target } = end;
  const price = target?.deployment.price;
  const spent = {
    outcome: end.outcome,
    attempts: call.attempts,
    usage,
    cost: usage === undefined || price === undefined ? undefined : costOf(usage, price),
    deployment: target?.name,
    tags: call.settings.tags,
  };
  engine.ledger.add(spent);
  settleBudget(engine, call, spent);
  if (engine.watched() !== undefined) engine.emit(finishedEvent(engine, call, { ...end, cost: spent.cost }));
}

function finishedEvent(
  engine: Engine,
  call: Call,
  end: CallEnd & { readonly cost: number | undefined },
): CallFinished {
  const { answer, error, target, usage, cost, firstTokenMs, responseId, responseModel, finishReasons } = end;
  const errorType = errorTypeOf(end);
  return {
    type: 'call-finished',
    callId: call.id,
    atMs: engine.now(),
    name: call.route.name,
    operation: call.request.operation,
    stream: call.request.stream,
    outcome: end.outcome,
    attempts: call.attempts,
    durationMs: engine.now() - call.startedMs,
    tags: call.settings.tags,
    ...(answer === undefined ? undefined : { status: answer.status }),
    ...(error === undefined && errorType === undefined ? undefined : { errorType: errorType ?? '_OTHER' }),
    ...(target === undefined ? undefined : { deployment: target.name }),
    ...(usage === undefined ? undefined : { usage }),
    ...(cost === undefined ? undefined : { cost }),
    ...(firstTokenMs === undefined ? undefined : { firstTokenMs }),
    ...(responseId === undefined ? undefined : { responseId }),
    ...(responseModel === undefined ? undefined : { responseModel }),
    ...(end.content === undefined ? undefined : { content: end.content }),
    ...(finishReasons === undefined || finishReasons.length === 0 ? undefined : { finishReasons }),
  };
}

function errorTypeOf({ outcome, answer, error }: CallEnd): string | undefined {
  if (error instanceof Error) return error.name === 'Error' ? error.constructor.name : error.name;
  return outcome === 'error' && answer !== undefined ? String(answer.status) : undefined;
}
