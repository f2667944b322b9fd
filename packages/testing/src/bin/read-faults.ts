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
  failedDependency,
  modelRetired,
  notInRegion,
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
  /** Its place, for messages: `faults.json[0]`. */
  readonly place: string;
}

type Kind = 'number' | 'string' | 'boolean' | 'anything';

interface FaultFactory {
  readonly make: (options: never) => Fault;
  /** The options that it takes. */
  readonly options: Readonly<Record<string, Kind>>;
}

/** Faults by the name that a file gives them. */
const faultsByName: Readonly<Record<string, FaultFactory>> = {
  contextLengthExceeded: { make: contextLengthExceeded, options: {} },
  cutMidStream: { make: cutMidStream, options: { afterChunks: 'number', closeCode: 'number' } },
  deploymentNotFound: { make: deploymentNotFound, options: {} },
  errorInStream: {
    make: errorInStream,
    options: { afterChunks: 'number', code: 'anything', choices: 'anything', message: 'string' },
  },
  failedDependency: { make: failedDependency, options: { status: 'number' } },
  firewalled: { make: firewalled, options: { privateEndpoint: 'boolean' } },
  highDemand: { make: highDemand, options: { retryAfter: 'number' } },
  keysDisabled: { make: keysDisabled, options: {} },
  malformedJson: { make: malformedJson, options: {} },
  modelRetired: { make: modelRetired, options: { status: 'number' } },
  neverAnswers: { make: neverAnswers, options: {} },
  notInRegion: { make: notInRegion, options: {} },
  operationTimeout: { make: operationTimeout, options: {} },
  permissionDenied: { make: permissionDenied, options: {} },
  rateLimited: {
    make: rateLimited,
    options: {
      retryAfterMs: 'number',
      retryAfter: 'anything',
      hints: 'anything',
      kind: 'string',
      era: 'string',
      message: 'string',
    },
  },
  refused: { make: refused, options: { forMs: 'number' } },
  reset: { make: reset, options: {} },
  respondWith: {
    make: respondWith,
    options: { status: 'number', headers: 'anything', body: 'anything', events: 'anything' },
  },
  serverError: { make: serverError, options: { from: 'string' } },
  slow: { make: slow, options: { delayMs: 'number', betweenMs: 'number' } },
  truncated: { make: truncated, options: { afterChunks: 'number' } },
  unauthorized: { make: unauthorized, options: {} },
  unavailable: { make: unavailable, options: { retryAfterMs: 'number' } },
  wrongContentLength: { make: wrongContentLength, options: {} },
  wrongTenant: { make: wrongTenant, options: {} },
};

/** Reads a faults file. @throws {UsageError} for unknown options or values. */
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
  const factory =
    typeof fault === 'string' && Object.hasOwn(faultsByName, fault) ? faultsByName[fault] : undefined;
  if (factory === undefined) {
    throw new UsageError(
      `Invalid fault ${place}: \`fault\` is ${JSON.stringify(fault)}. Use one of ${Object.keys(faultsByName).join(', ')}.`,
    );
  }
  checkOptions(options, { place, name: String(fault), known: factory.options });
  try {
    return {
      place,
      deployment: String(deployment),
      fault: factory.make(options as never),
      options: {
        ...(times !== undefined && { times: times === 'always' ? Infinity : Number(times) }),
        ...(rate !== undefined && { rate: Number(rate) }),
      },
    };
  } catch (error) {
    throw new UsageError(`Invalid fault ${place}: ${(error as Error).message}`, { cause: error });
  }
}

function checkOptions(
  options: Readonly<Record<string, unknown>>,
  {
    place,
    name,
    known,
  }: { readonly place: string; readonly name: string; readonly known: FaultFactory['options'] },
): void {
  for (const [option, value] of Object.entries(options)) {
    const kind = Object.hasOwn(known, option) ? known[option] : undefined;
    if (kind === undefined) {
      const all = ['deployment', 'fault', 'times', 'rate', ...Object.keys(known)].join(', ');
      throw new UsageError(`Invalid fault ${place}: ${name} has no \`${option}\`. It takes ${all}.`);
    }
    if (kind !== 'anything' && typeof value !== kind)
      throw new UsageError(
        `Invalid fault ${place}: \`${option}\` is ${JSON.stringify(value)}. Give a ${kind}.`,
      );
  }
}
