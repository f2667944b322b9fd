import { diagnoseAuth, identityOf, inTenant, scopeFor } from '@aoai/auth';
import type { Credential, TokenDescription } from '@aoai/auth';
import { undiciTransport } from '@aoai/client';
import type { Transport } from '@aoai/client';
import { lint } from '@aoai/config';
import type { Config, Resource } from '@aoai/config';
import { call, type CallOutcome } from './call.ts';
import { latency } from './latency.ts';
import { probeOf } from './probe.ts';
import { reach } from './reach.ts';
import type { CheckResult, Report } from './result.ts';

/** Options of `diagnose`. */
export interface DiagnoseOptions {
  readonly credential: Credential;
  /** Credentials of single resources, by name. */
  readonly credentials?: Readonly<Partial<Record<string, Credential>>>;
  /** Facts of the Management API, or why there are none. @default the API is not asked */
  readonly account?: (name: string) => Promise<readonly CheckResult[]>;
  /** How often each deployment is called, one call after the other; `0`: not at all. @default 3 */
  readonly calls?: number;
  /** How calls are sent. @default `undiciTransport({ env })`, which the client uses */
  readonly transport?: Transport;
  /** The environment variables that name proxies. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** @default 15000 */
  readonly timeoutMs?: number;
  /** @default Date.now */
  readonly now?: () => number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

type Settings = Required<
  Pick<DiagnoseOptions, 'env' | 'timeoutMs' | 'now' | 'signal' | 'transport' | 'calls'>
> &
  DiagnoseOptions;

/** Examines every resource and deployment of a config. Resources are examined at the same time. */
export async function diagnose(config: Config, options: DiagnoseOptions): Promise<Report> {
  const { env = process.env } = options;
  const transport = options.transport ?? undiciTransport({ env });
  const settings: Settings = {
    env,
    transport,
    timeoutMs: 15_000,
    calls: 3,
    now: Date.now,
    signal: new AbortController().signal,
    ...options,
  };
  const names = Object.keys(config.resources);
  let done = 0;
  options.onProgress?.(done, names.length);
  const examining = inParallel(names, async (name) => {
    const results = await examine(config, name, settings);
    options.onProgress?.((done += 1), names.length);
    return results;
  });
  const examined = await examining.finally(() =>
    options.transport === undefined ? transport.close?.() : undefined,
  );
  const results = withoutEchoes(
    explainedByEnd(withoutOldNews([...onPaper(config, settings), ...examined.flat()])),
  );
  return { ok: results.every(({ status }) => status !== 'error'), results };
}

/** Where Azure itself says when a model ends, the catalog's day is not needed. */
function withoutOldNews(results: readonly CheckResult[]): readonly CheckResult[] {
  const known = new Set(
    results.filter(({ check }) => check === 'lifecycle').map(({ subject }) => `${subject}.model`),
  );
  const isLifecycle = ({ problem = '' }: CheckResult) => problem.startsWith('model-retir');
  return results.filter(
    (result) => !(result.check === 'config' && isLifecycle(result) && known.has(result.subject)),
  );
}

/** A call and the Management API often find the same problem. It is reported once, from the source with more details. */
function withoutEchoes(results: readonly CheckResult[]): readonly CheckResult[] {
  const nameOf = ({ problem = '', subject }: CheckResult) => `${problem} ${subject}`;
  const faults = results.filter(({ problem }) => problem !== undefined);
  // The Management API is asked last, and has names and numbers.
  const best = new Map(faults.map((result) => [nameOf(result), result]));
  const said = new Set<string>();
  return results.flatMap((result) => {
    if (result.problem === undefined) return [result];
    const name = nameOf(result);
    if (said.has(name)) return [];
    said.add(name);
    return [best.get(name) ?? result];
  });
}

/** If the model of a deployment has retired by the catalog, that explains any refusal. */
function explainedByEnd(results: readonly CheckResult[]): readonly CheckResult[] {
  const ended = new Map(
    results.filter(({ problem }) => problem === 'model-retired').map((result) => [result.subject, result]),
  );
  const refusals = new Set([
    'api-version-refused',
    'deployment-missing',
    'operation-not-supported',
    'probe-refused',
  ]);
  return results.map((result) => {
    const end = ended.get(`${result.subject}.model`);
    if (end === undefined || !refusals.has(result.problem ?? '')) return result;
    const fix = end.fix === undefined ? {} : { fix: end.fix };
    return {
      ...result,
      check: 'model',
      status: 'error',
      problem: 'model-retired',
      cause: `${end.cause} ${result.cause}`,
      ...fix,
    };
  });
}

/** Checks without any request. */
function onPaper(config: Config, { now, credential }: Settings): readonly CheckResult[] {
  const findings = lint(config, { now, credential: credential.kind });
  if (findings.length === 0)
    return [
      {
        check: 'config',
        status: 'ok',
        subject: 'config',
        cause: 'Lifecycle, api-versions and policy are fine.',
      },
    ];
  return findings.map(({ rule, severity, path, message }) => ({
    check: 'config',
    status: severity,
    subject: path,
    problem: rule,
    ...causeAndFix(message.replace(' Whether it still answers: `aoai doctor`.', '')),
  }));
}

/** Splits a finding: what is wrong, and from the first imperative sentence on, what to do. */
function causeAndFix(message: string): Pick<CheckResult, 'cause' | 'fix'> {
  const [, cause, fix] =
    /^([^]*?[.?:]) ((?:Choose|Correct|Deploy|Give|If|Microsoft|Move|Remove|Rename|Say|Set|Use|Write)\b[^]*)$/.exec(
      message,
    ) ?? [];
  return cause === undefined || fix === undefined ? { cause: message } : { cause, fix };
}

async function examine(config: Config, name: string, settings: Settings): Promise<readonly CheckResult[]> {
  const resource = config.resources[name];
  if (resource === undefined) return [];
  const subject = `resources.${name}`;
  const about = (result: Omit<CheckResult, 'subject'>): CheckResult => ({ ...result, subject });
  const account = settings.account?.(name) ?? Promise.resolve([]);
  const reached = (await reach(resource.endpoint, settings)).map(about);
  const notCalled = (why: string) => notTried(config, name, why);
  if (reached.some(({ status }) => status === 'error'))
    return [...reached, ...notCalled('the resource is not reached'), ...(await account)];
  const credential = inTenant(settings.credentials?.[name] ?? settings.credential, resource.tenantId);
  const identity = await signIn(resource, credential, settings);
  const results = [...reached, ...identity.results.map(about)];
  if (!identity.isGood)
    return [...results, ...notCalled('there is no sign-in for the resource'), ...(await account)];
  const calls =
    settings.calls === 0
      ? notCalled('no calls were wanted')
      : await callAll(config, name, { settings, credential, token: identity.token });
  return [...results, ...calls, ...(await account)];
}

interface SignIn {
  readonly isGood: boolean;
  readonly token: TokenDescription | undefined;
  readonly results: readonly Omit<CheckResult, 'subject'>[];
}

async function signIn(resource: Resource, credential: Credential, { signal }: Settings): Promise<SignIn> {
  const check = 'sign-in';
  const scope = scopeFor(resource.endpoint, resource.api, resource);
  try {
    const identity = await identityOf(credential, { scope, signal });
    if (identity.kind === 'api-key') {
      return {
        isGood: true,
        token: undefined,
        results: [
          { check, status: 'ok', cause: `Signs in with an API key (fingerprint ${identity.fingerprint}).` },
        ],
      };
    }
    const { tenantId, objectId = 'unknown', subject } = identity;
    if (
      resource.tenantId !== undefined &&
      tenantId !== undefined &&
      tenantId.toLowerCase() !== resource.tenantId
    ) {
      const cause = `The token is of tenant ${tenantId}, the account is in ${resource.tenantId}.`;
      const fix = `az login --tenant ${resource.tenantId}, or set \`AZURE_TENANT_ID\` to it`;
      return {
        isGood: false,
        token: identity,
        results: [{ check, status: 'error', problem: 'wrong-tenant', cause, fix }],
      };
    }
    return {
      isGood: true,
      token: identity,
      results: [
        {
          check,
          status: 'ok',
          cause: `Signs in as ${subject} ${objectId} of tenant ${tenantId ?? 'unknown'}.`,
        },
      ],
    };
  } catch (error) {
    signal.throwIfAborted();
    const diagnosis = await diagnoseAuth(error, { endpoint: resource.endpoint, scope });
    const cause =
      diagnosis?.cause ?? `Sign-in failed: ${error instanceof Error ? error.message : String(error)}`;
    const result = {
      check,
      status: 'error',
      problem: diagnosis?.problem ?? 'sign-in-failed',
      cause,
      ...(diagnosis !== undefined && { fix: diagnosis.fix }),
    } as const;
    return { isGood: false, token: undefined, results: [result] };
  }
}

interface Caller {
  readonly settings: Settings;
  readonly credential: Credential;
  readonly token: TokenDescription | undefined;
}

/** Calls one deployment. Unless the caller was refused, calls all others at the same time. */
async function callAll(config: Config, name: string, caller: Caller): Promise<readonly CheckResult[]> {
  const deployments = Object.entries(config.deployments).filter(
    ([, deployment]) => deployment.resource === name,
  );
  const resource = config.resources[name];
  if (resource === undefined) return [];
  const results: CheckResult[] = [];
  const outcomes: CallOutcome[] = [];
  const attempt = async ([key, deployment]: (typeof deployments)[number]) => {
    const probe = probeOf(deployment, resource);
    if (typeof probe === 'string') {
      results.push({ check: 'call', status: 'skipped', subject: `deployments.${key}`, cause: probe });
      return;
    }
    const outcome = await call(probe, { ...caller.settings, ...caller, deployment, resource });
    const subject = outcome.isRefused ? `resources.${name}` : `deployments.${key}`;
    results.push(...outcome.results.map((result) => ({ ...result, subject })));
    if (outcome.isRefused) results.push(notCalled(key, 'the account refuses this caller'));
    outcomes.push(outcome);
    const { calls } = caller.settings;
    const times = await latency(probe, {
      ...caller.settings,
      ...caller,
      deployment,
      resource,
      calls,
      first: outcome,
    });
    if (times !== undefined) results.push({ ...times, subject });
  };
  const first = deployments.findIndex(([, deployment]) => typeof probeOf(deployment, resource) !== 'string');
  const lead = deployments[first];
  if (lead !== undefined) await attempt(lead);
  const rest = deployments.filter((_, index) => index !== first);
  if (outcomes[0]?.isRefused !== true) await inParallel(rest, attempt);
  else results.push(...rest.map(([key]) => notCalled(key, 'the account refuses this caller')));
  return [...results, ...clock(name, outcomes)];
}

function notTried(config: Config, resource: string, why: string): readonly CheckResult[] {
  return Object.entries(config.deployments)
    .filter(([, deployment]) => deployment.resource === resource)
    .map(([key]) => notCalled(key, why));
}

function notCalled(key: string, why: string): CheckResult {
  return { check: 'call', status: 'skipped', subject: `deployments.${key}`, cause: `Not called: ${why}.` };
}

/** Tokens are refused when the clocks differ by more than five minutes. */
const allowedSkewMs = 5 * 60_000;

function clock(name: string, outcomes: readonly CallOutcome[]): readonly CheckResult[] {
  const skews = outcomes.flatMap(({ skewMs }) => skewMs ?? []);
  const skew = skews.toSorted((a, b) => Math.abs(a) - Math.abs(b))[0];
  if (skew === undefined) return [];
  const [check, subject] = ['clock', `resources.${name}`] as const;
  const seconds = Math.round(Math.abs(skew) / 1000);
  // `Date` has whole seconds.
  if (seconds <= 5) return [{ check, status: 'ok', subject, cause: 'The clocks agree.' }];
  const cause = `The clock of this machine is ${seconds} seconds ${skew > 0 ? 'behind' : 'ahead of'} the service.`;
  const fix =
    'Set the clock (`timedatectl set-ntp true`): tokens are refused when clocks are five minutes apart.';
  const isBad = Math.abs(skew) > allowedSkewMs;
  return [{ check, status: isBad ? 'error' : 'warning', subject, problem: 'clock-skew', cause, fix }];
}

/** A config may have hundreds of deployments; how many are examined at a time. */
const atATime = 8;

async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return results;
}
