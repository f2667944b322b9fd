import type { AuthProblem } from './auth-problems.ts';
import type { TokenDescription } from '../token/describe-token.ts';

/** Why a call was refused, how that is known, and what to do. */
export interface AuthDiagnosis {
  readonly problem: AuthProblem;
  /** One sentence for people. */
  readonly cause: string;
  /** What the diagnosis rests on, word for word where the service said it. No secrets. */
  readonly evidence: readonly string[];
  /** A command, or a step, with what is known filled in and the rest as `<name>`. */
  readonly fix: string;
}

/** What is known beside the answer. Each makes the diagnosis sharper. */
export interface DiagnoseAuthOptions {
  /** The endpoint that was called. Taken from the response if that knows it. */
  readonly endpoint?: string | URL;
  /** What the token said: `identityOf(credential)` or `describeToken(token)`. */
  readonly token?: TokenDescription;
  /** The scope that the token was asked for. */
  readonly scope?: string;
}
