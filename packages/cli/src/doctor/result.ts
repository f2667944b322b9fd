import type { Latency } from './latency.ts';

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

/** What one check found. */
export interface CheckResult {
  /** `skipped`: it could not be made; `cause` says why. */
  readonly status: 'ok' | 'info' | 'warning' | 'error' | 'skipped';
  readonly check: CheckName;
  /** Where in the config: `resources.sweden`, `deployments.chat`. */
  readonly subject: string;
  /** Stable name of what is wrong, for programs. Absent when nothing is. */
  readonly problem?: string;
  /** What is so, or what is wrong. */
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
