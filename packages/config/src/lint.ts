import type { ApiFeature } from './catalog/api-versions.ts';
import type { Config } from './config.ts';
import { apiFindings } from './lint/api-findings.ts';
import type { Finding } from './lint/finding.ts';
import { modelFindings } from './lint/model-findings.ts';
import { poolFindings } from './lint/pool-findings.ts';
import { residencyFindings } from './lint/residency-findings.ts';

/** Options of `lint`. */
export interface LintOptions {
  /** The time in milliseconds. @default Date.now */
  readonly now?: () => number;
  /** A model that retires within this many days is a finding. @default 90 */
  readonly retiringWithinDays?: number;
  /** How calls will sign in; lets `policy.apiKeys` be checked. */
  readonly credential?: 'api-key' | 'entra-id';
  /** What calls will use beyond the basics; lets the api-version of each resource be checked. @default [] */
  readonly features?: readonly ApiFeature[];
}

/**
 * Problems, present and coming, of a valid config: retired models and api-versions, features that an
 * api-version lacks, pools that change the answer on failover, skus that may process data outside the policy.
 * Errors come first.
 */
export function lint(config: Config, options: LintOptions = {}): readonly Finding[] {
  const { now = Date.now, retiringWithinDays = 90, credential, features = [] } = options;
  const today = new Date(now()).toISOString().slice(0, 10);
  const findings = [
    ...residencyFindings(config, credential),
    ...modelFindings(config, { today, retiringWithinDays }),
    ...apiFindings(config, features),
    ...poolFindings(config),
  ];
  const order = { error: 0, warning: 1, info: 2 };
  return findings.toSorted((a, b) => order[a.severity] - order[b.severity]);
}
