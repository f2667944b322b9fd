import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Draft } from '../answer/draft.ts';
import type { FilterPolicy } from '../filters/filter-policy.ts';
import { createRandom } from '../random.ts';
import { beginExchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import type { Intervention } from './intervention.ts';
import { locationOf } from './location.ts';
import type { MockDeployment } from './mock-deployment.ts';
import type { MockResource } from './mock-resource.ts';
import type { OperationRequest, Principal } from './operation.ts';
import type { Admission, Service } from './service.ts';

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

/** The state of one request in the mock. */
export interface Turn {
  readonly service: Service;
  /** The request for the operation, as far as it is known. */
  readonly request: Mutable<OperationRequest> & ToDeployment;
  readonly exchange: Mutable<Exchange>;
  readonly outgoing: ServerResponse;
  admission?: Admission | undefined;
  intervention?: Intervention | undefined;
}

/** What a `DeploymentRequest` has on top, once it is known. */
interface ToDeployment {
  deployment?: MockDeployment | undefined;
  filterPolicy?: FilterPolicy | undefined;
  scripted?: Draft | undefined;
}

/** A request as it came in. */
export interface Received {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly sequence: number;
  /** `undefined`: too large. */
  readonly raw: Buffer | undefined;
}

const noParams: Readonly<Record<string, string>> = Object.freeze({});
const noBody: Readonly<Record<string, unknown>> = Object.freeze({});
const nobody: Principal = { kind: 'api-key' };
const noBytes = Buffer.alloc(0);

/** Begins the turn of a request that `resource` received. */
export function beginTurn(service: Service, resource: MockResource, received: Received): Turn {
  const { outgoing, sequence, raw } = received;
  // A seed per request: random numbers of one request do not change other answers.
  const random = createRandom(`${service.seed}/${sequence}`);
  const nowMs = service.clock.now();
  const { path, query } = locationOf(received.incoming.url ?? '/');
  // All properties are set at once: V8 is slower with objects that grow.
  const request: Turn['request'] = {
    id: random.guid(),
    sequence,
    resource,
    surface: 'dated',
    api: '',
    method: received.incoming.method ?? 'GET',
    path,
    query,
    params: noParams,
    headers: received.incoming.headers,
    body: noBody,
    raw: raw ?? noBytes,
    principal: nobody,
    clock: service.clock,
    random,
    dateMs: service.dateOf?.(sequence) ?? nowMs,
    era: service.era,
    deployment: undefined,
    filterPolicy: undefined,
    scripted: undefined,
  };
  return { service, request, exchange: beginExchange(request, undefined, nowMs), outgoing };
}
