import type { Limits } from '@aoai/config';

/** What a store must know about a target to decide whether it may be called. */
export interface QuotaTarget {
  /** The same in every replica: host and deployment, `contoso.openai.azure.com/gpt-5.6-luna`. */
  readonly key: string;
  readonly limits: Limits;
  /** `true` for provisioned throughput: a leaky bucket of utilisation in place of windows. */
  readonly provisioned: boolean;
  /** Input tokens per minute that one PTU carries, and how many of them an output token weighs. */
  readonly ptu?: { readonly inputTpm: number; readonly outputWeight: number };
  readonly circuit: CircuitRules;
}

/** When a circuit opens, and for how long. */
export interface CircuitRules {
  /** Opens when this many of the last `window` attempts failed. */
  readonly failures: number;
  readonly window: number;
  /** How long it stays open the first time; each failed probe doubles it up to `maxOpenMs`. */
  readonly openMs: number;
  readonly maxOpenMs: number;
}

/** Tokens that an attempt may use (an estimate) or has used. */
export interface TokenCount {
  readonly input: number;
  readonly output: number;
  /** Part of `input` that came from the prompt cache: free on provisioned throughput. */
  readonly cachedInput?: number;
}

/** Permission to send one attempt. Must be settled exactly once, whatever happens. */
export interface Grant {
  readonly ok: true;
  readonly target: QuotaTarget;
  readonly tokens: TokenCount;
  /** This attempt is the one probe of a half-open circuit. */
  readonly probe: boolean;
  /** What the store needs to settle this grant. Nothing else reads it. */
  readonly lease: unknown;
}

export type RefusalReason = 'parked' | 'circuit-open' | 'tokens' | 'requests' | 'utilisation';

/** The target may not be called now. */
export interface Refusal {
  readonly ok: false;
  readonly reason: RefusalReason;
  /** When the call should ask again; `Infinity` when the request can never fit. */
  readonly retryAtMs: number;
}

/** How an attempt ended, for quota, parking and circuit in one step. */
export interface Settlement {
  /** `throttled` and `cancelled` say nothing about health; `failed` counts against the circuit. */
  readonly result: 'ok' | 'failed' | 'throttled' | 'cancelled';
  /** The tokens that the attempt used; `undefined` keeps the estimate. */
  readonly tokens?: TokenCount;
  /** `false` gives the reservation back: the service never counted the request. @default true */
  readonly counted?: boolean;
  /** Parks the target until then. An earlier time than the present one changes nothing. */
  readonly parkUntilMs?: number;
  /** What the answer's headers said about the quota. */
  readonly observed?: ObservedQuota;
  /** Which limit a throttled attempt ran into, by the words of the answer. */
  readonly limitHit?: 'tokens' | 'requests';
  /** The wait that the service asked for. */
  readonly waitMs?: number;
}

/** Rate-limit headers of one answer. Missing and invalid values are left out. */
export interface ObservedQuota {
  readonly limitTokens?: number;
  readonly limitRequests?: number;
  readonly remainingTokens?: number;
  readonly remainingRequests?: number;
  /** PTU utilisation, 1 is 100 %. */
  readonly utilisation?: number;
}

/** The latest known state of a target. */
export interface TargetState {
  readonly circuit: 'closed' | 'open' | 'half-open';
  /** Attempts of the circuit's window, and how many of them failed. */
  readonly attempts: number;
  readonly failures: number;
  /** `0` when not parked. */
  readonly parkedUntilMs: number;
  /** `0` when the circuit is not open. */
  readonly openUntilMs: number;
  /** Free share of the scarcest limit, 0 to 1. `1` when no limit is known. */
  readonly free: number;
}

/** What settling changed, for the events of the client. */
export interface SettledChange {
  readonly circuitOpened?: { readonly untilMs: number };
  readonly circuitClosed?: true;
  readonly parked?: { readonly untilMs: number };
}

/** Where replicas store together which resource holds what. A failure of either method never fails a call. */
export interface SharedHolders {
  find(reference: string): Promise<string | undefined>;
  remember(reference: string, resource: string): Promise<void>;
}

/**
 * Quota, parking and circuits: one atomic decision for each `reserve` and each `settle`.
 * Both may return a promise. The in-memory store never does, and its callers then do not wait for a microtask.
 */
export interface QuotaStore {
  reserve(target: QuotaTarget, tokens: TokenCount): Grant | Refusal | Promise<Grant | Refusal>;
  /** The service has let the attempt in: its answer has begun. Streams end much later, and are settled then. */
  admitted?(grant: Grant, observed: ObservedQuota | undefined): void;
  settle(grant: Grant, settlement: Settlement): SettledChange | Promise<SettledChange>;
  /** The latest known state, without a request to a shared store: for the choice of a target and for `status()`. */
  peek(target: QuotaTarget): TargetState;
  /** Where replicas store together which resource holds what. Without it each process knows only what it has seen. */
  readonly holders?: SharedHolders;
  close?(): Promise<void>;
}
