import { credentialFromEnv } from '@aoai/auth';
import { ConfigError } from '@aoai/config';
import type { Config } from '@aoai/config';
import { managementFor, type ManagementFlags } from '../arm/management.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { clearLine } from '../paint.ts';
import { oneLine } from '../printable.ts';
import { concealed } from '../secrets.ts';
import { json, type Terminal } from '../terminal.ts';
import { useConfig } from '../use-config.ts';
import { accountFacts } from './account-facts.ts';
import { diagnose } from './diagnose.ts';
import { printReport } from './print-report.ts';
import type { CheckResult, Report } from './result.ts';

/** Options of `aoai doctor`. */
export interface DoctorOptions extends ManagementFlags {
  readonly json?: boolean;
  readonly strict?: boolean;
  /** How often each deployment is called; `false`: not at all. */
  readonly calls?: number | false;
  readonly timeout?: number;
  /** Shows successful checks too. */
  readonly verbose?: boolean;
}

/** Examines every resource and deployment of a config, and gives a fix for each finding. */
export async function doctor(
  terminal: Terminal,
  path: string | undefined,
  options: DoctorOptions,
): Promise<ExitCode> {
  const { env, now, signal, err } = terminal;
  const config =
    options.json === true ? await configOrReport(terminal, path) : await useConfig(terminal, path);
  if (config === undefined) return exitCode.usage;
  const credential = concealed(credentialFromEnv({ env }), terminal);
  const showProgress = err.isTTY && options.json !== true;
  const report = await diagnose(config, {
    credential,
    account: accountReader(terminal, { config, options, usesKey: credential.kind === 'api-key' }),
    now,
    signal,
    env,
    ...(options.calls !== undefined && { calls: options.calls === false ? 0 : options.calls }),
    ...(options.timeout !== undefined && { timeoutMs: options.timeout }),
    ...(showProgress && {
      onProgress: (done, total) => {
        err.write(`${clearLine}${done < total ? `examining ${done}/${total} resources …` : ''}`);
      },
    }),
  });
  const judged = options.strict === true ? strictly(report) : report;
  if (options.json === true) json(terminal.out, judged);
  else printReport(terminal, { report: judged, config, verbose: options.verbose === true });
  return judged.ok ? exitCode.ok : exitCode.failed;
}

/** The report when a warning counts as much as an error. */
function strictly(report: Report): Report {
  return { ...report, ok: report.ok && report.results.every(({ status }) => status !== 'warning') };
}

/** With `--json` a config that cannot be used is reported as JSON too. */
async function configOrReport(terminal: Terminal, path: string | undefined): Promise<Config | undefined> {
  try {
    return await useConfig(terminal, path);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const results = error.issues.map(({ path: subject, message }): CheckResult => {
      return { check: 'config', status: 'error', subject, problem: 'invalid', cause: message };
    });
    json(terminal.out, { ok: false, results });
    return undefined;
  }
}

interface AccountSource {
  readonly config: Config;
  readonly options: ManagementFlags;
  readonly usesKey: boolean;
}

/** Reads the subscription once, for all resources. Without a subscription, or without the role, everything else is examined. */
function accountReader(
  terminal: Terminal,
  { config, options, usesKey }: AccountSource,
): (name: string) => Promise<readonly CheckResult[]> {
  const subject = 'config';
  if ((options.subscription ?? terminal.env['AZURE_SUBSCRIPTION_ID'] ?? '') === '') {
    const cause = 'What is deployed, and its quota: no subscription to read.';
    const fix = 'Give `--subscription`, or set `AZURE_SUBSCRIPTION_ID`.';
    return once(Object.keys(config.resources)[0], {
      check: 'account',
      status: 'skipped',
      subject,
      cause,
      fix,
    });
  }
  const accounts = import('../arm/read-accounts.ts').then(({ readAccounts }) =>
    readAccounts(managementFor(terminal, options, config)),
  );
  const refused = accounts.then(
    () => undefined,
    (error: unknown): CheckResult => {
      const cause = `The Management API did not answer: ${oneLine((error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '')}`;
      const fix = 'Sign in (`az login`), and give yourself the role "Reader" on the subscription.';
      // A subscription that was given explicitly has to be readable.
      const status = options.subscription === undefined ? 'warning' : 'error';
      return { check: 'account', status, subject, problem: 'management-refused', cause, fix };
    },
  );
  return async (name) => {
    const problem = await refused;
    if (problem !== undefined) return once(Object.keys(config.resources)[0], problem)(name);
    return accountFacts(config, name, { accounts: await accounts, usesKey, now: terminal.now });
  };
}

/** The same result for every resource is printed once, with the first one. */
function once(
  first: string | undefined,
  result: CheckResult,
): (name: string) => Promise<readonly CheckResult[]> {
  return async (name) => (name === first ? [result] : []);
}
