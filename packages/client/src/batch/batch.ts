import type { Config } from '@aoai/config';
import { NotFoundError } from 'openai';
import type { OpenAI } from 'openai';
import type { Batch } from 'openai/resources/batches';
import { readResults } from './batch-results.ts';
import type { BatchResult } from './batch-results.ts';
import { hashKey, hashOf, partKey, runKey, submitPart } from './submit-part.ts';
import type { PartOf } from './submit-part.ts';
import { unlessOut } from './unless-out.ts';
import { splitRequests } from './batch-parts.ts';
import type { BatchLimits, BatchPart, BatchRequest } from './batch-parts.ts';
import { delay } from '../waiting/delay.ts';
import { ResidencyError } from '../errors.ts';
import type { Target } from '../route/target.ts';

/** Bulk work on Azure's own engine, at half the price and within a day. */
export interface BatchRunner<Name extends string = string> {
  /**
   * Runs all requests and returns their results in the same order. A second call with the same `id` and the same requests
   * continues the run, also in another process.
   * @throws ResidencyError when the policy forbids `deployment`, before anything is sent.
   * @throws RangeError when `deployment` is no deployment of the config, or when `id` belongs to other requests.
   */
  run(requests: Iterable<BatchRequest>, options: BatchOptions<Name>): Promise<readonly BatchResult[]>;
  /** Cancels the rest of a run. `run` still returns the results that were ready by then. */
  cancel(id: string, options: BatchPlace<Name>): Promise<void>;
  /** Deletes the files of a run: its requests and its results. */
  remove(id: string, options: BatchPlace<Name>): Promise<void>;
}

/** Names the deployment of a run. */
export interface BatchPlace<Name extends string = string> {
  /** A deployment of the config, with the sku GlobalBatch or DataZoneBatch. */
  readonly deployment: Name;
  readonly signal?: AbortSignal;
}

export interface BatchOptions<Name extends string = string> extends BatchPlace<Name> {
  /** Name of the run, stored with it in Azure. Save it to continue the run after a restart. @default a new one */
  readonly id?: string;
  /** The operation of every request. @default '/chat/completions' */
  readonly endpoint?: '/chat/completions' | '/responses' | '/embeddings';
  /** Called with the progress at the beginning and after each check of the run. */
  readonly onProgress?: (progress: BatchProgress) => void;
  /** Time between two checks. @default 5 seconds at first, growing to a minute */
  readonly pollMs?: number;
  /** How many requests and bytes one file may have. @default the limits of the service: 100,000 and 200 MB */
  readonly limits?: BatchLimits;
}

/** The progress of a run. */
export interface BatchProgress {
  readonly id: string;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  /** The batches in Azure that the run is made of. */
  readonly batches: readonly { readonly id: string; readonly status: Batch['status'] }[];
}

const defaultLimits: BatchLimits = { requests: 100_000, bytes: 200_000_000 };
const ended: ReadonlySet<string> = new Set(['completed', 'failed', 'expired', 'cancelled']);

/** What `batchRunner` needs of the client. */
interface BatchDependencies {
  /** The SDK for the calls to one resource. */
  readonly sdkFor: (resource: string) => OpenAI;
  readonly targets: ReadonlyMap<string, Pick<Target, 'forbidden'>>;
  /** Aborts when the client is closed. */
  readonly closing: AbortSignal;
  /** Checks a request of a run against the policy, and writes its names for the resource. */
  readonly permit: (request: BatchRequest, target: string) => BatchRequest;
}

/** The operations that a batch can run. */
const endpoints: ReadonlySet<string> = new Set(['/chat/completions', '/responses', '/embeddings']);

/** Runs batches on the deployments of a config. */
export function batchRunner<Name extends string>(
  config: Config<Name>,
  { sdkFor, targets, closing, permit }: BatchDependencies,
): BatchRunner<Name> {
  const place = (name: string) => {
    const deployment = config.deployments[name];
    if (deployment === undefined) {
      const known = Object.keys(config.deployments).map((each) => JSON.stringify(each));
      throw new RangeError(
        `Cannot run a batch: \`deployment\` is ${JSON.stringify(name)}. Name a deployment of the config: ${known.join(', ')}.`,
      );
    }
    return { model: deployment.deployment, sdk: sdkFor(deployment.resource) };
  };
  return {
    run: async (requests, options) => {
      // The service reads the name of the deployment from the file: no other request of the run contains it.
      const breach = targets.get(options.deployment)?.forbidden;
      if (breach !== undefined) throw new ResidencyError(breach);
      const { model, sdk } = place(options.deployment);
      const { endpoint = '/chat/completions', limits = defaultLimits, id = crypto.randomUUID() } = options;
      if (!endpoints.has(endpoint)) {
        throw new RangeError(
          `Cannot run a batch: \`endpoint\` is ${JSON.stringify(endpoint)}. Use one of ${[...endpoints].join(', ')}.`,
        );
      }
      const permitted = [...requests].map((request) => permit(request, options.deployment));
      const parts = [...splitRequests(permitted, { model, endpoint, limits })];
      // A closed client makes no further check, so nothing has to wait for one.
      const { signal } = options;
      const end = signal === undefined ? closing : AbortSignal.any([signal, closing]);
      return runParts(sdk, parts, { ...options, id, endpoint, end });
    },
    cancel: async (id, { deployment, signal }) => {
      const { sdk } = place(deployment);
      for await (const batch of batchesOf(sdk, id, signal)) {
        if (!ended.has(batch.status)) await cancelBatch(sdk, batch.id, signal);
      }
    },
    remove: async (id, { deployment, signal }) => {
      const { sdk } = place(deployment);
      for await (const batch of batchesOf(sdk, id, signal)) {
        for (const file of [batch.input_file_id, batch.output_file_id, batch.error_file_id]) {
          if (file) await deleteFile(sdk, file, signal);
        }
      }
    },
  };
}

interface Run extends Omit<BatchOptions, 'id' | 'endpoint'>, PartOf {
  readonly id: string;
  readonly endpoint: string;
}

/** A part of a run, and its present batch. */
interface Job {
  readonly part: BatchPart;
  readonly number: number;
  batch: Batch;
}

async function runParts(sdk: OpenAI, parts: readonly BatchPart[], run: Run): Promise<readonly BatchResult[]> {
  const { id, signal, onProgress } = run;
  const made = await latestBatches(sdk, id, signal);
  for (const [number, { metadata }] of made) {
    const part = parts[number];
    if (part === undefined || metadata?.[hashKey] !== hashOf(part)) {
      throw new RangeError(
        `Cannot go on with the batch run ${JSON.stringify(id)}: its requests are not the ones given. Pass the same requests, or another \`id\`.`,
      );
    }
  }
  const jobs: Job[] = [];
  for (const [number, part] of parts.entries()) {
    jobs.push({ part, number, batch: made.get(number) ?? (await submitPart(sdk, { part, number, run })) });
  }
  onProgress?.(progressOf(id, jobs));
  for (let wait = run.pollMs ?? 5_000; jobs.some(isUnfinished); wait = Math.min(60_000, wait * 1.5)) {
    await delay(run.pollMs ?? wait, run.end);
    for (const job of jobs) {
      if (!ended.has(job.batch.status)) job.batch = await refreshed(sdk, job.batch, signal);
    }
    for (const job of jobs) {
      // A resource limits the tokens of queued batches. A part above that limit is submitted again when there is room.
      if (isOverfull(job.batch)) job.batch = await submitPart(sdk, { ...job, run });
    }
    onProgress?.(progressOf(id, jobs));
  }
  const results: (readonly BatchResult[])[] = [];
  for (const { part, batch } of jobs) results.push(await readResults(sdk, { batch, part, signal }));
  return results.flat();
}

/** The latest batch of each part of a run: a part that did not fit was submitted more than once. */
async function latestBatches(
  sdk: OpenAI,
  id: string,
  signal: AbortSignal | undefined,
): Promise<Map<number, Batch>> {
  const latest = new Map<number, Batch>();
  // The list begins with the newest, and `created_at` counts in seconds.
  for await (const batch of batchesOf(sdk, id, signal)) {
    const number = Number(batch.metadata?.[partKey]);
    const other = latest.get(number);
    if (other === undefined || batch.created_at > other.created_at) latest.set(number, batch);
  }
  return latest;
}

/** All batches that were ever made for a run. */
async function* batchesOf(
  sdk: OpenAI,
  id: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch, void> {
  for await (const batch of sdk.batches.list({ limit: 100 }, { signal })) {
    if (batch.metadata?.[runKey] === id) yield batch;
  }
}

/** The present state of the batch, or the last known one while the service does not answer. */
async function refreshed(sdk: OpenAI, batch: Batch, signal: AbortSignal | undefined): Promise<Batch> {
  return (await unlessOut(() => sdk.batches.retrieve(batch.id, { signal }), signal)) ?? batch;
}

/** Cancels a batch. One that has already ended stays as it is. */
async function cancelBatch(sdk: OpenAI, id: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sdk.batches.cancel(id, { signal });
  } catch (error) {
    const { status } = await sdk.batches.retrieve(id, { signal });
    if (!ended.has(status)) throw error;
  }
}

function isUnfinished({ batch }: Job): boolean {
  return !ended.has(batch.status) || isOverfull(batch);
}

function isOverfull({ status, errors }: Batch): boolean {
  return status === 'failed' && errors?.data?.some(({ code }) => code === 'token_limit_exceeded') === true;
}

function progressOf(id: string, jobs: readonly Job[]): BatchProgress {
  const sum = (count: (job: Job) => number | undefined) =>
    jobs.reduce((left, job) => left + (count(job) ?? 0), 0);
  return {
    id,
    total: sum(({ part }) => part.count),
    completed: sum(({ batch }) => batch.request_counts?.completed),
    failed: sum(({ batch }) => batch.request_counts?.failed),
    batches: jobs.map(({ batch }) => ({ id: batch.id, status: batch.status })),
  };
}

async function deleteFile(sdk: OpenAI, file: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sdk.files.delete(file, { signal });
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}
