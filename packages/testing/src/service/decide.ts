import { choosePolicy } from '../filters/filter-policy.ts';
import { checkApiVersion } from './api-version.ts';
import { authenticate } from './authenticate.ts';
import {
  gatewayError,
  invalidRequest,
  modelError,
  operationNotSupported,
  resourceNotFound,
} from './envelopes.ts';
import { innerTurn } from './inner-turn.ts';
import type { MockDeployment } from './mock-deployment.ts';
import type {
  DeploymentOperation,
  DeploymentRequest,
  InternalCall,
  Operation,
  OperationRequest,
} from './operation.ts';
import { readBody } from './read-body.ts';
import { Refusal } from './refusal.ts';
import type { Match } from './router.ts';
import type { Scripted } from './service.ts';
import { spillOver } from './spill-over.ts';
import type { Turn } from './turn.ts';
import type { WireResponse } from './wire-response.ts';

type Decided = WireResponse | Promise<WireResponse>;

/** Finds the answer to a request; refuses in the order of Azure's own checks. */
export function decide(turn: Turn, match: Match, isTooLarge: boolean): Decided {
  const { request, service } = turn;
  const { operation } = match;
  request.surface = match.surface;
  request.params = match.params;
  if (operation.link === undefined) {
    const refused = admitCaller(turn, operation, isTooLarge);
    if (refused !== undefined) return refused;
  }
  const reads = operation.reads ?? (operation.method === 'POST' ? 'json' : 'none');
  if (reads === 'json') request.body = readBody(request);
  if (operation.target === 'deployment') return decideDeployment(turn, operation);
  turn.intervention = service.strike?.(request);
  turn.exchange.cause = turn.intervention?.name;
  if (turn.intervention?.response !== undefined) return turn.intervention.response;
  return operation.handle(Object.assign(request, { dispatch: (call: InternalCall) => dispatch(turn, call) }));
}

/** Checks the request and the caller, and records the caller. */
function admitCaller(
  { request, service }: Turn,
  operation: Operation,
  isTooLarge: boolean,
): WireResponse | undefined {
  const refused = checkApiVersion(request, operation) ?? checkHeaders(request);
  if (refused !== undefined) return refused;
  if (isTooLarge) {
    return gatewayError(413, { code: 'RequestEntityTooLarge', message: 'The request body is too large.' });
  }
  const principal = authenticate(request, service.checkToken);
  if ('status' in principal) return principal;
  request.principal = principal;
  return undefined;
}

function dispatch(turn: Turn, call: InternalCall): Decided {
  const inner = innerTurn(turn, call);
  if (inner === undefined) return resourceNotFound();
  try {
    return decideDeployment(inner.turn, inner.operation);
  } catch (error) {
    if (error instanceof Refusal) return error.response;
    throw error;
  }
}

/** Custom headers beyond ten are refused (docs/wire/errors.md#4.5); those of SDKs and of Azure do not count. */
function checkHeaders({ headers }: OperationRequest): WireResponse | undefined {
  let count = 0;
  for (const name in headers) {
    if (name.startsWith('x-') && !/^x-(?:stainless|ms|policy|forwarded|request|real|b3)/.test(name))
      count += 1;
  }
  if (count <= 10) return undefined;
  return gatewayError(431, {
    code: 'RequestHeaderFieldsTooLarge',
    message: 'Too many custom headers: up to 10 are supported.',
  });
}

/** Finds the answer to a call of a deployment from an authorised caller. */
export function decideDeployment(turn: Turn, operation: DeploymentOperation): Decided {
  const { request } = turn;
  const name = operation.deploymentOf?.(request) ?? request.params['deployment'] ?? modelOf(request);
  const deployment = request.resource.deployment(name);
  if (deployment === undefined) return deploymentNotFound(request, name);
  const call = (target: MockDeployment): Decided => callDeployment(turn, operation, target);
  return spillOver(turn, { deployment, call });
}

/** Calls one deployment: first faults, then quota, then the answer. */
function callDeployment(turn: Turn, operation: DeploymentOperation, deployment: MockDeployment): Decided {
  const { service } = turn;
  turn.exchange.deployment = deployment;
  const policyId = turn.request.headers['x-policy-id'];
  const filterPolicy = choosePolicy(
    service.filters,
    typeof policyId === 'string' ? policyId : undefined,
    deployment.key,
  );
  turn.request.deployment = deployment;
  turn.request.filterPolicy = filterPolicy;
  const request = turn.request as DeploymentRequest;
  const wrong = checkCapability(operation, deployment);
  if (wrong !== undefined) return wrong;
  turn.intervention = service.strike?.(request, deployment);
  turn.exchange.cause = turn.intervention?.name;
  if (turn.intervention?.response !== undefined) return turn.intervention.response;
  turn.admission = service.admit?.(request, operation);
  if (turn.admission?.refusal !== undefined) return turn.admission.refusal;
  const scripted = service.script?.(request, turn.exchange);
  const handle = (): Decided => operation.handle(request);
  if (scripted === undefined) return handle();
  if (scripted instanceof Promise) return scripted.then((part) => follow(turn, part, handle));
  return follow(turn, scripted, handle);
}

/** Applies a scripted reply. An invalid request does not use it up. */
function follow(turn: Turn, { draft, intervention, restore }: Scripted, handle: () => Decided): Decided {
  turn.intervention ??= intervention;
  turn.exchange.cause ??= intervention === undefined ? 'reply' : (intervention.name ?? 'reply');
  if (intervention?.response !== undefined) return intervention.response;
  if (draft === undefined) return handle();
  turn.request.scripted = draft;
  // A draft that blocks the prompt uses the reply.
  if (draft.promptFilter !== undefined) return handle();
  const settle = (response: WireResponse): WireResponse => {
    // Opening a connection has no answer yet: the draft is for the first answer over it.
    if (response.status >= 400 || response.status === 101) restore();
    return response;
  };
  try {
    const response = handle();
    return response instanceof Promise ? response.then(settle) : settle(response);
  } catch (error) {
    restore();
    throw error;
  }
}

function modelOf(request: OperationRequest): string {
  const { model } = request.body;
  if (typeof model === 'string') return model;
  throw new Refusal(
    invalidRequest('you must provide a model parameter', {
      code: 'missing_required_parameter',
      param: 'model',
    }),
  );
}

function checkCapability(
  operation: DeploymentOperation,
  deployment: MockDeployment,
): WireResponse | undefined {
  const wanted = typeof operation.capability === 'string' ? [operation.capability] : operation.capability;
  if (wanted.some((capability) => deployment.traits.capabilities.includes(capability))) return undefined;
  return operationNotSupported(wanted[0] ?? '', deployment.model);
}

/** 404 for a deployment that the resource does not have. */
function deploymentNotFound(request: OperationRequest, name: string): WireResponse {
  if (request.surface === 'inference') return unknownModel(name);
  const message =
    'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.';
  const code = 'DeploymentNotFound';
  if (request.surface === 'v1') {
    return modelError(404, { message, type: 'invalid_request_error', param: null, code });
  }
  // 198 bytes on the wire (microsoft/chat-copilot#111): there is a space.
  return gatewayError(404, { code, message, spaced: true }, { isRegional: true });
}

function unknownModel(name: string): WireResponse {
  const message = `Unknown model: ${name.slice(0, 200)}`;
  const error = { code: 'unknown_model', message, details: message };
  return { kind: 'json', status: 404, text: JSON.stringify({ error }), origin: 'gateway' };
}
