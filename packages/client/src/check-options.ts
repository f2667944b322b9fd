import type { Config } from '@aoai/config';
import type { CallOptions, ClientOptions } from './client-options.ts';

/** Longest time that the timers of the platform can hold: 24 days. */
const longestMs = 2 ** 31 - 1;

/** @throws TypeError or RangeError for an option that makes no sense, with what was found. */
export function checkOptions(config: Config, options: ClientOptions): void {
  checkTimes(options);
  for (const name of Object.keys(options.credentials ?? {})) {
    if (Object.hasOwn(config.resources, name)) continue;
    const known = Object.keys(config.resources).map((resource) => JSON.stringify(resource));
    throw new RangeError(
      `Cannot create the client: \`credentials\` names ${JSON.stringify(name)}, which is no resource of the config. Known names: ${known.join(', ')}.`,
    );
  }
  const { retry, circuit, hedge } = options;
  if (retry !== undefined && retry !== false) {
    checkNumber('retry.maxRetries', retry.maxRetries, { from: 0, whole: true });
    checkNumber('retry.initialDelayMs', retry.initialDelayMs, { from: 0 });
    checkNumber('retry.maxDelayMs', retry.maxDelayMs, { from: 0 });
    checkNumber('retry.budgetShare', retry.budgetShare, { from: 0, to: 1 });
    checkNumber('retry.budgetReserve', retry.budgetReserve, { from: 0 });
  }
  if (circuit !== undefined && circuit !== false) {
    checkNumber('circuit.failures', circuit.failures, { from: 1, whole: true });
    checkNumber('circuit.window', circuit.window, { from: circuit.failures ?? 1, whole: true });
    checkNumber('circuit.openMs', circuit.openMs, { from: 1 });
    checkNumber('circuit.maxOpenMs', circuit.maxOpenMs, { from: circuit.openMs ?? 1 });
  }
  if (hedge !== undefined && hedge !== false) {
    checkNumber('hedge.afterMs', hedge.afterMs, { from: 1 });
    checkNumber('hedge.maxShare', hedge.maxShare, { from: 0, to: 1 });
  }
}

/** @throws RangeError for a time that no timer can hold. */
export function checkTimes(options: CallOptions): void {
  checkNumber('deadlineMs', options.deadlineMs, { from: 1 });
  checkNumber('attemptTimeoutMs', options.attemptTimeoutMs, { from: 1 });
  checkNumber('firstTokenTimeoutMs', options.firstTokenTimeoutMs, { from: 1 });
  if (options.idleTimeoutMs !== false) checkNumber('idleTimeoutMs', options.idleTimeoutMs, { from: 1 });
}

interface Bounds {
  readonly from: number;
  readonly to?: number;
  readonly whole?: boolean;
}

function checkNumber(name: string, value: unknown, { from, to = longestMs, whole = false }: Bounds): void {
  if (value === undefined) return;
  if (typeof value === 'number' && value >= from && value <= to && (!whole || Number.isInteger(value)))
    return;
  const kind = whole ? 'a whole number' : 'a number';
  const found = typeof value === 'number' ? String(value) : JSON.stringify(value);
  throw new RangeError(
    `Cannot create the client: \`${name}\` is ${found}. Give ${kind} from ${from} to ${to}.`,
  );
}
