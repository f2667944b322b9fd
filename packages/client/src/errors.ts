import { OpenAIError } from 'openai';
import type { RefusalReason } from './quota/quota.ts';

// Our errors extend the SDK's base class: its helpers pass an `OpenAIError` on as it is and wrap any other.

/**
 * The whole call took longer than `deadlineMs`.
 * @remedy Raise `deadlineMs`, or lower `attemptTimeoutMs` so that there is time for another attempt. `cause` has the
 * last error.
 */
export class DeadlineExceededError extends OpenAIError {
  override readonly name = 'DeadlineExceededError';
  readonly code = 'DEADLINE_EXCEEDED';
  readonly deadlineMs: number;
  /** How many attempts were made. */
  readonly attempts: number;

  constructor(details: { call: string; deadlineMs: number; attempts: number; cause?: unknown }) {
    super(
      `Cannot finish ${JSON.stringify(details.call)}: ${details.deadlineMs} ms have passed after ` +
        `${countOf(details.attempts, 'attempt')}. Raise \`deadlineMs\`, or lower \`attemptTimeoutMs\` to leave time for another attempt.`,
    );
    this.deadlineMs = details.deadlineMs;
    this.attempts = details.attempts;
    this.cause = details.cause;
  }
}

/** Why one target of a pool cannot be called now. */
export interface UnusableTarget {
  readonly deployment: string;
  readonly reason: RefusalReason | 'failed' | 'refusing' | 'policy' | 'sticky';
  /** When it can be called again, in milliseconds since 1970. Missing when waiting does not help. */
  readonly retryAtMs?: number;
  /** The same as part of a sentence: `is parked until 12:00:31Z (retry-after 31 s)`. */
  readonly detail: string;
}

/**
 * No target can be called before the deadline.
 * @remedy Wait until `retryAt` and call again, tell your caller when that is, or add a deployment to the pool.
 * `targets` says what is wrong with each.
 */
export class PoolExhaustedError extends OpenAIError {
  override readonly name = 'PoolExhaustedError';
  readonly code = 'POOL_EXHAUSTED';
  /** The name that was called: a deployment or a pool. */
  readonly pool: string;
  readonly targets: readonly UnusableTarget[];
  /** When a target can be called again. Missing when waiting does not help. */
  readonly retryAt?: Date;
  /** Milliseconds from now until `retryAt`, for a `retry-after-ms` header. */
  readonly retryAfterMs?: number;

  constructor(details: { pool: string; targets: readonly UnusableTarget[]; nowMs: number; cause?: unknown }) {
    const times = details.targets.flatMap(({ retryAtMs }) => (retryAtMs === undefined ? [] : [retryAtMs]));
    const retryAtMs = times.length > 0 ? Math.min(...times) : undefined;
    const states = details.targets.map(({ deployment, detail }) => `${JSON.stringify(deployment)} ${detail}`);
    const remedy =
      retryAtMs === undefined
        ? 'Waiting does not help: see the reasons.'
        : `Retry after ${clock(retryAtMs, details.nowMs)} or raise \`deadlineMs\`.`;
    super(
      `No deployment of ${JSON.stringify(details.pool)} can be called before the deadline: ${states.join(', ')}. ${remedy}`,
    );
    this.pool = details.pool;
    this.targets = details.targets;
    this.cause = details.cause;
    if (retryAtMs !== undefined) {
      this.retryAt = new Date(retryAtMs);
      this.retryAfterMs = Math.max(0, retryAtMs - details.nowMs);
    }
  }
}

/**
 * A stream stopped without saying that it had finished.
 * @remedy Use `text` as a partial answer, or make the call again.
 */
export class StreamTruncatedError extends OpenAIError {
  override readonly name = 'StreamTruncatedError';
  readonly code = 'STREAM_TRUNCATED';
  /** The text of the first choice, as far as it had arrived. */
  readonly text: string;
  /** How many events had arrived. */
  readonly events: number;
  readonly deployment: string;
  /** Id of the response, when the stream had named it before it stopped. */
  readonly responseId?: string;
  /** Number of the last event of a response: a background response can be continued after it (`starting_after`). */
  readonly sequenceNumber?: number;

  constructor(details: {
    deployment: string;
    text: string;
    events: number;
    responseId?: string | undefined;
    sequenceNumber?: number | undefined;
    cause?: unknown;
  }) {
    super(
      `The stream from ${JSON.stringify(details.deployment)} was cut: it stopped after ` +
        `${countOf(details.events, 'event')} without saying that it had finished. ` +
        'Use `text` as a partial answer, or make the call again.',
    );
    this.deployment = details.deployment;
    this.text = details.text;
    this.events = details.events;
    this.cause = details.cause;
    if (details.responseId !== undefined) this.responseId = details.responseId;
    if (details.sequenceNumber !== undefined) this.sequenceNumber = details.sequenceNumber;
  }
}

/**
 * An answer with status 200 to 299 does not fit the operation, and no other deployment could be called.
 * @remedy Check what is between this program and Azure: a proxy, a sign-in page, a wrong endpoint. The message says what
 * the answer was and what to check.
 */
export class UnexpectedAnswerError extends OpenAIError {
  override readonly name = 'UnexpectedAnswerError';
  readonly code = 'UNEXPECTED_ANSWER';
  readonly deployment: string;
  readonly status: number;
  readonly contentType: string | null;
  /** Whether the answer is an HTML page: then it does not come from the service. */
  readonly isPage: boolean;

  constructor(details: {
    deployment: string;
    status: number;
    contentType: string | null;
    cause: string;
    fix: string;
    isPage: boolean;
  }) {
    const { deployment, cause, fix } = details;
    super(`Cannot use what ${JSON.stringify(deployment)} answered: ${cause}. ${fix}`);
    this.deployment = deployment;
    this.status = details.status;
    this.contentType = details.contentType;
    this.isPage = details.isPage;
  }
}

/**
 * An answer is longer than `maxAnswerBytes`. The rest of it was not read.
 * @remedy Ask for less at once, or raise `maxAnswerBytes`.
 */
export class AnswerTooLargeError extends OpenAIError {
  override readonly name = 'AnswerTooLargeError';
  readonly code = 'ANSWER_TOO_LARGE';
  readonly deployment: string;
  readonly maxAnswerBytes: number;

  constructor(details: { deployment: string; maxAnswerBytes: number }) {
    super(
      `Cannot read what ${JSON.stringify(details.deployment)} answered: it is longer than ${details.maxAnswerBytes} bytes. ` +
        'Ask for less at once, or raise `maxAnswerBytes`.',
    );
    this.deployment = details.deployment;
    this.maxAnswerBytes = details.maxAnswerBytes;
  }
}

/**
 * The policy of the config forbids the call. Nothing has been sent.
 * @remedy Add a deployment that the policy allows, or change `policy` in the config.
 */
export class ResidencyError extends OpenAIError {
  override readonly name = 'ResidencyError';
  readonly code = 'RESIDENCY_FORBIDDEN';
  /** The deployment that is forbidden. */
  readonly target: string;
  /** The rule of the policy that forbids it. */
  readonly policy: string;

  constructor(details: { target: string; policy: string; reason: string }) {
    super(`Cannot call ${JSON.stringify(details.target)}, and nothing was sent: ${details.reason}`);
    this.target = details.target;
    this.policy = details.policy;
  }
}

/**
 * The client was closed before the call, or while it was under way and `graceMs` had passed.
 * @remedy Make the call before `close()`, or with a new client. Give `close` more time with `graceMs`.
 */
export class ClientClosedError extends OpenAIError {
  override readonly name = 'ClientClosedError';
  readonly code = 'CLIENT_CLOSED';

  constructor() {
    super(
      'Cannot make the call: this client has been closed. Call `close` after the last call, or make another client.',
    );
  }
}

/**
 * The HTTP client could not be loaded: it is not installed, or a bundler has broken it. Nothing was sent, the call makes
 * no other attempt, and no circuit counts the failure.
 * @remedy Install `undici`, leave it out of the bundle, or use `transport: fetchTransport()`.
 */
export class TransportLoadError extends OpenAIError {
  override readonly name = 'TransportLoadError';
  readonly code = 'TRANSPORT_NOT_LOADED';

  constructor(cause: unknown) {
    super(
      `Cannot load the HTTP client: importing "undici" failed with ${JSON.stringify(reasonOf(cause))}. ` +
        'Install "undici". If this program is a bundle, leave "undici" out of it (mark it as external), or give `transport: fetchTransport()`.',
    );
    this.cause = cause;
  }
}

/**
 * The shared store does not answer, and its `degrade` is `'closed'`.
 * @remedy Repair the store. With `degrade: 'local-share'` or `'open'` calls go on without it.
 */
export class QuotaStoreError extends OpenAIError {
  override readonly name = 'QuotaStoreError';
  readonly code = 'QUOTA_STORE_DOWN';

  constructor(details: { store: string; cause?: unknown }) {
    super(
      `Cannot ask the quota store ${JSON.stringify(details.store)}, and \`degrade\` is "closed": ${reasonOf(details.cause)}. ` +
        'Bring the store back, or set `degrade` to "local-share" or "open".',
    );
    this.cause = details.cause;
  }
}

/**
 * A call may use more than is left of a budget. Nothing was sent.
 * @remedy Call again after `endsAt`, ask for less (`max_tokens`), or raise the limit in `budgets`.
 */
export class BudgetExceededError extends OpenAIError {
  override readonly name = 'BudgetExceededError';
  readonly code = 'BUDGET_EXCEEDED';
  /** The tag with its value: `team=search`. Missing for the budget of all calls. */
  readonly tag?: string;
  readonly per: 'hour' | 'day' | 'month';
  readonly unit: 'tokens' | 'cost';
  readonly limit: number;
  /** What calls have used or are using, in the same unit. */
  readonly used: number;
  /** The most that this call may use. */
  readonly asked: number;
  /** When the period ends and the next begins. */
  readonly endsAt: Date;

  constructor(details: {
    tag?: string;
    per: 'hour' | 'day' | 'month';
    unit: 'tokens' | 'cost';
    limit: number;
    used: number;
    asked: number;
    endsAtMs: number;
  }) {
    const { tag, per, unit, limit, used, asked, endsAtMs } = details;
    const whose = tag === undefined ? 'all calls' : JSON.stringify(tag);
    super(
      `Cannot make the call: the budget of ${whose} is ${limit} (${unit}) per ${per}, ${used} of it is used, and this call may use ${asked}. ` +
        `Call again after ${new Date(endsAtMs).toISOString()}, set a lower \`max_tokens\`, or raise the limit in \`budgets\`.`,
    );
    if (tag !== undefined) this.tag = tag;
    this.per = per;
    this.unit = unit;
    this.limit = limit;
    this.used = used;
    this.asked = asked;
    this.endsAt = new Date(endsAtMs);
  }
}

/** The message of the cause, for the operator: for example that the store is full, or that its user lacks a right. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error && cause.message !== ''
    ? cause.message.replace(/\.$/, '')
    : 'it does not answer';
}

/** `12:00:31Z`, or with the date when it is more than a day away. */
function clock(ms: number, nowMs: number): string {
  const iso = new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
  return ms - nowMs > 86_400_000 ? iso : iso.slice(11);
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
