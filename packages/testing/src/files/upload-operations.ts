import type { Operation, OperationRequest } from '../service/operation.ts';
import { checkValue, missing } from '../service/parameter.ts';
import { json, type WireResponse } from '../service/wire-response.ts';
import { addFile, authoringRefusal, capacityBytes, fileObject, type StoredFile } from './file-store.ts';
import { readForm } from './multipart.ts';
import { checkPurpose } from './purpose.ts';

interface Upload {
  readonly id: string;
  readonly bytes: number;
  readonly filename: string;
  readonly purpose: string;
  readonly createdAtMs: number;
  /** The date in answers; `createdAtMs` is a time of the clock, which decides about its age. */
  readonly dateMs: number;
  status: 'pending' | 'completed' | 'cancelled';
  readonly parts: Map<string, Buffer>;
  file: StoredFile | undefined;
}

function uploadStore(): Map<string, Upload> {
  return new Map();
}

/** A large file, sent in parts of up to 64 MB. */
export const uploadOperations: readonly Operation[] = [
  upload('Uploads_Create', { path: '/uploads', handle: create }),
  upload('Uploads_AddPart', { path: '/uploads/{upload}/parts', reads: 'raw', handle: addPart }),
  upload('Uploads_Complete', { path: '/uploads/{upload}/complete', handle: complete }),
  upload('Uploads_Cancel', { path: '/uploads/{upload}/cancel', reads: 'none', handle: cancel }),
];

function upload(
  name: string,
  row: {
    readonly path: string;
    readonly reads?: 'raw' | 'none';
    readonly handle: (request: OperationRequest) => WireResponse;
  },
): Operation {
  const { path, ...rest } = row;
  return {
    name,
    method: 'POST',
    v1: path,
    dated: path,
    since: '2024-08-01-preview',
    target: 'resource',
    ...rest,
  };
}

const lifetimeMs = 60 * 60 * 1000;

function create(request: OperationRequest): WireResponse {
  const { body, random, clock, resource } = request;
  for (const name of ['filename', 'purpose', 'bytes', 'mime_type'])
    if (body[name] === undefined) throw missing(name);
  checkValue(body['filename'], 'filename', { type: 'string' });
  checkValue(body['bytes'], 'bytes', { type: 'integer', min: 1, max: capacityBytes });
  const made: Upload = {
    id: random.id('upload_', 32),
    bytes: body['bytes'] as number,
    filename: body['filename'] as string,
    purpose: checkPurpose(request, body['purpose']),
    createdAtMs: clock.now(),
    dateMs: request.dateMs,
    status: 'pending',
    parts: new Map(),
    file: undefined,
  };
  keep(resource.state(uploadStore), made, clock.now());
  return json(uploadObject(made, clock.now()));
}

/** Drops uploads that ended or were abandoned. */
function keep(uploads: Map<string, Upload>, made: Upload, nowMs: number): void {
  for (const [id, { createdAtMs }] of uploads) if (nowMs > createdAtMs + 2 * lifetimeMs) uploads.delete(id);
  const [oldest] = uploads.keys();
  if (uploads.size >= capacity && oldest !== undefined) uploads.delete(oldest);
  uploads.set(made.id, made);
}

/** How many uploads a resource has at a time. */
const capacity = 100;

function addPart(request: OperationRequest): WireResponse {
  const found = pending(request);
  const data = readForm(request).file('data');
  if (data === undefined) throw missing('data');
  const id = request.random.id('part_', 32);
  const bytes = data.bytes;
  const received = [...found.parts.values()].reduce((sum, part) => sum + part.length, bytes.length);
  if (received > found.bytes) throw mismatch(request, found.bytes, received);
  found.parts.set(id, bytes);
  const createdAt = Math.floor(request.dateMs / 1000);
  return json({ id, object: 'upload.part', created_at: createdAt, upload_id: found.id });
}

function complete(request: OperationRequest): WireResponse {
  const found = pending(request);
  const ids = request.body['part_ids'];
  checkValue(ids, 'part_ids', { type: 'array', of: 'strings', minLength: 1 });
  const parts = (ids as unknown[]).map((id) => {
    const part = found.parts.get(String(id));
    if (part !== undefined) return part;
    throw authoringRefusal(request, 400, {
      code: 'invalidPayload',
      message: `Part ${String(id).slice(0, 100)} does not belong to this upload.`,
    });
  });
  const content = Buffer.concat(parts);
  if (content.length !== found.bytes) throw mismatch(request, found.bytes, content.length);
  found.file = addFile(request, { filename: found.filename, purpose: found.purpose, content });
  found.status = 'completed';
  found.parts.clear();
  return json(uploadObject(found, request.clock.now()));
}

function cancel(request: OperationRequest): WireResponse {
  const found = pending(request);
  found.status = 'cancelled';
  found.parts.clear();
  return json(uploadObject(found, request.clock.now()));
}

function pending(request: OperationRequest): Upload {
  const id = request.params['upload'] ?? '';
  const found = request.resource.state(uploadStore).get(id);
  if (found === undefined)
    throw authoringRefusal(request, 404, {
      code: 'notFound',
      message: `Upload with id ${id.slice(0, 200)} not found.`,
    });
  const nowMs = request.clock.now();
  const status = statusOf(found, nowMs);
  if (status === 'pending') return found;
  throw authoringRefusal(request, 400, {
    code: 'unexpectedEntityState',
    message: `The upload ${id} is ${status}; it takes no more changes.`,
  });
}

function statusOf(found: Upload, nowMs: number): Upload['status'] | 'expired' {
  return found.status === 'pending' && nowMs > found.createdAtMs + lifetimeMs ? 'expired' : found.status;
}

function mismatch(request: OperationRequest, expected: number, found: number): Error {
  const message = `The upload was announced with ${expected} bytes, but its parts have ${found}.`;
  return authoringRefusal(request, 400, { code: 'invalidPayload', message });
}

function uploadObject(found: Upload, nowMs: number): object {
  return {
    id: found.id,
    object: 'upload',
    bytes: found.bytes,
    created_at: Math.floor(found.dateMs / 1000),
    expires_at: Math.floor((found.dateMs + lifetimeMs) / 1000),
    filename: found.filename,
    purpose: found.purpose,
    status: statusOf(found, nowMs),
    file: found.file === undefined ? null : fileObject(found.file, nowMs),
  };
}
