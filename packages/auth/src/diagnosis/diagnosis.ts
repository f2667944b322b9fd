import { aadstsCode } from './aadsts.ts';
import type { Meaning } from './aadsts.ts';
import { audienceNamedIn, fixOf } from './auth-fixes.ts';
import { rows } from './auth-problems.ts';
import type { Refusal, RefusalProblem } from './auth-problems.ts';
import type { TokenDescription } from '../token/describe-token.ts';
import type { AuthDiagnosis, DiagnoseAuthOptions } from './auth-diagnosis.ts';
import { CredentialError } from '../errors.ts';
import type { TriedCredential } from '../errors.ts';
import { redact } from '../redact.ts';
import { meaningOfSignIn, shortened } from './sign-in-meaning.ts';

/** The result of `diagnoseAuth`. */
export async function diagnose(
  failure: unknown,
  options: DiagnoseAuthOptions,
): Promise<AuthDiagnosis | undefined> {
  const refusal = await refusalOf(failure);
  const endpoint = options.endpoint === undefined ? endpointOf(failure) : String(options.endpoint);
  return refused(refusal, { ...options, endpoint }) ?? notSignedIn(failure, refusal, options.scope);
}

interface Context {
  readonly endpoint: string | undefined;
  readonly token?: TokenDescription;
  readonly scope?: string;
}

function refused(refusal: Refusal, { endpoint, token, scope }: Context): AuthDiagnosis | undefined {
  const { status, text, challenge = '' } = refusal;
  const claims = /\bclaims="([^"]+)"/i.exec(challenge)?.[1];
  const found = findingOf(refusal, { token, scope, endpoint });
  if (found === undefined) return undefined;
  const { problem, cause } = found;
  const evidence = [
    `${status ?? 'no status'}: ${messageIn(text)}`,
    ...(token === undefined ? [] : [`token: ${summaryOf(token)}`]),
    ...(scope === undefined ? [] : [`scope: ${scope}`]),
    ...(challenge === ''
      ? []
      : [`www-authenticate: ${redact(challenge.replace(/claims="[^"]*"/i, 'claims="…"')).slice(0, 200)}`]),
  ];
  return { problem, cause, evidence, fix: fixOf(problem, { endpoint, token, text, claims, scope }) };
}

function findingOf({ status, text, challenge = '' }: Refusal, asked: Asked): Finding | undefined {
  if (status === 401 && /insufficient_claims|\bclaims="/i.test(challenge)) {
    return {
      problem: 'claims-challenge',
      cause: 'The token is not enough any more: conditional access asks for a new one with further claims.',
    };
  }
  const row = rows.find(
    ({ statuses, pattern }) => (status === undefined || statuses.includes(status)) && pattern.test(text),
  );
  if (row !== undefined) return row.problem === 'bad-token' ? badToken(asked, text) : row;
  if (status !== 401 && status !== 403) return undefined;
  const said = messageIn(text);
  const cause = `The call was refused with ${status}${said === '' || /[<>]/.test(said) ? ', without a reason' : `: ${JSON.stringify(said)}`}.`;
  return { problem: status === 401 ? 'unauthorized' : 'forbidden', cause };
}

interface Finding {
  readonly problem: RefusalProblem;
  readonly cause: string;
}

interface Asked {
  readonly token: TokenDescription | undefined;
  readonly scope: string | undefined;
  readonly endpoint: string | undefined;
}

/** The service does not say what is wrong with a token; the claims of the token do. */
function badToken({ token, scope, endpoint }: Asked, text: string): Finding {
  if (token?.isExpired === true) {
    return {
      problem: 'expired-token',
      cause: `The token expired at ${token.expiresAt?.toISOString() ?? 'an unknown time'}.`,
    };
  }
  const audience = token?.audience ?? scope;
  if (audience !== undefined && !isAudience(audience, scope ?? endpoint)) {
    return {
      problem: 'wrong-audience',
      cause: `The token is for ${JSON.stringify(audience)}, not for Azure OpenAI in this cloud.`,
    };
  }
  const named = audienceNamedIn(text, endpoint);
  if (
    token?.audience?.startsWith('https://') === true &&
    named !== undefined &&
    withoutSlash(token.audience) !== named
  ) {
    return {
      problem: 'wrong-audience',
      cause: `The token is for ${JSON.stringify(token.audience)}, the service wants one for ${JSON.stringify(named)}.`,
    };
  }
  return {
    problem: 'bad-token',
    cause:
      'The token is missing, malformed, expired or for another audience: the service does not say which.',
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}

/** Audiences of Azure OpenAI, by host or, in tokens of version 2.0, by application id. */
const audiences =
  /^(?:https:\/\/(?:cognitiveservices|ai)\.azure\.(com|us|cn)(?:\/|$)|7d312290-28c8-473c-a0ed-8e53749b6d6d$|18a66f5f-dbdf-4c17-9dd7-1634712a9cbe$)/;

/** Whether `audience` is Azure OpenAI, in the cloud that `called` (a scope or an endpoint) is in. */
function isAudience(audience: string, called: string | undefined): boolean {
  const match = audiences.exec(audience);
  const [, cloud] = match ?? [];
  const wanted = /\.azure\.(com|us|cn)(?:[/:]|$)/.exec(called ?? '')?.[1];
  return match !== null && (cloud === undefined || wanted === undefined || cloud === wanted);
}

function notSignedIn(failure: unknown, { text }: Refusal, scope?: string): AuthDiagnosis | undefined {
  const meaning = meaningOfSignIn(text, scope);
  const isSignIn =
    aadstsCode(text) !== undefined ||
    (failure instanceof Error && /^(?:Credential|AggregateAuth|Auth)/.test(failure.name));
  if (!isSignIn) return undefined;
  const tried = failure instanceof CredentialError ? failure.tried : [];
  const evidence = tried.map(({ credential, problem }) => `${credential}: ${problem}`);
  const culprit = culpritOf(tried);
  const own = failure instanceof CredentialError ? ownWords(failure.message) : undefined;
  return {
    problem: 'sign-in-failed',
    cause: sentence(
      tried.length > 0
        ? `nothing to sign in with was found${culprit === undefined ? '' : `: ${culprit.problem}`}`
        : (meaning?.cause ?? own?.cause ?? shortened(text)),
    ),
    evidence: evidence.length > 0 ? evidence : [shortened(aadstsLine(text))],
    fix: (culprit ?? tried.find(isDeveloperTool) ?? tried[0])?.fix ?? own?.fix ?? meaning?.fix ?? unknownFix,
  };
}

/** The diagnosis of an unknown failure. */
const unknownFix =
  'Read the evidence; `AZURE_LOG_LEVEL=verbose` shows every step, and https://aka.ms/azsdk/js/identity/troubleshoot explains them.';

/** The credential that was available and asked, but gave no token. */
function culpritOf(tried: readonly TriedCredential[]): TriedCredential | undefined {
  return tried.find(({ wasAsked }) => wasAsked === true);
}

function isDeveloperTool({ credential }: TriedCredential): boolean {
  return credential === 'AzureCliCredential';
}

/** Our own errors read “what failed: with what. What to do.” */
function ownWords(message: string): Partial<Meaning> {
  if (message.endsWith('The `cause` says more.')) return {};
  const { groups } = /^(?<cause>Cannot [^]*?)\. (?:To fix it: )?(?<fix>[^]+)/.exec(message) ?? {};
  return groups ?? {};
}

/** Status and body of a response or an error. */
async function refusalOf(failure: unknown): Promise<Refusal> {
  if (failure instanceof Response) {
    const body = failure.bodyUsed ? '' : await failure.clone().text();
    return {
      status: failure.status,
      text: `${failure.statusText}\n${body}`,
      ...challengeIn(failure.headers),
    };
  }
  if (typeof failure !== 'object' || failure === null) return { status: undefined, text: String(failure) };
  const { status, statusCode, body, responseBody, error, message, cause, headers, responseHeaders } =
    failure as Record<string, unknown>;
  const parts = [message, body, responseBody, error, cause instanceof Error ? cause.message : undefined];
  const number = [status, statusCode].find((one) => typeof one === 'number');
  return {
    status: number,
    text: parts.map(textOf).join('\n'),
    ...challengeIn(headers ?? responseHeaders),
  };
}

/** `www-authenticate` of a `Headers`, of anything like it, or of a plain object. */
function challengeIn(headers: unknown): { readonly challenge?: string } {
  if (typeof headers !== 'object' || headers === null) return {};
  const get = (headers as { readonly get?: unknown }).get;
  const value: unknown =
    typeof get === 'function'
      ? (get as (name: string) => unknown).call(headers, 'www-authenticate')
      : Object.entries(headers).find(([name]) => name.toLowerCase() === 'www-authenticate')?.[1];
  return typeof value === 'string' ? { challenge: value } : {};
}

function textOf(part: unknown): string {
  const given = part ?? '';
  return typeof given === 'string' ? given : JSON.stringify(given);
}

function endpointOf(failure: unknown): string | undefined {
  return failure instanceof Response ? URL.parse(failure.url)?.origin : undefined;
}

/** The service's own words. */
function messageIn(text: string): string {
  const quoted = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  return redact(quoted ?? shortened(text));
}

function aadstsLine(text: string): string {
  return text.split(/\r?\n/).find((line) => aadstsCode(line) !== undefined) ?? text;
}

function summaryOf(token: TokenDescription): string {
  const facts = {
    tenant: token.tenantId,
    principal: token.objectId,
    app: token.appId,
    audience: token.audience,
    expires: token.expiresAt?.toISOString(),
  };
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value ?? ''}`)
    .join(', ');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
