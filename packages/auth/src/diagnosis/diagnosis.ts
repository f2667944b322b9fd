import { aadstsCode } from './aadsts.ts';
import { fixOf } from './auth-fixes.ts';
import { rows } from './auth-problems.ts';
import type { Refusal, RefusalProblem } from './auth-problems.ts';
import type { TokenDescription } from '../token/describe-token.ts';
import type { AuthDiagnosis, DiagnoseAuthOptions } from './auth-diagnosis.ts';
import { CredentialError } from '../errors.ts';
import { redact } from '../redact.ts';
import { meaningOfSignIn, shortened } from './sign-in-meaning.ts';

/** What `diagnoseAuth` answers. */
export async function diagnose(
  failure: unknown,
  options: DiagnoseAuthOptions,
): Promise<AuthDiagnosis | undefined> {
  const refusal = await refusalOf(failure);
  const endpoint = options.endpoint === undefined ? endpointOf(failure) : String(options.endpoint);
  return refused(refusal, { ...options, endpoint }) ?? notSignedIn(failure, refusal);
}

function refused(
  { status, text }: Refusal,
  { endpoint, token, scope }: { endpoint: string | undefined; token?: TokenDescription; scope?: string },
): AuthDiagnosis | undefined {
  const row = rows.find(
    ({ statuses, pattern }) => (status === undefined || statuses.includes(status)) && pattern.test(text),
  );
  if (row === undefined) return undefined;
  const { problem, cause } = row.problem === 'bad-token' ? badToken({ token, scope, endpoint }) : row;
  const evidence = [
    `${status ?? 'no status'}: ${messageIn(text)}`,
    ...(token === undefined ? [] : [`token: ${summaryOf(token)}`]),
    ...(scope === undefined ? [] : [`scope: ${scope}`]),
  ];
  return { problem, cause, evidence, fix: fixOf(problem, { endpoint, token, text }) };
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

/** The service does not say what is wrong with a token. The token does. */
function badToken({ token, scope, endpoint }: Asked): Finding {
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
  return {
    problem: 'bad-token',
    cause:
      'The token is missing, malformed, expired or for another audience: the service does not say which.',
  };
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

function notSignedIn(failure: unknown, { text }: Refusal): AuthDiagnosis | undefined {
  const meaning = meaningOfSignIn(text);
  const isSignIn =
    failure instanceof CredentialError ||
    aadstsCode(text) !== undefined ||
    (failure instanceof Error && /^(?:Credential|AggregateAuth|Auth)/.test(failure.name));
  if (!isSignIn) return undefined;
  const tried = failure instanceof CredentialError ? failure.tried : [];
  const evidence = tried.map(({ credential, problem }) => `${credential}: ${problem}`);
  return {
    problem: 'sign-in-failed',
    cause: sentence(
      tried.length > 0 ? 'nothing to sign in with was found' : (meaning?.cause ?? shortened(text)),
    ),
    evidence: evidence.length > 0 ? evidence : [shortened(aadstsLine(text))],
    fix:
      tried.length > 0
        ? ((tried.find(({ credential }) => credential === 'AzureCliCredential') ?? tried[0])?.fix ??
          'az login')
        : (meaning?.fix ?? 'az login'),
  };
}

/** Status and body of whatever came back. */
async function refusalOf(failure: unknown): Promise<Refusal> {
  if (failure instanceof Response) {
    const body = failure.bodyUsed ? '' : await failure.clone().text();
    return { status: failure.status, text: `${failure.statusText}\n${body}` };
  }
  if (typeof failure !== 'object' || failure === null) return { status: undefined, text: String(failure) };
  const { status, statusCode, body, responseBody, error, message, cause } = failure as Record<
    string,
    unknown
  >;
  const parts = [message, body, responseBody, error, cause instanceof Error ? cause.message : undefined];
  const number = [status, statusCode].find((one) => typeof one === 'number');
  return {
    status: number,
    text: parts
      .map(textOf)
      .filter((part) => part !== '')
      .join('\n'),
  };
}

function textOf(part: unknown): string {
  if (part === undefined || part === null) return '';
  return typeof part === 'string' ? part : JSON.stringify(part);
}

function endpointOf(failure: unknown): string | undefined {
  if (!(failure instanceof Response) || failure.url === '') return undefined;
  return URL.parse(failure.url)?.origin;
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
