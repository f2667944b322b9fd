import { page } from '../collections/page.ts';
import { readMetadata } from '../collections/metadata.ts';
import {
  authoringRefusal,
  findFile,
  statusOf as fileStatusOf,
  type StoredFile,
} from '../files/file-store.ts';
import { checkExpiry } from '../files/operations.ts';
import type { Operation, OperationRequest, ResourceRequest } from '../service/operation.ts';
import { checkParameters, missing, type Rules } from '../service/parameter.ts';
import { json, type WireResponse } from '../service/wire-response.ts';
import { advanceBatch } from './advance-batch.ts';
import { withoutVersion } from './batch-line.ts';
import { keepBatch, keptBatch, keptBatches } from './batch-store.ts';
import { statusAt, timeline, type Batch } from './batch.ts';

const since = '2024-07-01-preview';

/** Batches: files of requests that are answered within a day. */
export const batchOperations: readonly Operation[] = [
  {
    name: 'Batch_Create',
    method: 'POST',
    v1: '/batches',
    dated: '/batches',
    since,
    target: 'resource',
    handle: create,
  },
  {
    name: 'Batch_List',
    method: 'GET',
    v1: '/batches',
    dated: '/batches',
    since,
    target: 'resource',
    handle: list,
  },
  {
    name: 'Batch_Get',
    method: 'GET',
    v1: '/batches/{batch}',
    dated: '/batches/{batch}',
    since,
    target: 'resource',
    handle: get,
  },
  {
    name: 'Batch_Cancel',
    method: 'POST',
    v1: '/batches/{batch}/cancel',
    dated: '/batches/{batch}/cancel',
    since,
    reads: 'none',
    target: 'resource',
    handle: cancel,
  },
];

const rules: Rules = new Map([
  ['input_file_id', { type: 'string' }],
  ['endpoint', { type: 'string' }],
  ['completion_window', { type: 'string', oneOf: ['24h'] }],
  ['metadata', { type: 'any' }],
  ['output_expires_after', { type: 'object' }],
] as const);

const endpoints = ['/chat/completions', '/responses', '/embeddings', '/completions'];

function create(request: ResourceRequest): WireResponse {
  checkParameters(request, rules);
  const { body, random, clock, resource } = request;
  for (const name of ['input_file_id', 'endpoint', 'completion_window'])
    if (body[name] === undefined) throw missing(name);
  const endpoint = withoutVersion(body['endpoint'] as string);
  if (!endpoints.includes(endpoint)) {
    const message = `The endpoint ${JSON.stringify(body['endpoint']).slice(0, 100)} is not supported. Use one of ${endpoints.join(', ')}.`;
    throw authoringRefusal(request, 400, { code: 'invalidPayload', message });
  }
  const file = findFile(request, body['input_file_id'] as string);
  if (file.purpose !== 'batch') {
    throw authoringRefusal(request, 400, {
      code: 'invalidPayload',
      message: `The file ${file.id} has the purpose ${file.purpose}; a batch takes files with the purpose batch.`,
    });
  }
  checkProcessed(request, file);
  const expiry = body['output_expires_after'] as
    { readonly seconds: unknown; readonly anchor?: unknown } | null | undefined;
  const batch: Batch = {
    id: `batch_${random.guid()}`,
    endpoint,
    inputFileId: file.id,
    metadata:
      body['metadata'] === undefined || body['metadata'] === null ? null : readMetadata(body['metadata']),
    outputExpiresAfterMs: expiry === undefined || expiry === null ? undefined : checkExpiry(request, expiry),
    createdAtMs: clock.now(),
    dateMs: request.dateMs,
    request,
    input: undefined,
    ranges: [],
    errors: [],
    done: 0,
    failed: 0,
    outputs: [],
    failures: [],
    cancelledAtMs: undefined,
    outputFileId: null,
    errorFileId: null,
  };
  keepBatch(resource, batch);
  // 2024-10-21 and v1 say 200, the previews after it 201 (docs/wire/errors.md#4.9).
  const isCreated = request.surface === 'dated' && request.api > '2024-10-21';
  return json(batchObject(batch, batch.createdAtMs), { status: isCreated ? 201 : 200 });
}

/** The text of a user's report (Microsoft Q&A 2203029). It names no status and code: these are those of a wrong state. */
function checkProcessed(request: OperationRequest, file: StoredFile): void {
  if (fileStatusOf(file, request.clock.now()) === 'processed') return;
  const message = `The file ${file.id} is in 'pending' state. Only files with status 'Processed' are accepted for batch inferencing.`;
  throw authoringRefusal(request, 400, { code: 'unexpectedEntityState', message });
}

async function get(request: OperationRequest): Promise<WireResponse> {
  const batch = find(request);
  return json(batchObject(batch, await advanceBatch(batch)));
}

async function list(request: OperationRequest): Promise<WireResponse> {
  const objects = await Promise.all(
    keptBatches(request.resource).map(async (batch) => batchObject(batch, await advanceBatch(batch))),
  );
  return json(page(objects, request));
}

async function cancel(request: OperationRequest): Promise<WireResponse> {
  const batch = find(request);
  const nowMs = await advanceBatch(batch);
  const status = statusAt(batch, nowMs);
  if (status === 'validating' || status === 'in_progress') {
    batch.cancelledAtMs = nowMs;
  } else if (status !== 'cancelling' && status !== 'cancelled') {
    const message = `Cannot cancel a batch with status '${status}'.`;
    throw authoringRefusal(request, 400, { code: 'unexpectedEntityState', message });
  }
  return json(batchObject(batch, nowMs));
}

function find(request: OperationRequest): Batch {
  const id = request.params['batch'] ?? '';
  const found = keptBatch(request.resource, id);
  if (found !== undefined) return found;
  throw authoringRefusal(request, 404, {
    code: 'notFound',
    message: `Batch with id ${id.slice(0, 200)} not found.`,
  });
}

interface BatchObject {
  readonly id: string;
  readonly [member: string]: unknown;
}

function batchObject(batch: Batch, nowMs: number): BatchObject {
  const status = statusAt(batch, nowMs);
  const times = timeline(batch);
  const dated = (ms: number): number => Math.floor((ms - batch.createdAtMs + batch.dateMs) / 1000);
  const at = (ms: number | undefined): number | null => (ms !== undefined && nowMs >= ms ? dated(ms) : null);
  const isFailed = status === 'failed';
  const isCancelled = batch.cancelledAtMs !== undefined;
  const isOver = isFailed || isCancelled;
  return {
    cancelled_at: status === 'cancelled' ? at((batch.cancelledAtMs ?? 0) + 1000) : null,
    cancelling_at: at(batch.cancelledAtMs),
    completed_at: status === 'completed' ? at(times.completedAtMs) : null,
    completion_window: '24h',
    created_at: Math.floor(batch.dateMs / 1000),
    error_file_id: batch.errorFileId,
    expired_at: status === 'expired' ? at(times.expiresAtMs) : null,
    expires_at: dated(times.expiresAtMs),
    failed_at: isFailed ? at(times.inProgressAtMs) : null,
    finalizing_at: isOver || status === 'expired' ? null : at(times.finalizingAtMs),
    id: batch.id,
    in_progress_at: isFailed ? null : at(times.inProgressAtMs),
    input_file_id: batch.inputFileId,
    errors: isFailed ? { object: 'list', data: batch.errors } : null,
    metadata: batch.metadata,
    object: 'batch',
    output_file_id: batch.outputFileId,
    request_counts: {
      total: batch.ranges.length,
      completed: batch.done - batch.failed,
      failed: batch.failed,
    },
    status,
    endpoint: batch.endpoint,
  };
}
