import type { IncomingHttpHeaders } from 'node:http';
import type { Draft } from '../answer/draft.ts';
import type { Clock } from '../clock.ts';
import type { FilterPolicy } from '../filters/filter-policy.ts';
import type { Tokens } from '../limits/admission.ts';
import type { HeaderEra } from '../limits/rate-limit-headers.ts';
import type { Random } from '../random.ts';
import type { MockDeployment } from './mock-deployment.ts';
import type { Capability } from './model-traits.ts';
import type { MockResource } from './mock-resource.ts';
import type { WireResponse } from './wire-response.ts';

/** The surface of a URL: `/openai/v1/…`, `/openai/…?api-version=` or Foundry's `/models/…`. */
export type Surface = 'v1' | 'dated' | 'inference';

/** Who calls: an API key, or the identity of a token that was checked. */
export interface Principal {
  readonly kind: 'api-key' | 'entra-id';
  readonly objectId?: string;
  readonly tenantId?: string;
}

/** The request as an operation sees it. */
export interface OperationRequest {
  /** `apim-request-id` of the answer. */
  readonly id: string;
  /** 1 for the first request that the mock received. */
  readonly sequence: number;
  readonly resource: MockResource;
  readonly surface: Surface;
  /** `'v1'`, `'preview'` or a dated api-version. */
  readonly api: string;
  readonly method: string;
  /** Path without the query, as sent. */
  readonly path: string;
  /** `{name}` parts of the operation's path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The parsed body of a JSON operation; `undefined` otherwise. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly raw: Buffer;
  readonly principal: Principal;
  readonly clock: Clock;
  /** Depends on the seed and on `sequence` only. */
  readonly random: Random;
  /** The date that answers carry, in milliseconds: the clock's, or one that depends on the seed only. */
  readonly dateMs: number;
  /** The year whose headers and bodies the answer imitates. */
  readonly era: HeaderEra;
}

/** An operation that is sent to a deployment. */
export interface DeploymentRequest extends OperationRequest {
  readonly deployment: MockDeployment;
  /** The content filters that apply. */
  readonly filterPolicy: FilterPolicy;
  /** The scripted answer; the operation writes it in its own format. */
  readonly scripted?: Draft;
}

/** A call that an operation makes on behalf of its caller, for example for a line of a batch. */
export interface InternalCall {
  /** Path after `/openai/v1`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Label for its random numbers, different for each call of the same request. */
  readonly label: string;
}

/** An operation on the resource, which may call those on its deployments. */
export interface ResourceRequest extends OperationRequest {
  /** Answers a call like a separate request, but unmetered: by script or by the operation. */
  dispatch(call: InternalCall): WireResponse | Promise<WireResponse>;
}

/** A WebSocket that an operation talks over. */
export interface Connection {
  /** The request that opened it. */
  readonly request: OperationRequest;
  /** Aborted when it has ended. */
  readonly closed: AbortSignal;
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Hands over the messages one after the other: the next one when `listener` is done with the one before. */
  onMessage(listener: (text: string) => void | Promise<void>): void;
  /** Answers a message as a call of its own: metered, by script, with faults, and in the journal. */
  answer(call: MessageCall): Promise<MessageOutcome>;
}

/** A message that calls an operation. */
export interface MessageCall {
  /** Answers it, with a stream or an error. */
  readonly operation: DeploymentOperation;
  readonly body: Readonly<Record<string, unknown>>;
  /** As it came. */
  readonly text: string;
  /** Its answer has no text, so it does not use a scripted reply. */
  readonly isSilent: boolean;
}

/** The outcome of a message: an answer, an error, or a connection that ended before. */
export type MessageOutcome = 'answered' | 'failed' | 'lost';

/** A WebSocket that belongs to one deployment. */
export interface DeploymentConnection extends Connection {
  readonly request: DeploymentRequest;
  /** What is scripted for the next answer. */
  scripted(): Promise<Draft | undefined>;
}

interface OperationBase {
  /** Name in Azure's rate-limit messages, for example `ChatCompletions_Create`. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path after `/openai/v1`, for example `/responses/{id}`. Absent: not on v1. */
  readonly v1?: string;
  /** Path after `/openai`, for example `/deployments/{deployment}/chat/completions`. Absent: not on dated versions. */
  readonly dated?: string;
  /** Path on Foundry's model inference surface, for example `/models/chat/completions`. */
  readonly inference?: string;
  /** Path of a link in an answer: like a signed link, it needs no api-version and no credential. */
  readonly link?: string;
  /** First dated api-version that has it. */
  readonly since?: string;
  /** How the body is read. `raw` leaves it to the operation (multipart, for example). @default 'json' for POST, 'none' otherwise */
  readonly reads?: 'json' | 'raw' | 'none';
}

/** An operation on the resource: files, batches, models, stored answers. */
interface ResourceOperation extends OperationBase {
  readonly target: 'resource';
  handle(request: ResourceRequest): WireResponse | Promise<WireResponse>;
  /** Takes over the WebSocket, where `handle` answered 101. */
  connect?(connection: Connection): void;
}

/** An operation on a deployment, which is metered. */
export interface DeploymentOperation extends OperationBase {
  readonly target: 'deployment';
  /** What the model must be able to do; a list means any of them. */
  readonly capability: Capability | readonly Capability[];
  /** Finds the deployment's name. @default the path's `{deployment}`, else `body.model` */
  deploymentOf?(request: OperationRequest): string | undefined;
  /** Tokens that admission counts (docs/wire/limits.md#7.1). */
  estimate(request: DeploymentRequest): Tokens;
  handle(request: DeploymentRequest): WireResponse | Promise<WireResponse>;
  /** Takes over the WebSocket, where `handle` answered 101. */
  connect?(connection: DeploymentConnection): void;
}

/** One row of the routing table. */
export type Operation = ResourceOperation | DeploymentOperation;
