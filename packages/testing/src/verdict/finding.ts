/** What a caller did wrong. */
export type FindingRule =
  /** The same call was repeated before the time that the service named. */
  | 'retried-early'
  /** Another call was sent to a deployment before the time that it named. */
  | 'ignored-park'
  /** The same request was repeated after an answer that cannot change. */
  | 'retried-final'
  /** An API key was sent where the config forbids keys. */
  | 'key-forbidden'
  /** A key or token was put in the URL, where proxies log it. */
  | 'credential-in-url'
  /** The dated surface was called without its `api-version`. */
  | 'missing-api-version'
  /** The `api-version` is not one that the surface serves. */
  | 'unknown-api-version'
  /** The URL does not exist. */
  | 'unknown-operation'
  /** The deployment does not exist in the resource. */
  | 'unknown-deployment';

/** One thing that a caller did wrong. */
export interface Finding {
  readonly rule: FindingRule;
  /** What happened, and what to do. */
  readonly message: string;
  /** The numbers of the requests; the wrong one is last. */
  readonly requests: readonly number[];
}
