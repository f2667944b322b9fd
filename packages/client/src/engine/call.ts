import type { Answer } from '../answer/answer.ts';
import type { BudgetHold } from '../budget/budget-keeper.ts';
import type { Asked } from '../choice/choice.ts';
import type { Cancellation } from '../waiting/cancellation.ts';
import type { RefusalReason } from '../quota/quota.ts';
import type { CallRequest } from '../request/call-request.ts';
import type { Mentions } from '../request/mentions.ts';
import type { Route } from '../route/route.ts';
import type { References } from '../state/references.ts';
import type { Target } from '../route/target.ts';

/** How long a call and its parts may take, and under which tags it is counted. */
export interface CallSettings {
  /** The whole call, waiting, retries and streaming included. */
  readonly deadlineMs: number;
  /** One attempt: to the whole answer, or to the headers of a stream. */
  readonly attemptTimeoutMs: number;
  /** A stream: from the start of the attempt to the first content. */
  readonly firstTokenTimeoutMs: number | undefined;
  /** A stream: between two pieces of it. */
  readonly idleTimeoutMs: number | undefined;
  /** Bytes of an answer that is read whole, and of one event of a stream. */
  readonly maxAnswerBytes: number;
  /** Retries after the first attempt. */
  readonly maxRetries: number;
  readonly tags: Readonly<Record<string, string>>;
  /** The resource for requests that name no deployment. */
  readonly resource: string | undefined;
  /** The caller has checked what the request refers to and this client cannot read. */
  readonly trustReferences: boolean;
  /** Parameters are changed to what the model of the target takes. */
  readonly fit: boolean;
}

/** One call on its way. */
export interface Call {
  readonly id: string;
  readonly request: CallRequest;
  readonly route: Route;
  /** Deployments that it names elsewhere, which the route holds. */
  readonly mentions: Mentions;
  /** What the choice of a target depends on. */
  readonly asked: Asked;
  readonly settings: CallSettings;
  readonly cancellation: Cancellation;
  readonly startedMs: number;
  readonly deadlineAtMs: number;
  attempts: number;
  /** Targets that failed this call, and when it may come back to them. */
  failed: Map<Target, FailedTarget> | undefined;
  /** How the last attempt ended. */
  last: { readonly answer: Answer } | { readonly error: unknown } | undefined;
  /** Refusals that lead on, so far. */
  refusals: LeadingRefusal[] | undefined;
  /** The wait that the last answer asked for. */
  hintMs: number | undefined;
  lastTarget: Target | undefined;
  lastTier: number;
  /** What the request refers to and one resource holds: a response, a file, the items of a conversation. */
  readonly refersTo: References;
  /** The resource that holds it. */
  boundTo: string | undefined;
  /** Resources that answered that they do not hold it. */
  readonly elsewhere: string[];
  /** The answer of the first of these. */
  notHere: Answer | undefined;
  /** Resources whose credential has been refreshed for this call. */
  readonly refreshed: string[];
  /** Its place among the open calls of its client. */
  place: number;
  /** What is held for it of the budgets, until it is over. */
  budgetHold: BudgetHold | undefined;
}

/** A refusal of the request that its pool does not take as final. */
export interface LeadingRefusal {
  readonly code: string;
  readonly target: Target;
}

/** Why a call does not go back to a target at once. */
interface FailedTarget {
  readonly retryAtMs: number;
  readonly reason: RefusalReason | 'failed';
}
