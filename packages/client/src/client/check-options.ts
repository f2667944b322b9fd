import type { Config } from '@aoai/config';
import { checkBudgets } from '../budget/check-budgets.ts';
import type { CallOptions, ClientOptions } from './client-options.ts';
import { longestTimerMs } from '../waiting/longest-timer.ts';

/** @throws TypeError or RangeError for a config or an option that makes no sense, with what was found. */
export function checkOptions(config: Config, options: ClientOptions): void {
  checkConfig(config);
  checkIs('options', options, 'object');
  checkTimes(options);
  checkCredentials(config, options);
  checkFlag('fit', options.fit);
  for (const name of ['transport', 'onEvent', 'now', 'random'] as const) {
    if (options[name] !== undefined) checkIs(name, options[name], 'function');
  }
  if (options.allowHeaders !== undefined && !isTexts(options.allowHeaders)) {
    throw new TypeError(
      `Cannot create the client: \`allowHeaders\` is ${describe(options.allowHeaders)}. Give a list of names.`,
    );
  }
  for (const name of ['quota', 'tags', 'budgets'] as const) {
    if (options[name] !== undefined) checkIs(name, options[name], 'object');
  }
  if (options.budgets !== undefined) checkBudgets(config, options.budgets);
  checkGroups(options);
}

function checkGroups(options: ClientOptions): void {
  const { retry, circuit, hedge } = options;
  checkGroup('telemetry', options.telemetry);
  if (checkGroup('retry', retry)) {
    checkNumber('retry.maxRetries', retry.maxRetries, { from: 0, whole: true });
    checkNumber('retry.initialDelayMs', retry.initialDelayMs, { from: 0 });
    checkNumber('retry.maxDelayMs', retry.maxDelayMs, { from: 0 });
    checkNumber('retry.budgetShare', retry.budgetShare, { from: 0, to: 1 });
    checkNumber('retry.budgetReserve', retry.budgetReserve, { from: 0 });
  }
  if (checkGroup('circuit', circuit)) {
    checkNumber('circuit.failures', circuit.failures, { from: 1, whole: true });
    checkNumber('circuit.window', circuit.window, { from: circuit.failures ?? 1, whole: true });
    checkNumber('circuit.openMs', circuit.openMs, { from: 1 });
    checkNumber('circuit.maxOpenMs', circuit.maxOpenMs, { from: circuit.openMs ?? 1 });
    const { slowCallDurationMs: slowMs } = circuit;
    if (slowMs !== 'auto' && slowMs !== false) checkNumber('circuit.slowCallDurationMs', slowMs, { from: 1 });
    checkNumber('circuit.slowCallRate', circuit.slowCallRate, { from: 0.01, to: 1 });
  }
  if (hedge !== 'auto' && checkGroup('hedge', hedge)) {
    if ((hedge.afterMs as unknown) === undefined) {
      throw new TypeError('Cannot create the client: `hedge.afterMs` is missing. Give a number of ms.');
    }
    checkNumber('hedge.afterMs', hedge.afterMs, { from: 1 });
    checkNumber('hedge.maxShare', hedge.maxShare, { from: 0, to: 1 });
  }
}

/** @throws TypeError or RangeError for changes that make no sense. */
export function checkChanges(options: CallOptions): void {
  checkIs('options', options, 'object');
  checkTimes(options);
  checkFlag('trustReferences', options.trustReferences);
  checkFlag('fit', options.fit);
}

function checkFlag(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new TypeError(
    `Cannot create the client: \`${name}\` is ${describe(value)}. Give \`true\` or \`false\`.`,
  );
}

/** @throws RangeError for a grace that is no time. */
export function checkGrace(graceMs: unknown): void {
  checkNumber('graceMs', graceMs, { from: 0, doing: 'close' });
}

function checkTimes(options: CallOptions): void {
  checkNumber('deadlineMs', options.deadlineMs, { from: 1 });
  checkNumber('attemptTimeoutMs', options.attemptTimeoutMs, { from: 1 });
  checkNumber('firstTokenTimeoutMs', options.firstTokenTimeoutMs, { from: 1 });
  checkNumber('maxAnswerBytes', options.maxAnswerBytes, { from: 1, whole: true });
  if (options.idleTimeoutMs !== false) checkNumber('idleTimeoutMs', options.idleTimeoutMs, { from: 1 });
}

/** What is read of a config here; one that was written by hand lacks the defaults. */
function checkConfig(config: unknown): void {
  const { resources, deployments, names, policy } = (config ?? {}) as Partial<Config>;
  const isWhole = isObject(resources) && isObject(deployments) && Array.isArray(names) && isObject(policy);
  if (isWhole) return;
  throw new TypeError(
    `Cannot create the client: ${describe(config)} is no config. Pass what \`defineConfig\` or \`loadConfig\` of "@aoai/config" returns.`,
  );
}

function checkCredentials(config: Config, { credential, credentials }: ClientOptions): void {
  if (credential !== undefined) checkCredential('credential', credential);
  if (credentials === undefined) return;
  checkIs('credentials', credentials, 'object');
  for (const [name, own] of Object.entries(credentials)) {
    if (!Object.hasOwn(config.resources, name)) {
      const known = Object.keys(config.resources).map((resource) => JSON.stringify(resource));
      throw new RangeError(
        `Cannot create the client: \`credentials\` names ${JSON.stringify(name)}, which is no resource of the config. Known names: ${known.join(', ')}.`,
      );
    }
    if ((own as unknown) !== undefined) checkCredential(`credentials.${name}`, own);
  }
}

function checkCredential(name: string, value: unknown): void {
  const { getToken, headers } = (value ?? {}) as { getToken?: unknown; headers?: unknown };
  if (isObject(value) && (typeof getToken === 'function' || typeof headers === 'function')) return;
  // Without the value: the caller may have passed the key itself.
  throw new TypeError(
    `Cannot create the client: \`${name}\` is no object that signs calls. ` +
      'Pass `apiKey(…)` or `entraId(…)` of "@aoai/auth", or a credential of "@azure/identity".',
  );
}

/** Whether there is a group to check. */
function checkGroup<Group extends object>(name: string, value: Group | false | undefined): value is Group {
  if (value === undefined || value === false) return false;
  checkIs(name, value, 'object', ' or `false`');
  return true;
}

// eslint-disable-next-line max-params -- the last one completes the sentence
function checkIs(name: string, value: unknown, kind: 'object' | 'function', or = ''): void {
  if (kind === 'object' ? isObject(value) : typeof value === 'function') return;
  throw new TypeError(
    `Cannot create the client: \`${name}\` is ${describe(value)}. Give ${kind === 'object' ? 'an object' : 'a function'}${or}.`,
  );
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Bounds {
  readonly from: number;
  readonly to?: number;
  readonly whole?: boolean;
  readonly doing?: string;
}

function checkNumber(name: string, value: unknown, bounds: Bounds): void {
  const { from, to = longestTimerMs, whole = false, doing = 'create' } = bounds;
  if (value === undefined) return;
  if (typeof value === 'number' && value >= from && value <= to && (!whole || Number.isInteger(value)))
    return;
  const kind = whole ? 'a whole number' : 'a number';
  throw new RangeError(
    `Cannot ${doing} the client: \`${name}\` is ${describe(value)}. Give ${kind} from ${from} to ${to}.`,
  );
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
