import { readFile } from 'node:fs/promises';
import { errorInStream, malformedJson } from '../script/body-faults.ts';
import {
  cutMidStream,
  neverAnswers,
  refused,
  reset,
  slow,
  truncated,
  wrongContentLength,
} from '../script/connection-faults.ts';
import type { Fault } from '../script/fault.ts';
import {
  firewalled,
  keysDisabled,
  permissionDenied,
  unauthorized,
  wrongTenant,
} from '../script/identity-faults.ts';
import { respondWith } from '../script/respond-with.ts';
import type { FailOptions } from '../script/script.ts';
import {
  contextLengthExceeded,
  deploymentNotFound,
  operationTimeout,
  serverError,
  unavailable,
} from '../script/service-faults.ts';
import { highDemand, rateLimited } from '../script/throttling.ts';
import { UsageError } from './usage-error.ts';

/** One line of a faults file. */
export interface FaultEntry {
  /** A deployment or pool, or `'*'` for every request. */
  readonly deployment: string;
  readonly fault: Fault;
  readonly options: FailOptions;
}

/** Faults by the name that a file gives them. Each takes the options of its factory. */
const faultsByName: Readonly<Record<string, (options: never) => Fault>> = {
  contextLengthExceeded,
  cutMidStream,
  deploymentNotFound,
  errorInStream,
  firewalled,
  highDemand,
  keysDisabled,
  malformedJson,
  neverAnswers,
  operationTimeout,
  permissionDenied,
  rateLimited,
  refused,
  reset,
  respondWith,
  serverError,
  slow,
  truncated,
  unauthorized,
  unavailable,
  wrongContentLength,
  wrongTenant,
};

/** Reads a faults file. @throws {UsageError} for anything that it does not understand. */
export async function readFaults(path: string): Promise<FaultEntry[]> {
  let list: unknown;
  try {
    list = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`Cannot read \`--faults\` ${JSON.stringify(path)}: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  if (!Array.isArray(list)) throw new UsageError(`Invalid faults in ${JSON.stringify(path)}: not a list.`);
  return list.map((entry: unknown, index) => readEntry(entry, `${path}[${index}]`));
}

function readEntry(entry: unknown, place: string): FaultEntry {
  if (typeof entry !== 'object' || entry === null)
    throw new UsageError(`Invalid fault ${place}: not an object.`);
  const { deployment = '*', fault, times, rate, ...options } = entry as Record<string, unknown>;
  const make =
    typeof fault === 'string' && Object.hasOwn(faultsByName, fault) ? faultsByName[fault] : undefined;
  if (make === undefined) {
    throw new UsageError(
      `Invalid fault ${place}: \`fault\` is ${JSON.stringify(fault)}. Use one of ${Object.keys(faultsByName).join(', ')}.`,
    );
  }
  try {
    return {
      deployment: String(deployment),
      fault: make(options as never),
      options: {
        ...(times !== undefined && { times: times === 'always' ? Infinity : Number(times) }),
        ...(rate !== undefined && { rate: Number(rate) }),
      },
    };
  } catch (error) {
    throw new UsageError(`Invalid fault ${place}: ${(error as Error).message}`, { cause: error });
  }
}
