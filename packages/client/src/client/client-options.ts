import type { Credential } from '@aoai/auth';
import type { Budget, BudgetStore } from '../budget/budget.ts';
import type { Listener } from '../events/events.ts';
import type { QuotaStore } from '../quota/quota.ts';
import type { TelemetryOptions } from '../telemetry/telemetry.ts';
import type { Transport } from '../transport/transport.ts';

/** Anything that gives Entra ID tokens: a credential of `@azure/identity`. */
export interface TokenSource {
  getToken(
    scopes: string | string[],
    options?: object,
  ): Promise<{ token: string; expiresOnTimestamp: number } | null>;
}

/** How a client behaves. Every option has a default that suits production. */
export interface ClientOptions {
  /** Who calls. @default entraId(), which is DefaultAzureCredential */
  readonly credential?: Credential | TokenSource;
  /** Who calls, for single resources by their names in the config. */
  readonly credentials?: Readonly<Record<string, Credential | TokenSource>>;
  /** How long a call may take, with waiting, retries and streaming. @default 600_000 */
  readonly deadlineMs?: number;
  /** How long one attempt may take: to the whole answer, or to the headers of a stream. @default 300_000 */
  readonly attemptTimeoutMs?: number;
  /** How long a stream may take to its first content. @default no limit of its own */
  readonly firstTokenTimeoutMs?: number;
  /** How long a stream may be silent. `false`: any time. @default 120_000 */
  readonly idleTimeoutMs?: number | false;
  /**
   * How long an answer may be that is read as a whole, and one event of a stream, after unpacking. What is handed on as it
   * comes, such as a file or sound, has no limit.
   * @default 268_435_456
   */
  readonly maxAnswerBytes?: number;
  /** `false`: one attempt and no more. */
  readonly retry?: RetryOptions | false;
  readonly circuit?: CircuitOptions | false;
  /** A second attempt for calls whose first one is slow; `'auto'` learns after how long. @default false */
  readonly hedge?: HedgeOptions | 'auto' | false;
  /** Where quota, parking and circuits are kept. @default in memory, for this process */
  readonly quota?: QuotaStore;
  /**
   * Changes the parameters of chat completions and Responses to those that the model of the deployment takes, by the
   * catalogue: the name and the size of the limit of output, `reasoning_effort`, and what the model refuses. For pools of
   * mixed models. Each change is emitted in a `request-fitted` event.
   * @default false
   */
  readonly fit?: boolean;
  /** What calls may use in a period. A call that may use more than is left is refused before a byte is sent. */
  readonly budgets?: BudgetOptions;
  /** The function that sends attempts. @default undiciTransport() */
  readonly transport?: Transport;
  /**
   * Further headers that calls may set, for example for a gateway: `['x-team']`. Headers that are a credential, or that
   * name another host, path or method, cannot be allowed.
   */
  readonly allowHeaders?: readonly string[];
  /** Tags under which calls are counted, for example `{ team: 'search' }`. */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * What is recorded with OpenTelemetry once the application has set it up: spans and metrics by the GenAI conventions.
   * `false` for nothing.
   */
  readonly telemetry?: TelemetryOptions | false;
  /** Called with every event from the start. */
  readonly onEvent?: Listener;
  readonly now?: () => number;
  readonly random?: () => number;
}

/** Budgets, and where is kept what they have used. */
export interface BudgetOptions {
  readonly limits: readonly Budget[];
  /** @default in memory, for this client; `redisBudgets(redis, …)` for all processes together */
  readonly store?: BudgetStore;
}

/** How often and when a call is tried again. */
export interface RetryOptions {
  /** Attempts after the first, for one call. @default 5 */
  readonly maxRetries?: number;
  /** Wait before the second attempt at a target whose answer names none; doubles each time. @default 500 */
  readonly initialDelayMs?: number;
  /** @default 8_000 */
  readonly maxDelayMs?: number;
  /**
   * Retries of the whole process, as a share of its calls. All clients of a process have one budget together; one that
   * sets this or `budgetReserve` has a budget of its own.
   * @default 0.2
   */
  readonly budgetShare?: number;
  /** Retries that may be made before the calls have earned any. @default 20 */
  readonly budgetReserve?: number;
}

/** When a target that keeps failing, or has become slow, is left alone. 429 is no failure. */
export interface CircuitOptions {
  /** Opens when this many of the last `window` attempts failed. @default 5 */
  readonly failures?: number;
  /** @default 10 */
  readonly window?: number;
  /** How long it stays open before one probe. Doubles with each probe that fails. @default 5_000 */
  readonly openMs?: number;
  /** @default 120_000 */
  readonly maxOpenMs?: number;
  /**
   * A call that takes longer is slow: to its answer, or to the first content of a stream. `'auto'`: three times as long
   * as is usual for its target and kind. `false`: no call is slow.
   * @default 'auto'
   */
  readonly slowCallDurationMs?: number | 'auto' | false;
  /** Opens when this share of the last `window` calls was slow. @default 0.5 */
  readonly slowCallRate?: number;
}

/** When a slow attempt gets another one beside it. The first answer wins; the other attempt is aborted. */
export interface HedgeOptions {
  /** How long the first attempt may take, to its answer or first content, before the second one starts. */
  readonly afterMs: number;
  /** Calls that may be hedged, as a share of all. @default 0.05 */
  readonly maxShare?: number;
}

/** What `with` can change for some calls. */
export interface CallOptions {
  readonly deadlineMs?: number;
  readonly attemptTimeoutMs?: number;
  readonly firstTokenTimeoutMs?: number;
  readonly idleTimeoutMs?: number | false;
  readonly maxAnswerBytes?: number;
  readonly tags?: Readonly<Record<string, string>>;
  /** Resource for requests that name no deployment, such as `files.list()`. @default the first of the config */
  readonly resource?: string;
  /**
   * Lets calls through whose references the policy cannot see: the file of a batch, a stored assistant, eval or prompt, a
   * search service of `data_sources`. What can be seen is checked all the same.
   * @default false
   */
  readonly trustReferences?: boolean;
  /** As the option of the client. */
  readonly fit?: boolean;
}
