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

/**
 * Explains a refused call or a failed sign-in: a `Response`, an error of the `openai` SDK, of `@azure/identity` or of this
 * package, or a plain `{ status, body }`. Resolves to `undefined` when it is not about who calls. A response can still be read
 * afterwards.
 */
export async function diagnoseAuth(
  failure: unknown,
  options: DiagnoseAuthOptions = {},
): Promise<AuthDiagnosis | undefined> {
  // The tables are loaded when something has been refused, not when a program starts.
  const { diagnose } = await import('./diagnosis.ts');
  return diagnose(failure, options);
}
