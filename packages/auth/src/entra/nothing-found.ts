import { CredentialError } from '../errors.ts';
import type { TriedCredential } from '../errors.ts';
import { meaningOfSignIn, shortened } from '../diagnosis/sign-in-meaning.ts';

/** The error for a search that found nothing to sign in with: a line for each way that was tried. */
export function nothingFound(
  tried: readonly TriedCredential[],
  { scope, cause }: { readonly scope?: string; readonly cause?: unknown } = {},
): CredentialError {
  const lines = tried.map(({ credential, problem, fix }) => `  ${credential}: ${problem}. To fix it: ${fix}`);
  const message = [
    'Cannot sign in to Azure: nothing to sign in with was found.',
    ...lines,
    'Set up one of these, or give an API key with `apiKey`.',
  ].join('\n');
  return new CredentialError(message, {
    tried,
    ...(scope === undefined ? {} : { scope }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Why a credential is not available, in a few words. `fix` is the way to set it up, if nothing better is known. */
export function unavailability(error: Error, fix: string): Omit<TriedCredential, 'credential' | 'wasAsked'> {
  const meaning = meaningOfSignIn(error.message);
  const said = shortened(error.message.replace(/^\w+Credential:\s*/, ''));
  return { problem: meaning?.cause ?? said, fix: meaning?.fix ?? fix };
}
