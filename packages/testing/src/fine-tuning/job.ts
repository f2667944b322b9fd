import { collection, type Collection } from '../collections/collection.ts';
import { readMetadata, type Metadata } from '../collections/metadata.ts';
import type { Listed } from '../collections/page.ts';
import { authoringRefusal, findFile } from '../files/file-store.ts';
import type { OperationRequest } from '../service/operation.ts';
import { checkValue, missing } from '../service/parameter.ts';

/** A fine-tuning job. */
export interface Job {
  readonly id: string;
  readonly createdAtMs: number;
  /** The date in answers; `createdAtMs` is a time of the clock, which decides about its age. */
  readonly dateMs: number;
  readonly model: string;
  readonly trainingFile: string;
  readonly validationFile: string | null;
  readonly suffix: string | null;
  readonly seed: number;
  readonly method: object;
  readonly metadata: Metadata;
  /** Tokens of the training file, about. */
  readonly trainedTokens: number;
  readonly cancelledAtMs: number | undefined;
  /** When it was paused, and how long it was paused before. */
  readonly pausedAtMs: number | undefined;
  readonly restedMs: number;
}

export const jobs: Collection<Job> = collection('Fine-tuning job');

const queuedMs = 2000;
const runningMs = 60_000;

export type JobStatus = 'pending' | 'running' | 'paused' | 'succeeded' | 'cancelled';

/** The state of a job now. */
export function statusOf(job: Job, { clock }: Pick<OperationRequest, 'clock'>): JobStatus {
  if (job.cancelledAtMs !== undefined) return 'cancelled';
  if (job.pausedAtMs !== undefined) return 'paused';
  const workedMs = clock.now() - job.createdAtMs - job.restedMs;
  if (workedMs < queuedMs) return 'pending';
  return workedMs < queuedMs + runningMs ? 'running' : 'succeeded';
}

/** When a job ends if nothing interrupts it. */
export function endsAtMs(job: Job): number {
  return job.createdAtMs + job.restedMs + queuedMs + runningMs;
}

/** Makes a job from a request. */
export function createJob(request: OperationRequest): Job {
  const { body, random, clock } = request;
  for (const name of ['model', 'training_file']) if (body[name] === undefined) throw missing(name);
  for (const name of ['model', 'training_file', 'validation_file', 'suffix']) {
    const value = body[name];
    if (value !== undefined && value !== null)
      checkValue(value, name, { type: 'string', maxLength: name === 'suffix' ? 64 : 256 });
  }
  const training = findFile(request, body['training_file'] as string);
  if (training.purpose !== 'fine-tune') {
    const message = `The file ${training.id} has the purpose ${training.purpose}; training takes files with the purpose fine-tune.`;
    throw authoringRefusal(request, 400, { code: 'invalidPayload', message });
  }
  checkExamples(request, training.content);
  const validation =
    typeof body['validation_file'] === 'string' ? findFile(request, body['validation_file']).id : null;
  return {
    id: `ftjob-${random.guid().replaceAll('-', '')}`,
    createdAtMs: clock.now(),
    dateMs: request.dateMs,
    model: body['model'] as string,
    trainingFile: training.id,
    validationFile: validation,
    suffix: typeof body['suffix'] === 'string' ? body['suffix'] : null,
    seed: typeof body['seed'] === 'number' ? body['seed'] : Math.floor(random.next() * 2 ** 31),
    method: (body['method'] as object | undefined) ?? {
      type: 'supervised',
      supervised: { hyperparameters: parametersOf(body) },
    },
    metadata: readMetadata(body['metadata']),
    trainedTokens: Math.ceil(training.content.length / 4) * 3,
    cancelledAtMs: undefined,
    pausedAtMs: undefined,
    restedMs: 0,
  };
}

function parametersOf(body: OperationRequest['body']): object {
  const given = (body['hyperparameters'] as object | null | undefined) ?? {};
  return { n_epochs: 3, batch_size: 1, learning_rate_multiplier: 1, ...given };
}

/** Every line is a JSON object, and there are ten at least (how-to/fine-tuning). */
function checkExamples(request: OperationRequest, content: Buffer): void {
  const lines = content
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '');
  const broken = lines.findIndex((line) => !isObject(line));
  if (broken >= 0) {
    const message = `Line ${broken + 1} of the training file is not a JSON object.`;
    throw authoringRefusal(request, 400, { code: 'jsonlValidationFailed', message });
  }
  if (lines.length >= 10) return;
  const message = `The training file has ${lines.length} examples, but 10 at least are needed.`;
  throw authoringRefusal(request, 400, { code: 'jsonlValidationFailed', message });
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** The date in answers for a time in the life of a job. */
export function dateOf({ createdAtMs, dateMs }: Job, ms: number): number {
  return Math.floor((ms - createdAtMs + dateMs) / 1000);
}

/** A job as the wire has it. */
export function writeJob(job: Job, request: OperationRequest): Listed {
  const status = statusOf(job, request);
  const isDone = status === 'succeeded';
  const endedAtMs = isDone ? endsAtMs(job) : job.cancelledAtMs;
  const written = {
    id: job.id,
    object: 'fine_tuning.job',
    model: job.model,
    created_at: Math.floor(job.dateMs / 1000),
    estimated_finish: dateOf(job, endsAtMs(job)),
    finished_at: endedAtMs === undefined ? null : dateOf(job, endedAtMs),
    fine_tuned_model: isDone ? tunedModel(job) : null,
    organization_id: '',
    result_files: [],
    // A job that has not begun is `queued` in the v1 spec and `pending` on dated versions.
    status: status === 'pending' && request.surface === 'v1' ? 'queued' : status,
    validation_file: job.validationFile,
    training_file: job.trainingFile,
    hyperparameters:
      (job.method as { supervised?: { hyperparameters?: object } }).supervised?.hyperparameters ?? {},
    method: job.method,
    trained_tokens: isDone ? job.trainedTokens : null,
    error: null,
    integrations: [],
    seed: job.seed,
    suffix: job.suffix,
    user_provided_suffix: job.suffix,
    metadata: job.metadata,
  };
  return written;
}

/** The name of the model that a job creates. */
export function tunedModel({ model, id, suffix }: Job): string {
  return `${model}.ft-${id.slice(6)}${suffix === null ? '' : `-${suffix}`}`;
}
