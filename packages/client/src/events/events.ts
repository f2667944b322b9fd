import type { UnusableTarget } from '../errors.ts';

/** What kind of work a call asks for, by the names of the GenAI semantic conventions. */
export type Operation =
  'chat' | 'text_completion' | 'responses' | 'embeddings' | 'image' | 'audio' | 'realtime' | 'other';

/** Tokens as the service counted them. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  readonly reasoningTokens: number;
}

interface CallEvent {
  /**
   * The same for every event of a call; sent as `x-ms-client-request-id`. A call with that header has its value, unless
   * another call under way has it: then the header goes out as it is, and the id is a new one.
   */
  readonly callId: string;
  /** When, in milliseconds since 1970. */
  readonly atMs: number;
}

interface AttemptEvent extends CallEvent {
  /** Counts from 1 within the call. */
  readonly attempt: number;
  /** Name of the deployment in the config. */
  readonly deployment: string;
  readonly resource: string;
}

/** A call has begun. Nothing has been sent yet. */
export interface CallStarted extends CallEvent {
  readonly type: 'call-started';
  /** The name that was called: a deployment or a pool. */
  readonly name: string;
  readonly operation: Operation;
  readonly stream: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** Body of the request when `telemetry.content` asked for it. */
  readonly content?: unknown;
}

/** No target can take the call now, so the call waits in a queue. */
interface CallWaiting extends CallEvent {
  readonly type: 'call-waiting';
  readonly name: string;
  /** When the first target may be free; missing when other calls wait already. */
  readonly untilMs?: number;
  /** Calls before this one in the queue. */
  readonly ahead: number;
}

/** A request is about to be sent to a target. */
export interface AttemptStarted extends AttemptEvent {
  readonly type: 'attempt-started';
  readonly model: string;
  /** Host and port that the attempt goes to. */
  readonly server: string;
  readonly hedge: boolean;
  readonly probe: boolean;
}

/** Parameters of an attempt were changed to what its model takes: with the option `fit`. */
interface RequestFitted extends AttemptEvent {
  readonly type: 'request-fitted';
  readonly model: string;
  readonly changes: readonly {
    /** The path of the parameter: `max_tokens`, `reasoning.effort`. */
    readonly parameter: string;
    readonly action: 'renamed' | 'changed' | 'removed';
    /** The new name of one that was renamed. */
    readonly to?: string;
    /** The new value of one that was changed. */
    readonly value?: number | string;
  }[];
}

/** A target has answered. For a stream: its first content has arrived. */
export interface AttemptSucceeded extends AttemptEvent {
  readonly type: 'attempt-succeeded';
  readonly status: number;
  readonly durationMs: number;
  /** Id that the service gave the request (`x-request-id` or `apim-request-id`). */
  readonly requestId?: string;
}

/** An attempt failed: the answer was an error, or there was no answer. */
export interface AttemptFailed extends AttemptEvent {
  readonly type: 'attempt-failed';
  /**
   * `not-here`: the resource does not hold what the request refers to; the others are asked. `refused`: this deployment
   * does not take such a request; the others may. `leads-on`: a refusal of the request, which is not final in its pool.
   */
  readonly outcome:
    | 'throttled'
    | 'unavailable'
    | 'unauthorized'
    | 'not-here'
    | 'refused'
    | 'leads-on'
    | 'fatal'
    | 'cancelled';
  /** Missing when there was no answer. */
  readonly status?: number;
  /** `error.code` of the service, or the code of the network error. */
  readonly code?: string;
  readonly durationMs: number;
  /** The wait that the service asked for. */
  readonly retryAfterMs?: number;
  readonly requestId?: string;
}

/** A target asked for a wait, and gets no calls until it is over. */
interface TargetParked {
  readonly type: 'target-parked';
  readonly atMs: number;
  readonly deployment: string;
  readonly untilMs: number;
  readonly reason: string;
}

/** A target was passed over, for the reason given. */
interface TargetSkipped extends CallEvent {
  readonly type: 'target-skipped';
  readonly deployment: string;
  readonly reason: UnusableTarget['reason'];
  readonly untilMs?: number;
}

/** Why a target gets no calls: it fails, it is slow, or it refuses requests that other targets accept. */
type CircuitReason = 'failures' | 'slow-calls' | 'refusals';

/** A target gets no calls for a while. */
interface CircuitOpened {
  readonly type: 'circuit-opened';
  readonly atMs: number;
  readonly deployment: string;
  readonly reason: CircuitReason;
  readonly untilMs: number;
}

/** A probe of a target went well: it gets calls again. */
interface CircuitClosed {
  readonly type: 'circuit-closed';
  readonly atMs: number;
  readonly deployment: string;
  readonly reason: CircuitReason;
}

/** The next attempt goes to another target. */
interface Failover extends CallEvent {
  readonly type: 'failover';
  readonly from: string;
  readonly to: string;
  /** The new target is in a later tier. */
  readonly spillover: boolean;
  /** The code of the refusal that caused the failover, when `leadOn` of the pool lists it. */
  readonly leadOn?: string;
}

/** No target can take the next attempt of a call now: it starts after a wait. */
interface RetryScheduled extends CallEvent {
  readonly type: 'retry-scheduled';
  readonly attempt: number;
  readonly delayMs: number;
}

/** The first attempt is late, and a second one starts beside it. */
interface HedgeStarted extends CallEvent {
  readonly type: 'hedge-started';
  readonly from: string;
  readonly to: string;
  readonly afterMs: number;
}

/** A target answered 401, and a new token or key was asked for. */
interface CredentialRefreshed extends CallEvent {
  readonly type: 'credential-refreshed';
  readonly resource: string;
  readonly refreshed: boolean;
}

/** A budget has reached `warnAt`. This event comes once a period, in the process whose call reached it. */
interface BudgetWarned {
  readonly type: 'budget-warning';
  readonly atMs: number;
  /** `team=search`; missing for the budget of all calls. */
  readonly tag?: string;
  readonly per: 'hour' | 'day' | 'month';
  readonly unit: 'tokens' | 'cost';
  readonly limit: number;
  readonly used: number;
}

/** A call is over, with its usage. For a stream: the caller has read its last event, or has stopped reading. */
export interface CallFinished extends CallEvent {
  readonly type: 'call-finished';
  readonly name: string;
  readonly operation: Operation;
  readonly stream: boolean;
  readonly outcome: 'ok' | 'error' | 'aborted' | 'truncated';
  readonly status?: number;
  /** Name of the error class, or the HTTP status as text. */
  readonly errorType?: string;
  readonly attempts: number;
  readonly durationMs: number;
  readonly firstTokenMs?: number;
  /** The deployment that answered. */
  readonly deployment?: string;
  /** Model and version that answered, as the service names it. */
  readonly responseModel?: string;
  readonly responseId?: string;
  readonly finishReasons?: readonly string[];
  readonly usage?: Usage;
  /** By the prices of the config, in their currency. */
  readonly cost?: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Body of the answer when `telemetry.content` asked for it. */
  readonly content?: unknown;
}

/** Something that happened to a call or to a target: a plain object, discriminated by `type`. */
export type ClientEvent =
  | CallStarted
  | CallWaiting
  | AttemptStarted
  | RequestFitted
  | AttemptSucceeded
  | AttemptFailed
  | TargetParked
  | TargetSkipped
  | CircuitOpened
  | CircuitClosed
  | Failover
  | RetryScheduled
  | HedgeStarted
  | CredentialRefreshed
  | BudgetWarned
  | CallFinished;

/**
 * Called with each event, at once and in order. An error that it throws, or its promise rejects with, is ignored, so that it
 * never breaks a call.
 */
export type Listener = (event: ClientEvent) => void;
