/** What a check is about. */
type CheckName =
  | 'account'
  | 'call'
  | 'clock'
  | 'config'
  | 'deployment'
  | 'dns'
  | 'latency'
  | 'lifecycle'
  | 'model'
  | 'quota'
  | 'sign-in'
  | 'sku'
  | 'tcp'
  | 'tls';

/** Times of several calls of one kind, in milliseconds. */
export interface Latency {
  /** Operation that was called: `chat/completions`, `responses`, `embeddings`. */
  readonly kind: string;
  readonly calls: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** What one check found. */
export interface CheckResult {
  /** `skipped`: the check could not be made; `cause` says why. */
  readonly status: 'ok' | 'info' | 'warning' | 'error' | 'skipped';
  readonly check: CheckName;
  /** Path in the config: `resources.sweden`, `deployments.chat`. */
  readonly subject: string;
  /** Stable code of the problem, for programs. Absent when there is none. */
  readonly problem?: string;
  /** The fact or the problem, as a sentence. */
  readonly cause: string;
  /** What to do about it. */
  readonly fix?: string;
  /** What the check `latency` measured. */
  readonly latency?: Latency;
}

/** The results of a whole examination. */
export interface Report {
  /** No errors. */
  readonly ok: boolean;
  readonly results: readonly CheckResult[];
}

/** Times of several calls of one kind, in milliseconds. */
export interface Latency {
  /** Operation that was called: `chat/completions`, `responses`, `embeddings`. */
  readonly kind: string;
  readonly calls: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}
