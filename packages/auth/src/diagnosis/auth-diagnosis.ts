import type { AuthProblem } from './auth-problems.ts';
import type { TokenDescription } from '../token/describe-token.ts';

/** Why a call was refused, how that is known, and what to do. */
export interface AuthDiagnosis {
  readonly problem: AuthProblem;
  /** One sentence for people. */
  readonly cause: string;
  /** The evidence, in the service's own words where there are any. No secrets. */
  readonly evidence: readonly string[];
  /** A command or a step. Known values are filled in, unknown ones are written as `<name>`. */
  readonly fix: string;
}

/** Facts that are not in the answer. Each one makes the diagnosis more precise. */
export interface DiagnoseAuthOptions {
  /** The endpoint that was called. @default the URL of the response, if it has one */
  readonly endpoint?: string | URL;
  /** What the token said: `identityOf(credential)` or `describeToken(token)`. */
  readonly token?: TokenDescription;
  /** The scope that the token was asked for. */
  readonly scope?: string;
}
