import type { AuthDiagnosis, DiagnoseAuthOptions } from './auth-diagnosis.ts';

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
