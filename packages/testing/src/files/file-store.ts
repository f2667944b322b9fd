import { authoringError, modelError } from '../service/envelopes.ts';
import type { OperationRequest } from '../service/operation.ts';
import { Refusal } from '../service/refusal.ts';

/** A file of a resource. */
export interface StoredFile {
  readonly id: string;
  readonly filename: string;
  readonly purpose: string;
  readonly createdAtMs: number;
  /** The date in answers; `createdAtMs` is a time of the clock, which decides about its age. */
  readonly dateMs: number;
  /** `undefined`: kept until it is deleted. */
  readonly expiresAtMs: number | undefined;
  readonly content: Buffer;
}

/** A file as the wire has it. */
export interface FileObject {
  readonly id: string;
  readonly object: 'file';
  readonly bytes: number;
  readonly created_at: number;
  readonly filename: string;
  readonly purpose: string;
  readonly status: 'pending' | 'processed';
  readonly expires_at?: number;
}

/** The files of a resource, oldest first. */
function fileStore(): Map<string, StoredFile> {
  return new Map();
}

/** The most that a resource stores, so that a mock that runs for days has bounded memory. */
export const capacityBytes: number = 1024 ** 3;
/** How long a file is processed before it may be used. */
const processingMs = 500;

/** Keeps a file under a new id. */
export function addFile(
  request: OperationRequest,
  file: {
    readonly filename: string;
    readonly purpose: string;
    readonly content: Buffer;
    readonly expiresAfterMs?: number;
  },
): StoredFile {
  const files = livingFiles(request);
  if (file.purpose === 'batch_output') forgetOutputs(files, file.content.length);
  else if (sizeOf(files) + file.content.length > capacityBytes) {
    throw authoringRefusal(request, 400, {
      code: 'quotaExceeded',
      message: 'The resource has no room for this file. Delete files that are no longer needed.',
    });
  }
  const stored: StoredFile = {
    id: idFor(request, file.purpose),
    filename: file.filename,
    purpose: file.purpose,
    createdAtMs: request.clock.now(),
    dateMs: request.dateMs,
    expiresAtMs: file.expiresAfterMs === undefined ? undefined : request.clock.now() + file.expiresAfterMs,
    content: file.content,
  };
  files.set(stored.id, stored);
  return stored;
}

/**
 * Files of the authoring service and of the Assistants service have ids of different forms (vercel/ai#7915,
 * google/adk-python#5664).
 */
function idFor({ random }: OperationRequest, purpose: string): string {
  return isAuthored(purpose) ? `file-${random.guid().replaceAll('-', '')}` : random.id('assistant-', 22);
}

/** Whether the authoring service keeps files of this purpose; the Assistants service keeps the others. */
export function isAuthored(purpose: string): boolean {
  return /^(?:batch|evals|fine-tune)/.test(purpose);
}

function sizeOf(files: ReadonlyMap<string, StoredFile>): number {
  return [...files.values()].reduce((sum, each) => sum + each.content.length, 0);
}

/** A batch can always write its answers: the oldest files of other batches are dropped. */
function forgetOutputs(files: Map<string, StoredFile>, bytes: number): void {
  for (const [id, { purpose }] of files) {
    if (sizeOf(files) + bytes <= capacityBytes) return;
    if (purpose === 'batch_output') files.delete(id);
  }
}

/** The files that have not expired. */
export function livingFiles({
  resource,
  clock,
}: Pick<OperationRequest, 'resource' | 'clock'>): Map<string, StoredFile> {
  const files = resource.state(fileStore);
  const nowMs = clock.now();
  for (const [id, { expiresAtMs }] of files)
    if (expiresAtMs !== undefined && expiresAtMs <= nowMs) files.delete(id);
  return files;
}

/** The file with this id; 404 when there is none. */
export function findFile(request: OperationRequest, id: string): StoredFile {
  const found = livingFiles(request).get(id);
  if (found !== undefined) return found;
  throw authoringRefusal(request, 404, {
    code: 'notFound',
    message: `File with id ${id.slice(0, 200)} not found.`,
  });
}

/** Whether the service has processed a file by now. */
export function statusOf({ purpose, createdAtMs }: StoredFile, nowMs: number): FileObject['status'] {
  return nowMs < createdAtMs + processingMs && purpose !== 'batch_output' ? 'pending' : 'processed';
}

/** The file as the wire has it at this time. */
export function fileObject(file: StoredFile, nowMs: number): FileObject {
  return {
    id: file.id,
    object: 'file',
    bytes: file.content.length,
    created_at: Math.floor(file.dateMs / 1000),
    filename: file.filename,
    purpose: file.purpose,
    status: statusOf(file, nowMs),
    ...(file.expiresAtMs !== undefined && {
      expires_at: Math.floor((file.expiresAtMs - file.createdAtMs + file.dateMs) / 1000),
    }),
  };
}

/** An error of the authoring service: in its own shape on dated versions, in OpenAI's on v1 (docs/wire/errors.md#4.9). */
export function authoringRefusal(
  { surface }: Pick<OperationRequest, 'surface'>,
  status: number,
  { code, message }: { readonly code: string; readonly message: string },
): Refusal {
  if (surface !== 'v1') return new Refusal(authoringError(status, { code, message }));
  return new Refusal(modelError(status, { message, type: 'invalid_request_error', param: null, code }));
}
