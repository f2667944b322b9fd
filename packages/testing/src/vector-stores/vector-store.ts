import { collection, type Collection } from '../collections/collection.ts';
import { readMetadata, type Metadata } from '../collections/metadata.ts';
import type { Listed } from '../collections/page.ts';
import { findFile, livingFiles, type StoredFile } from '../files/file-store.ts';
import type { OperationRequest } from '../service/operation.ts';
import { checkValue, missing } from '../service/parameter.ts';

/** A vector store. */
export interface VectorStore {
  readonly id: string;
  readonly createdAtMs: number;
  /** The date in answers; `createdAtMs` is a time of the clock, which decides about its age. */
  readonly dateMs: number;
  readonly name: string | null;
  readonly metadata: Metadata;
  readonly expiresAfter: { readonly anchor: string; readonly days: number } | null;
}

/** A file in a vector store. Its id is that of the file. */
export interface VectorStoreFile {
  readonly id: string;
  readonly addedAtMs: number;
  readonly dateMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly file: StoredFile;
  readonly chunking: object;
}

export const vectorStores: Collection<VectorStore> = collection('Vector store');
export const vectorStoreFiles: Collection<VectorStoreFile> = collection('File');

/** How long a file takes to be indexed, in the mock's time. */
const indexingMs = 500;
const dayMs = 24 * 60 * 60 * 1000;

/** Makes a vector store from a request, with the files that it names. */
export function createStore(request: OperationRequest): VectorStore {
  const { body, random, clock } = request;
  const ids = body['file_ids'] ?? [];
  checkValue(ids, 'file_ids', { type: 'array', of: 'strings', maxLength: 500 });
  const store: VectorStore = {
    id: random.id('vs_', 24),
    createdAtMs: clock.now(),
    dateMs: request.dateMs,
    name: nameOf(body['name']),
    metadata: readMetadata(body['metadata']),
    expiresAfter: (body['expires_after'] as VectorStore['expiresAfter'] | undefined) ?? null,
  };
  for (const id of ids as string[])
    addFile(request, store.id, { id, attributes: {}, chunking: body['chunking_strategy'] });
  return store;
}

/** Changes a vector store as a request asks. */
export function updateStore(store: VectorStore, { body }: OperationRequest): VectorStore {
  return {
    ...store,
    ...('name' in body && { name: nameOf(body['name']) }),
    ...('metadata' in body && { metadata: readMetadata(body['metadata']) }),
    ...('expires_after' in body && { expiresAfter: body['expires_after'] as VectorStore['expiresAfter'] }),
  };
}

function nameOf(name: unknown): string | null {
  if (name === undefined || name === null) return null;
  checkValue(name, 'name', { type: 'string' });
  return name as string;
}

/** Puts a file of the resource into a store. */
export function addFile(
  request: OperationRequest,
  store: string,
  {
    id,
    attributes,
    chunking,
  }: { readonly id: unknown; readonly attributes?: unknown; readonly chunking?: unknown },
): VectorStoreFile {
  if (id === undefined) throw missing('file_id');
  checkValue(id, 'file_id', { type: 'string' });
  const file = findFile(request, id as string);
  const chosen = (chunking as { readonly type?: string } | null | undefined) ?? { type: 'auto' };
  const added: VectorStoreFile = {
    id: file.id,
    addedAtMs: request.clock.now(),
    dateMs: request.dateMs,
    attributes: (attributes as VectorStoreFile['attributes'] | null | undefined) ?? {},
    file,
    chunking: chosen.type === 'static' ? chosen : defaultChunking,
  };
  return vectorStoreFiles.put(request, added, store);
}

const defaultChunking = { type: 'static', static: { max_chunk_size_tokens: 800, chunk_overlap_tokens: 400 } };

/** Whether a file is indexed by now, and still there. */
export function statusOf(
  { addedAtMs, file }: VectorStoreFile,
  request: OperationRequest,
): 'in_progress' | 'completed' | 'failed' {
  if (!livingFiles(request).has(file.id)) return 'failed';
  return request.clock.now() < addedAtMs + indexingMs ? 'in_progress' : 'completed';
}

/** How many of these files are in which state. */
export function countFiles(
  files: readonly VectorStoreFile[],
  request: OperationRequest,
): { readonly in_progress: number; readonly [state: string]: number } {
  const states = files.map((file) => statusOf(file, request));
  const count = (state: string): number => states.filter((each) => each === state).length;
  return {
    in_progress: count('in_progress'),
    completed: count('completed'),
    failed: count('failed'),
    cancelled: 0,
    total: files.length,
  };
}

/** A vector store as it is sent. */
export function writeStore(store: VectorStore, request: OperationRequest): Listed {
  const files = vectorStoreFiles.all(request, store.id);
  const counts = countFiles(files, request);
  const bytes = files.reduce((sum, { file }) => sum + file.content.length, 0);
  const days = store.expiresAfter?.days;
  const expiresAtMs = days === undefined ? undefined : store.createdAtMs + days * dayMs;
  const isExpired = expiresAtMs !== undefined && expiresAtMs <= request.clock.now();
  const written = {
    id: store.id,
    object: 'vector_store',
    created_at: Math.floor(store.dateMs / 1000),
    name: store.name,
    usage_bytes: bytes,
    // The name that the dated spec has for it.
    ...(request.surface === 'dated' && { bytes }),
    file_counts: counts,
    status: isExpired ? 'expired' : counts.in_progress > 0 ? 'in_progress' : 'completed',
    ...(store.expiresAfter !== null && { expires_after: store.expiresAfter }),
    expires_at:
      expiresAtMs === undefined ? null : Math.floor((expiresAtMs - store.createdAtMs + store.dateMs) / 1000),
    last_active_at: Math.floor(store.dateMs / 1000),
    metadata: store.metadata,
  };
  return written;
}

/** A file of a vector store as it is sent. */
export function writeFile(added: VectorStoreFile, request: OperationRequest): Listed {
  const status = statusOf(added, request);
  const written = {
    id: added.id,
    object: 'vector_store.file',
    usage_bytes: added.file.content.length,
    created_at: Math.floor(added.dateMs / 1000),
    vector_store_id: request.params['store'],
    status,
    last_error:
      status === 'failed' ? { code: 'invalid_file', message: 'The file is no longer there.' } : null,
    chunking_strategy: added.chunking,
    attributes: added.attributes,
  };
  return written;
}
