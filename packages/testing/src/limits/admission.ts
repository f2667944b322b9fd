/** The estimated or actual cost of a request. */
export interface Tokens {
  /** Prompt and output together. For pay-as-you-go only this counts. */
  readonly tokens: number;
  /** The part of `tokens` that is output. A provisioned deployment weights it several times. @default 0 */
  readonly outputTokens?: number;
  /** The part of `tokens` that came from the prompt cache. Free on a provisioned deployment. @default 0 */
  readonly cachedTokens?: number;
}

/** Why a request was refused: the words that Azure puts in its message. */
export type LimitKind = 'token' | 'call' | 'utilisation';

export interface Admitted {
  readonly ok: true;
  /** The rate-limit headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Replaces the estimate by the actual cost. Only provisioned deployments do this. */
  readonly settle: (actual: Tokens) => void;
}

export interface Refused {
  readonly ok: false;
  readonly kind: LimitKind;
  /** How long the caller has to wait, in the caller's milliseconds. */
  readonly retryAfterMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

export type Admission = Admitted | Refused;

/** How much of the limit is used, from 0 to 1 (a provisioned one may exceed 1 briefly); `undefined` is unlimited. */
export interface QuotaUse {
  readonly tokens?: number;
  readonly calls?: number;
  readonly utilisation?: number;
}
