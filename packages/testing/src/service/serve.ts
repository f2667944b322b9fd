import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Draft } from '../answer/draft.ts';
import type { Clock } from '../clock.ts';
import type { Tokens } from '../limits/limiter.ts';
import type { HeaderEra } from '../limits/rate-limit-headers.ts';
import { createRandom } from '../random.ts';
import { choosePolicy, type FilterPolicies } from '../filters/filter-policy.ts';
import { hasFeature, isServed } from './api-version.ts';
import { authenticate, type TokenCheck } from './authenticate.ts';
import { gatewayError, invalidRequest, modelError, resourceNotFound } from './envelopes.ts';
import type { Exchange } from './exchange.ts';
import type { Intervention } from './intervention.ts';
import type { MockDeployment } from './mock-deployment.ts';
import type { MockResource } from './mock-resource.ts';
import type {
  DeploymentOperation,
  DeploymentRequest,
  Operation,
  OperationRequest,
  Principal,
} from './operation.ts';
import { receive } from './receive.ts';
import { Refusal } from './refusal.ts';
import { gatewayHeaders, modelHeaders, type HeaderList } from './response-headers.ts';
import type { Match, Router } from './router.ts';
import { send, sendNow, type Pace } from './send.ts';
import type { WireResponse } from './wire-response.ts';

/** A limiter's decision on one request. */
export interface Admission {
  /** Headers of the answer, whether it was admitted or not. */
  readonly headers: HeaderList;
  /** The 429, where it was not. */
  readonly refusal?: WireResponse;
  /** Corrects the estimate once the actual usage is known. */
  settle?(used: Tokens): void;
}

/** A scripted answer: a draft for the operation to write, or something else in its stead. */
export interface Scripted {
  readonly draft?: Draft;
  readonly intervention?: Intervention;
  /** Takes it back: the request turned out to be one that no answer is given to. */
  readonly restore: () => void;
}

/** What the parts of the mock do to a request. All but the first lines are optional. */
export interface Service {
  readonly clock: Clock;
  readonly seed: number | string;
  readonly route: Router;
  readonly era: HeaderEra;
  readonly maxBodyBytes: number;
  readonly filters: FilterPolicies;
  /** Aborted when the mock closes. */
  readonly closing: AbortSignal;
  /** Date of the answers to request number `sequence`. @default the clock */
  readonly dateOf?: (sequence: number) => number;
  readonly checkToken?: TokenCheck;
  readonly admit?: (request: DeploymentRequest, operation: DeploymentOperation) => Admission;
  /** What goes wrong with a request before it is admitted. */
  readonly strike?: (request: OperationRequest, deployment?: MockDeployment) => Intervention | undefined;
  /** What is scripted for a request that was admitted. */
  readonly script?: (
    request: DeploymentRequest,
    exchange: Exchange,
  ) => Scripted | Promise<Scripted> | undefined;
  readonly pace?: (request: OperationRequest) => Pace | undefined;
  readonly begun?: (exchange: Exchange) => void;
  readonly finished?: (exchange: Exchange) => void;
}

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

const noParams: Readonly<Record<string, string>> = Object.freeze({});
const noBody: Readonly<Record<string, unknown>> = Object.freeze({});
const noQuery = new URLSearchParams();
const nobody: Principal = { kind: 'api-key' };
const noBytes = Buffer.alloc(0);

/** Makes the listener of one resource's port. */
export function serve(
  service: Service,
  resource: MockResource,
  nextSequence: () => number,
): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  return (incoming, outgoing) => {
    const sequence = nextSequence();
    if (incoming.method === 'GET' && incoming.headers['content-length'] === undefined) {
      answer(service, resource, { incoming, outgoing, sequence, raw: noBytes });
      return;
    }
    receive(incoming, service.maxBodyBytes, (raw) => {
      answer(service, resource, { incoming, outgoing, sequence, raw });
    });
  };
}

interface Received {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly sequence: number;
  /** `undefined`: too large. */
  readonly raw: Buffer | undefined;
}

function answer(service: Service, resource: MockResource, received: Received): void {
  const request = openRequest(service, resource, received);
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const match = service.route(method, withoutBase(request.path, resource.config.basePath));
  const exchange: Exchange = {
    request,
    operation: typeof match === 'string' ? undefined : match.operation,
    deployment: undefined,
    receivedAtMs: service.clock.now(),
    status: 0,
    responseHeaders: [],
    finishedAtMs: undefined,
    outcome: 'pending',
  };
  service.begun?.(exchange);
  const turn: Turn = { service, request, exchange, outgoing: received.outgoing };
  try {
    const response = decide(turn, match, received.raw === undefined);
    if (response instanceof Promise) {
      response.then(
        (settled) => {
          deliver(turn, settled);
        },
        (error: unknown) => {
          deliver(turn, failure(turn, error));
        },
      );
    } else {
      deliver(turn, response);
    }
  } catch (error) {
    deliver(turn, failure(turn, error));
  }
}

interface Turn {
  readonly service: Service;
  readonly request: Mutable<OperationRequest>;
  readonly exchange: Mutable<Exchange>;
  readonly outgoing: ServerResponse;
  admission?: Admission | undefined;
  intervention?: Intervention | undefined;
}

function openRequest(
  service: Service,
  resource: MockResource,
  { incoming, sequence, raw }: Received,
): Mutable<OperationRequest> {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  // A seed per request: what one request draws does not change the answers to the others.
  const random = createRandom(`${service.seed}/${sequence}`);
  return {
    id: random.guid(),
    sequence,
    resource,
    surface: 'dated',
    api: '',
    method: incoming.method ?? 'GET',
    path: mark === -1 ? url : url.slice(0, mark),
    params: noParams,
    query: mark === -1 ? noQuery : new URLSearchParams(url.slice(mark + 1)),
    headers: incoming.headers,
    body: noBody,
    raw: raw ?? noBytes,
    principal: nobody,
    clock: service.clock,
    random,
    dateMs: service.dateOf?.(sequence) ?? service.clock.now(),
    era: service.era,
  };
}

function withoutBase(path: string, basePath: string): string {
  return basePath !== '' && path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
}

function decide(
  turn: Turn,
  match: Match | 'unknown' | 'wrong-method',
  isTooLarge: boolean,
): WireResponse | Promise<WireResponse> {
  const { request, service } = turn;
  if (typeof match === 'string') return resourceNotFound();
  const { operation } = match;
  request.surface = match.surface;
  request.params = match.params;
  const refused = checkApiVersion(request, operation);
  if (refused !== undefined) return refused;
  if (isTooLarge) return tooLarge();
  const principal = authenticate(request, service.checkToken);
  if ('status' in principal) return principal;
  request.principal = principal;
  const reads = operation.reads ?? (operation.method === 'POST' ? 'json' : 'none');
  if (reads === 'json') request.body = parseBody(request);
  if (operation.target === 'deployment') return decideDeployment(turn, operation);
  turn.intervention = service.strike?.(request);
  return turn.intervention?.response ?? operation.handle(request);
}

function decideDeployment(turn: Turn, operation: DeploymentOperation): WireResponse | Promise<WireResponse> {
  const { service } = turn;
  const name =
    operation.deploymentOf?.(turn.request) ?? turn.request.params['deployment'] ?? modelOf(turn.request);
  const deployment = name === undefined ? undefined : turn.request.resource.deployment(name);
  if (deployment === undefined) return deploymentNotFound(turn.request);
  turn.exchange.deployment = deployment;
  const policyId = turn.request.headers['x-policy-id'];
  const filterPolicy = choosePolicy(
    service.filters,
    typeof policyId === 'string' ? policyId : undefined,
    deployment.key,
  );
  const request: DeploymentRequest = Object.assign(turn.request, { deployment, filterPolicy });
  const wrong = checkCapability(operation, deployment);
  if (wrong !== undefined) return wrong;
  turn.intervention = service.strike?.(request, deployment);
  if (turn.intervention?.response !== undefined) return turn.intervention.response;
  turn.admission = service.admit?.(request, operation);
  if (turn.admission?.refusal !== undefined) return turn.admission.refusal;
  const scripted = service.script?.(request, turn.exchange);
  if (scripted === undefined) return operation.handle(request);
  const handle = (): WireResponse | Promise<WireResponse> => operation.handle(request);
  if (scripted instanceof Promise) return scripted.then((part) => follow(turn, part, handle));
  return follow(turn, scripted, handle);
}

/** Does what a script says. An operation that never asks for its draft, because the request is invalid, leaves it to the next one. */
function follow(
  turn: Turn,
  { draft, intervention, restore }: Scripted,
  handle: () => WireResponse | Promise<WireResponse>,
): WireResponse | Promise<WireResponse> {
  turn.intervention ??= intervention;
  if (intervention?.response !== undefined) return intervention.response;
  if (draft === undefined) return handle();
  let isUsed = false;
  Object.defineProperty(turn.request, 'scripted', {
    get() {
      isUsed = true;
      return draft;
    },
  });
  const settle = (): void => {
    if (!isUsed) restore();
  };
  try {
    const response = handle();
    if (response instanceof Promise) return response.finally(settle);
    settle();
    return response;
  } catch (error) {
    settle();
    throw error;
  }
}

function modelOf(request: OperationRequest): string | undefined {
  const { model } = request.body;
  if (typeof model === 'string') return model;
  throw new Refusal(
    invalidRequest('you must provide a model parameter', {
      code: 'missing_required_parameter',
      param: 'model',
    }),
  );
}

function checkApiVersion(request: Mutable<OperationRequest>, operation: Operation): WireResponse | undefined {
  const asked = request.query.get('api-version');
  if (request.surface === 'v1') {
    request.api = asked ?? 'v1';
    if (asked === null || asked === 'v1' || asked === 'preview' || asked === 'latest') return undefined;
    return gatewayError(400, { code: 'BadRequest', message: 'API version not supported' });
  }
  if (asked === null) return resourceNotFound();
  request.api = asked;
  if (request.surface === 'inference') return undefined;
  if (!isServed(asked)) return resourceNotFound();
  return operation.since !== undefined && !hasFeature(asked, operation.since)
    ? resourceNotFound()
    : undefined;
}

function checkCapability(
  operation: DeploymentOperation,
  deployment: MockDeployment,
): WireResponse | undefined {
  const wanted = typeof operation.capability === 'string' ? [operation.capability] : operation.capability;
  if (wanted.some((capability) => deployment.traits.capabilities.includes(capability))) return undefined;
  const message = `The ${wanted[0] ?? ''} operation does not work with the specified model, ${deployment.model}. Please choose different model and try again. You can learn more about which models can be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.`;
  return gatewayError(400, { code: 'OperationNotSupported', message });
}

/** 404 for a deployment that the resource does not have. */
function deploymentNotFound(request: OperationRequest): WireResponse {
  const message =
    'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.';
  const code = 'DeploymentNotFound';
  // 198 bytes on the wire (microsoft/chat-copilot#111): there is a space.
  if (request.surface === 'dated') return gatewayError(404, { code, message, spaced: true });
  return modelError(404, { message, type: 'invalid_request_error', param: null, code });
}

function tooLarge(): WireResponse {
  return gatewayError(413, { code: 'RequestEntityTooLarge', message: 'The request body is too large.' });
}

function parseBody(request: OperationRequest): Readonly<Record<string, unknown>> {
  const type = request.headers['content-type'];
  if (type !== undefined && !type.includes('json')) {
    throw new Refusal(
      gatewayError(415, { code: 'UnsupportedMediaType', message: `Unsupported content type: ${type}` }),
    );
  }
  let body: unknown;
  try {
    body = JSON.parse(request.raw.toString());
  } catch {
    throw new Refusal(
      invalidRequest(
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
      ),
    );
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Refusal(
      invalidRequest('Invalid type for request body: expected an object.', { code: 'invalid_type' }),
    );
  }
  return body as Record<string, unknown>;
}

function failure(turn: Turn, error: unknown): WireResponse {
  if (error instanceof Refusal) return error.response;
  const message = `The server had an error while processing your request. Sorry about that! You can retry your request, or contact us through an Azure support request at: https://go.microsoft.com/fwlink/?linkid=2213926 if the error persists. (Please include the request ID ${turn.request.id} in your message.)`;
  return modelError(500, { message, type: 'server_error', param: null, code: null });
}

function deliver(turn: Turn, decided: WireResponse): void {
  const { service, request, exchange, outgoing, intervention } = turn;
  const response = intervention?.change?.(decided) ?? decided;
  if (response.usedTokens !== undefined) turn.admission?.settle?.(response.usedTokens);
  const headers = headersOf(turn, response);
  exchange.status = response.status;
  exchange.responseHeaders = headers;
  outgoing.sendDate = false;
  outgoing.once('close', () => {
    exchange.finishedAtMs = service.clock.now();
    exchange.outcome = outgoing.writableFinished ? 'answered' : 'abandoned';
    service.finished?.(exchange);
  });
  const pace = intervention?.pace ?? service.pace?.(request);
  const go = (): void => {
    if (pace === undefined) {
      sendNow(response, { outgoing, headers, pace, clock: service.clock, signal: service.closing });
    } else {
      const gone = new AbortController();
      outgoing.once('close', () => {
        gone.abort();
      });
      const signal = AbortSignal.any([service.closing, gone.signal]);
      // An abort means that nobody listens any more.
      send(response, { outgoing, headers, pace, clock: service.clock, signal }).catch(() =>
        outgoing.destroy(),
      );
    }
  };
  if (intervention?.deliver === undefined) go();
  else intervention.deliver({ response, headers, outgoing, send: go });
}

function headersOf(turn: Turn, response: WireResponse): HeaderList {
  const { request, exchange, service } = turn;
  const headers = gatewayHeaders(request);
  const { deployment } = exchange;
  if (deployment !== undefined) {
    headers.push(
      ...modelHeaders(request, { era: service.era, deployment, isStream: response.kind === 'stream' }),
    );
  }
  if (turn.admission !== undefined) headers.push(...turn.admission.headers);
  headers.push('Content-Type', contentType(response));
  for (const name in response.headers) headers.push(name, response.headers[name] ?? '');
  return headers;
}

function contentType(response: WireResponse): string {
  if (response.kind === 'bytes') return response.contentType;
  return response.kind === 'stream' ? 'text/event-stream; charset=utf-8' : 'application/json';
}
