import { aadstsCode } from '../diagnosis/aadsts.ts';
import { fixes } from './chain-links.ts';
import { CredentialError } from '../errors.ts';
import type { TriedCredential } from '../errors.ts';
import { nothingFound, unavailability } from './nothing-found.ts';
import { safeCause } from '../redact.ts';
import { meaningOfSignIn, shortened } from '../diagnosis/sign-in-meaning.ts';

/** The error that callers see: what failed, with what, what to do. */
export function explainSignIn(cause: unknown, scope: string): CredentialError {
  if (cause instanceof CredentialError) {
    return cause.scope === undefined
      ? new CredentialError(cause.message, { scope, tried: cause.tried, cause: cause.cause })
      : cause;
  }
  const tried = triedOf(cause);
  if (tried !== undefined) return nothingFound(tried, { scope, cause: safeCause(cause) });
  const text = textOf(cause);
  const meaning = meaningOfSignIn(text, scope);
  const code = aadstsCode(text);
  const what = `Cannot get a token for scope ${JSON.stringify(scope)}`;
  const message =
    meaning === undefined
      ? `${what}: ${shortened(text)}. The \`cause\` says more.`
      : `${what}: ${meaning.cause}${code === undefined ? '' : ` (${code})`}. To fix it: ${meaning.fix}`;
  return new CredentialError(message, { scope, cause: safeCause(cause) });
}

/** What a chain of `@azure/identity` has tried, one error for each credential; `undefined` when it was no chain. */
function triedOf(cause: unknown): readonly TriedCredential[] | undefined {
  if (!(cause instanceof Error) || cause.name !== 'AggregateAuthenticationError') return undefined;
  const { errors } = cause as { readonly errors?: unknown };
  if (!Array.isArray(errors)) return undefined;
  return errors
    .filter((error): error is Error => error instanceof Error)
    .map((error) => {
      const credential = /\b\w+Credential\b/.exec(error.message)?.[0] ?? nameFrom(error.message);
      return { credential, ...unavailability(error, fixes[credential] ?? 'see the `cause`') };
    });
}

/** Some credentials do not name themselves in their errors. */
function nameFrom(message: string): string {
  if (/Azure CLI|az login/.test(message)) return 'AzureCliCredential';
  if (/IMDS|[Mm]anaged [Ii]dentity/.test(message)) return 'ManagedIdentityCredential';
  if (message.includes('PowerShell')) return 'AzurePowerShellCredential';
  if (/Azure Developer CLI|azd/.test(message)) return 'AzureDeveloperCliCredential';
  return message.includes('Visual Studio Code') ? 'VisualStudioCodeCredential' : 'Credential';
}

/** All the text of an error and its causes: the most specific text is often at the bottom. */
function textOf(cause: unknown, depth = 0): string {
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as { code?: unknown };
  const own = `${cause.message}${typeof code === 'string' && !cause.message.includes(code) ? ` (${code})` : ''}`;
  return cause.cause === undefined || depth > 4 ? own : `${own}\n${textOf(cause.cause, depth + 1)}`;
}
