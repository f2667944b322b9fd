import type { Draft } from '../answer/draft.ts';
import type { Clock } from '../clock.ts';
import type { FilterPolicies } from '../filters/filter-policy.ts';
import type { Tokens } from '../limits/admission.ts';
import type { HeaderEra } from '../limits/rate-limit-headers.ts';
import type { TokenCheck } from './authenticate.ts';
import type { Exchange } from './exchange.ts';
import type { HeaderLines } from './header-lines.ts';
import type { Intervention } from './intervention.ts';
import type { MockDeployment } from './mock-deployment.ts';
import type { DeploymentOperation, DeploymentRequest, OperationRequest } from './operation.ts';
import type { Router } from './router.ts';
import type { Pace } from './pace.ts';
import type { WireResponse } from './wire-response.ts';

/** A limiter's decision on one request. */
export interface Admission {
  /** Headers of the answer, whether it was admitted or not. */
  readonly headers: HeaderLines;
  /** The 429, where it was not. */
  readonly refusal?: WireResponse;
  /** Corrects the estimate once the actual usage is known. */
  settle?(used: Tokens): void;
}

/** A scripted answer: a draft for the operation to write, or a complete response. */
export interface Scripted {
  readonly draft?: Draft;
  readonly intervention?: Intervention;
  /** Puts it back, when the request turns out to be invalid. */
  readonly restore: () => void;
}

/** The hooks of the parts of the mock for a request. */
export interface Service {
  readonly clock: Clock;
  readonly seed: number | string;
  readonly route: Router;
  readonly era: HeaderEra;
  readonly maxBodyBytes: number;
  /** Whether pages of this origin may read the answers. */
  readonly mayRead: (origin: string | undefined) => boolean;
  readonly filters: FilterPolicies;
  /** Deployments that take over from provisioned ones, by the Azure names of both. */
  readonly spillover: Readonly<Record<string, string>>;
  /** Aborted when the mock begins to close: running work is finished, and nothing new begins. */
  readonly draining: AbortSignal;
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
  /** When the parts of an answer leave. */
  readonly pace?: (request: OperationRequest, response: WireResponse) => Pace | undefined;
  /** The body of an answer, on its way: as a whole, or in frames that can be read again. */
  readonly answered?: (exchange: Exchange, body: string | Iterable<string>) => void;
  readonly begun?: (exchange: Exchange) => void;
  readonly finished?: (exchange: Exchange) => void;
}
