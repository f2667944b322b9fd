import type { AuthDiagnosis, DiagnoseAuthOptions } from './auth-diagnosis.ts';

/**
 * Explains a refused call or a failed sign-in: a `Response`, an error of the `openai` SDK, of `@azure/identity` or of this
 * package, or a plain `{ status, body }`. Resolves to `undefined` when it has nothing to do with signing in. A
 * response can still be read
 * afterwards.
 */
export async function diagnoseAuth(
  failure: unknown,
  options: DiagnoseAuthOptions = {},
): Promise<AuthDiagnosis | undefined> {
  // The tables are loaded on the first refusal, not at the start of a program.
  const { diagnose } = await import('./diagnosis.ts');
  return diagnose(failure, options);
}
