import { lifecycle } from '../collections/lifecycle.ts';
import { page, type Listed } from '../collections/page.ts';
import { authoringRefusal } from '../files/file-store.ts';
import type { Operation, OperationRequest } from '../service/operation.ts';
import { bytes, json, type WireResponse } from '../service/wire-response.ts';
import { runGrader, validateGrader } from './graders.ts';
import { createJob, dateOf, endsAtMs, jobs, statusOf, tunedModel, writeJob, type Job } from './job.ts';

const path = '/fine_tuning/jobs';
const one = `${path}/{job}`;

/** Fine-tuning jobs: nothing is trained, but everything is reported. */
export const fineTuningOperations: readonly Operation[] = [
  ...lifecycle({
    name: 'FineTuning',
    path,
    param: 'job',
    since: '2024-02-01',
    objects: jobs,
    write: writeJob,
  }),
  row('FineTuning_Create', { method: 'POST', path }, create),
  row('FineTuning_Delete', { method: 'DELETE', path: one }, remove),
  change('cancel', (job, nowMs) => ({ ...job, cancelledAtMs: nowMs })),
  change('pause', (job, nowMs) => ({ ...job, pausedAtMs: nowMs })),
  row('FineTuning_Resume', { method: 'POST', path: `${one}/resume`, reads: 'none' }, resume),
  row('FineTuning_ListEvents', { method: 'GET', path: `${one}/events` }, listEvents),
  row('FineTuning_ListCheckpoints', { method: 'GET', path: `${one}/checkpoints` }, listCheckpoints),
  grader('run', runGrader),
  grader('validate', validateGrader),
];

function grader(verb: string, handle: (request: OperationRequest) => WireResponse): Operation {
  const path = `/fine_tuning/alpha/graders/${verb}`;
  return { name: `Graders_${verb}`, method: 'POST', v1: path, target: 'resource', handle };
}

function row(
  name: string,
  place: { readonly method: 'GET' | 'POST' | 'DELETE'; readonly path: string; readonly reads?: 'none' },
  handle: (request: OperationRequest) => WireResponse,
): Operation {
  const { path: at, ...rest } = place;
  return { name, v1: at, dated: at, since: '2024-02-01', ...rest, target: 'resource', handle };
}

function find(request: OperationRequest): Job {
  return jobs.find(request, request.params['job'] ?? '');
}

function create(request: OperationRequest): WireResponse {
  const job = jobs.put(request, createJob(request));
  // Dated versions say 201 (docs/wire/errors.md#4.9).
  return json(writeJob(job, request), { status: request.surface === 'dated' ? 201 : 200 });
}

function remove(request: OperationRequest): WireResponse {
  jobs.remove(request, request.params['job'] ?? '');
  return bytes(new Uint8Array(), 'application/json', { status: 204 });
}

function change(verb: 'cancel' | 'pause', apply: (job: Job, nowMs: number) => Job): Operation {
  return row(`FineTuning_${verb}`, { method: 'POST', path: `${one}/${verb}`, reads: 'none' }, (request) => {
    const job = find(request);
    const status = statusOf(job, request);
    if (status !== 'pending' && status !== 'running') throw impossible(request, verb, status);
    return json(writeJob(jobs.put(request, apply(job, request.clock.now())), request));
  });
}

function resume(request: OperationRequest): WireResponse {
  const job = find(request);
  if (job.pausedAtMs === undefined) throw impossible(request, 'resume', statusOf(job, request));
  const restedMs = job.restedMs + request.clock.now() - job.pausedAtMs;
  return json(writeJob(jobs.put(request, { ...job, pausedAtMs: undefined, restedMs }), request));
}

function impossible(request: OperationRequest, verb: string, status: string): Error {
  const message = `Cannot ${verb} a fine-tuning job with status '${status}'.`;
  return authoringRefusal(request, 400, { code: 'unexpectedEntityState', message });
}

function listEvents(request: OperationRequest): WireResponse {
  const job = find(request);
  // Nothing happens to a job that is over or rests.
  const lastMs = job.cancelledAtMs ?? job.pausedAtMs ?? request.clock.now();
  const events = [
    { atMs: job.createdAtMs, message: `Created fine-tuning job: ${job.id}` },
    { atMs: job.createdAtMs + 2000, message: 'Job started.' },
    {
      atMs: endsAtMs(job),
      message: `Completed results file, new fine-tuned model created: ${tunedModel(job)}`,
    },
  ].filter(({ atMs }) => atMs <= lastMs);
  const data = events.map(({ atMs, message }, index): Listed => {
    const event = {
      id: `ftevent-${job.id.slice(6)}-${index}`,
      object: 'fine_tuning.job.event',
      created_at: dateOf(job, atMs),
      level: 'info',
      message,
      type: 'message',
      data: null,
    };
    return event;
  });
  return json(page(data, request));
}

function listCheckpoints(request: OperationRequest): WireResponse {
  const job = find(request);
  if (statusOf(job, request) !== 'succeeded') return json(page([], request));
  const data = [1, 2, 3].map((epoch): Listed => {
    const checkpoint = {
      id: `ftchkpt-${job.id.slice(6)}-${epoch}`,
      object: 'fine_tuning.job.checkpoint',
      created_at: dateOf(job, endsAtMs(job)),
      fine_tuned_model_checkpoint: `${tunedModel(job)}:ckpt-step-${epoch * 100}`,
      fine_tuning_job_id: job.id,
      step_number: epoch * 100,
      metrics: { step: epoch * 100, train_loss: 1 / (epoch + 1), train_mean_token_accuracy: 1 - 0.2 / epoch },
    };
    return checkpoint;
  });
  return json(page(data, request));
}
