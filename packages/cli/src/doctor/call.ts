import { diagnoseAuth, scopeFor } from '@aoai/auth';
import type { Credential, TokenDescription } from '@aoai/auth';
import { diagnoseAnswer } from '@aoai/client';
import type { Transport, TransportResponse } from '@aoai/client';
import { catalog, entryOf } from '@aoai/config';
import type { Deployment, Resource } from '@aoai/config';
import { oneLine } from '../printable.ts';
import { createSecrets } from '../secrets.ts';
import type { Probe } from './probe.ts';
import { readBounded } from './read-bounded.ts';
import type { CheckResult } from './result.ts';
import { servedModel } from './served-model.ts';

type Partial = Omit<CheckResult, 'subject'>;

/** What an answer to a probe shows. */
export interface CallOutcome {
  readonly results: readonly Partial[];
  /** The account refuses this caller: other deployments are not tried. */
  readonly isRefused: boolean;
  /** How long the answer took; absent when it was not an answer. */
  readonly answeredInMs?: number;
  /** Milliseconds by which the clock of the service is ahead of this one. */
  readonly skewMs?: number;
}

/** The caller, and facts besides the probe. */
export interface CallOptions {
  readonly deployment: Deployment;
  readonly resource: Resource;
  readonly credential: Credential;
  readonly token: TokenDescription | undefined;
  /** The transport of the client, with its proxies, certificates and time limits. */
  readonly transport: Transport;
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Sends a probe and evaluates its answer. */
export async function call(probe: Probe, options: CallOptions): Promise<CallOutcome> {
  const { resource, credential, signal, now } = options;
  const scope = scopeFor(resource.endpoint, resource.api, resource);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]);
  const startedAt = now();
  let response: TransportResponse;
  let text: string;
  try {
    const auth = await credential.headers({ scope, signal: limit });
    response = await options.transport({
      url: probe.url,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...renamed(auth, resource.keyHeader) },
      body: JSON.stringify(probe.body),
      signal: limit,
    });
    // Redacted before it is cut: half a key would not be recognised.
    text = withoutKeys(await readBounded(response), auth);
  } catch (error) {
    signal.throwIfAborted();
    const why = limit.aborted
      ? `no answer in ${options.timeoutMs} ms`
      : oneLine(reasonOf(error)).slice(0, 300);
    return {
      isRefused: false,
      results: [
        {
          check: 'call',
          status: 'error',
          problem: 'no-answer',
          cause: `The call got no answer: ${why.replace(/\.$/, '')}.`,
          fix: 'Try again; if it stays so, check the status of Azure OpenAI in the region.',
        },
      ],
    };
  }
  const endedAt = now();
  const skew = skewOf(response, startedAt, endedAt);
  const outcome = isSuccess(response)
    ? answered(response, text, { ...options, probe, tookMs: endedAt - startedAt })
    : await refused(response, text, options);
  return { ...outcome, ...(skew !== undefined && { skewMs: skew }) };
}

function isSuccess({ status }: TransportResponse): boolean {
  return status >= 200 && status < 300;
}

/** The innermost cause with its code: the outer error often says only that the call failed. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined || error.message.includes(code) ? error.message : `${error.message} (${code})`;
}

/** A body may repeat the request. */
function withoutKeys(text: string, auth: Readonly<Record<string, string>>): string {
  const secrets = createSecrets({});
  for (const value of Object.values(auth)) secrets.add(value.replace(/^Bearer\s+/i, ''));
  return secrets.mask(text);
}

function renamed(headers: Readonly<Record<string, string>>, keyHeader: string): Record<string, string> {
  const { 'api-key': key, ...rest } = headers;
  return key === undefined ? rest : { ...rest, [keyHeader]: key };
}

function skewOf(response: TransportResponse, startedAt: number, endedAt: number): number | undefined {
  const date = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(date) ? undefined : date - (startedAt + endedAt) / 2;
}

function answered(
  response: TransportResponse,
  text: string,
  { deployment, probe, tookMs }: CallOptions & { readonly probe: Probe; readonly tookMs: number },
): CallOutcome {
  const wrong = diagnoseAnswer({
    method: 'POST',
    path: probe.path,
    status: response.status,
    contentType: response.headers.get('content-type'),
    body: text,
  });
  if (wrong !== undefined) {
    const cause = `What came is no answer: ${wrong.cause}.`;
    return {
      isRefused: false,
      results: [{ check: 'call', status: 'error', problem: 'no-answer', cause, fix: wrong.fix }],
    };
  }
  const results: Partial[] = [{ check: 'call', status: 'ok', cause: 'The deployment answers.' }];
  results.push(
    servedModel(deployment, { header: response.headers.get('x-ms-served-model'), model: modelIn(text) }),
  );
  results.push(...quotaOf(response, deployment));
  return { isRefused: false, results, answeredInMs: tookMs };
}

function modelIn(text: string): string | undefined {
  try {
    const { model } = JSON.parse(text) as { model?: unknown };
    return typeof model === 'string' ? model : undefined;
  } catch {
    return undefined;
  }
}

/** Compares limits in the answer with those of the config: with too high limits a client sends too much. */
function quotaOf({ headers }: TransportResponse, { limits }: Deployment): readonly Partial[] {
  const pairs = [
    ['tpm', 'tokens', limits.tpm, headers.get('x-ratelimit-limit-tokens')],
    ['rpm', 'requests', limits.rpm, headers.get('x-ratelimit-limit-requests')],
  ] as const;
  return pairs.flatMap(([key, unit, configured, text]): Partial[] => {
    const actual = Number(text ?? Number.NaN);
    if (configured === undefined || !(actual > 0)) return [];
    if (configured <= actual)
      return [{ check: 'quota', status: 'ok', cause: `Azure gives ${actual} ${unit} a minute.` }];
    return [
      {
        check: 'quota',
        status: 'error',
        problem: 'quota-lower',
        cause: `The config counts on ${configured} ${unit} a minute, Azure gives ${actual}.`,
        fix: `Set \`limits.${key}\` to ${actual}, or raise the capacity of the deployment.`,
      },
    ];
  });
}

async function refused(
  response: TransportResponse,
  text: string,
  options: CallOptions,
): Promise<CallOutcome> {
  const { resource, deployment, token } = options;
  const scope = scopeFor(resource.endpoint, resource.api, resource);
  const auth = await diagnoseAuth(
    { status: response.status, body: text, headers: response.headers },
    { endpoint: resource.endpoint, scope, ...(token !== undefined && { token }) },
  );
  if (auth !== undefined) {
    const { problem, cause, fix } = auth;
    return { isRefused: true, results: [{ check: 'sign-in', status: 'error', problem, cause, fix }] };
  }
  return { isRefused: false, results: [serviceSays(response, text, { resource, deployment })] };
}

function serviceSays(
  response: TransportResponse,
  text: string,
  { resource, deployment }: { readonly resource: Resource; readonly deployment: Deployment },
): Partial {
  const { status } = response;
  const said = oneLine(/"message"\s*:\s*"((?:[^"\\]|\\.){0,300})/.exec(text)?.[1] ?? text.slice(0, 200));
  if (status === 404 && text.includes('DeploymentNotFound')) {
    return {
      check: 'deployment',
      status: 'error',
      problem: 'deployment-missing',
      cause: `${resource.endpoint} has no deployment ${JSON.stringify(deployment.deployment)}.`,
      fix: 'Check its name with `aoai config pull`, or create it; a new one can take five minutes to answer.',
    };
  }
  if (status === 404) {
    return {
      check: 'deployment',
      status: 'error',
      problem: 'api-version-refused',
      cause: `The path or the api-version ${JSON.stringify(resource.api)} is not served (404: ${said}).`,
      fix: pathFix(resource, deployment),
    };
  }
  // Microsoft.CognitiveServices ModelLifecycleStatus: “Inference calls … will return 410 errors”.
  if (status === 410) {
    return {
      check: 'model',
      status: 'error',
      problem: 'model-retired',
      cause: `The model ${JSON.stringify(deployment.model)} is retired (410: ${said}).`,
      fix: 'Deploy a current model; `aoai config check` names a replacement.',
    };
  }
  if (status === 429) {
    return {
      check: 'quota',
      status: 'warning',
      problem: 'throttled',
      cause: `The deployment is out of quota right now (429: ${said}).`,
      fix: 'Wait as long as it says; if it happens often, raise the capacity or add a deployment to the pool.',
    };
  }
  if (status === 400 && /OperationNotSupported|does not work with the specified model/i.test(text)) {
    return {
      check: 'model',
      status: 'error',
      problem: 'operation-not-supported',
      cause: `The model behind the deployment does not take this operation (400: ${said}).`,
      fix: 'Correct `model`: the call is chosen by it. Where it is right, deploy a model that takes the operation.',
    };
  }
  if (status === 400) {
    return {
      check: 'call',
      status: 'warning',
      problem: 'probe-refused',
      cause: `The deployment answers, but not to this call (400: ${said}).`,
      fix: 'See that `model` says what is deployed; the call is made to fit it.',
    };
  }
  if (status >= 300 && status < 400) {
    return {
      check: 'call',
      status: 'error',
      problem: 'redirected',
      cause: `The endpoint redirects (${status}) and was not followed: a key or token could go elsewhere.`,
      fix: 'Use the address it redirects to as `endpoint`.',
    };
  }
  return {
    check: 'call',
    status: 'error',
    problem: 'service-error',
    cause: `The service answered ${status}: ${said}`,
    fix: 'Try again; if it stays so, check the status of Azure OpenAI in the region.',
  };
}

/** What to try when a path is not found: another api than the current one, which has what the model needs. */
function pathFix(resource: Resource, deployment: Deployment): string {
  const operations = entryOf(catalog.models, deployment.model)?.operations ?? [];
  const needsResponses = operations.length === 1 && operations[0] === 'responses';
  const apis = ['v1', '2024-10-21'].filter((api) => {
    const features = entryOf(catalog.apiVersions, api)?.features ?? [];
    return api !== resource.api && (!needsResponses || features.includes('responses'));
  });
  const gateway =
    resource.basePath === ''
      ? 'Check the endpoint: behind a gateway it needs `basePath`'
      : `Check \`basePath\` ${JSON.stringify(resource.basePath)}`;
  const other =
    apis.length === 0 ? '' : `, or use \`api: ${apis.map((api) => JSON.stringify(api)).join('` or `')}\``;
  return `${gateway}${other}.`;
}
