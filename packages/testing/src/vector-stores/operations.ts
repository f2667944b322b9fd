import { collection, type Collection } from '../collections/collection.ts';
import { lifecycle } from '../collections/lifecycle.ts';
import { page } from '../collections/page.ts';
import type { Operation, OperationRequest } from '../service/operation.ts';
import { checkValue, missing } from '../service/parameter.ts';
import { json, type WireResponse } from '../service/wire-response.ts';
import { searchStore, split } from './search-store.ts';
import {
  addFile,
  countFiles,
  createStore,
  statusOf,
  updateStore,
  vectorStoreFiles,
  vectorStores,
  writeFile,
  writeStore,
} from './vector-store.ts';

const since = '2024-05-01-preview';
const store = '/vector_stores/{store}';
const batch = `${store}/file_batches/{batch}`;

/** Vector stores: files, batches of files, search. */
export const vectorStoreOperations: readonly Operation[] = [
  ...lifecycle({
    name: 'VectorStores',
    path: '/vector_stores',
    param: 'store',
    since,
    objects: vectorStores,
    create: createStore,
    update: updateStore,
    write: writeStore,
    deleted: ({ id }) => ({ id, object: 'vector_store.deleted', deleted: true }),
  }),
  ...lifecycle({
    name: 'VectorStoreFiles',
    path: `${store}/files`,
    param: 'file',
    parent: 'store',
    parents: vectorStores,
    since,
    objects: vectorStoreFiles,
    create(request) {
      const { file_id: id, attributes, chunking_strategy: chunking } = request.body;
      return addFile(request, storeOf(request), { id, attributes, chunking });
    },
    update: (added, { body }) => {
      checkValue(body['attributes'], 'attributes', { type: 'object' });
      return { ...added, attributes: body['attributes'] as typeof added.attributes };
    },
    write: writeFile,
    deleted: ({ id }) => ({ id, object: 'vector_store.file.deleted', deleted: true }),
    isListed: (added, request) => {
      const filter = request.query.get('filter');
      return filter === null || statusOf(added, request) === filter;
    },
  }),
  resource('VectorStoreFiles_GetContent', {
    method: 'GET',
    path: `${store}/files/{file}/content`,
    handle: getContent,
  }),
  resource('VectorStores_Search', { method: 'POST', path: `${store}/search`, handle: search }),
  resource('VectorStoreFileBatches_Create', {
    method: 'POST',
    path: `${store}/file_batches`,
    handle: createBatch,
  }),
  resource('VectorStoreFileBatches_Get', { method: 'GET', path: batch, handle: getBatch }),
  resource('VectorStoreFileBatches_Cancel', { method: 'POST', path: `${batch}/cancel`, handle: cancelBatch }),
  resource('VectorStoreFileBatches_ListFiles', {
    method: 'GET',
    path: `${batch}/files`,
    handle: listBatchFiles,
  }),
];

function resource(
  name: string,
  {
    method,
    path,
    handle,
  }: { method: 'GET' | 'POST'; path: string; handle: (request: OperationRequest) => WireResponse },
): Operation {
  const reads = path.endsWith('/cancel') ? { reads: 'none' as const } : {};
  return { name, method, v1: path, dated: path, since, target: 'resource', ...reads, handle };
}

/** The id of the store that the path names; 404 when there is none. */
function storeOf(request: OperationRequest): string {
  return vectorStores.find(request, request.params['store'] ?? '').id;
}

function getContent(request: OperationRequest): WireResponse {
  const { file } = vectorStoreFiles.find(request, request.params['file'] ?? '', storeOf(request));
  const data = split(file.content.toString()).map((text) => ({ type: 'text', text }));
  return json({ object: 'vector_store.file_content.page', data, has_more: false, next_page: null });
}

function search(request: OperationRequest): WireResponse {
  const { query, max_num_results: limit = 10, filters, ranking_options: ranking } = request.body;
  if (query === undefined) throw missing('query');
  checkValue(limit, 'max_num_results', { type: 'integer', min: 1, max: 50 });
  const text = Array.isArray(query) ? query.join(' ') : query;
  checkValue(text, 'query', { type: 'string' });
  const scoreThreshold =
    (ranking as { readonly score_threshold?: number } | null | undefined)?.score_threshold ?? 0;
  const found = searchStore(request, storeOf(request), {
    query: text as string,
    limit: limit as number,
    filters,
    scoreThreshold,
  });
  return json({
    object: 'vector_store.search_results.page',
    search_query: Array.isArray(query) ? query : [query],
    data: found.map((each) => ({
      file_id: each.fileId,
      filename: each.filename,
      score: each.score,
      attributes: each.attributes,
      content: [{ type: 'text', text: each.text }],
    })),
    has_more: false,
    next_page: null,
  });
}

interface FileBatch {
  readonly id: string;
  readonly createdAtMs: number;
  readonly fileIds: readonly string[];
  readonly isCancelled: boolean;
}

const fileBatches: Collection<FileBatch> = collection('File batch');

function createBatch(request: OperationRequest): WireResponse {
  const into = storeOf(request);
  const { file_ids: ids, files, attributes, chunking_strategy: chunking } = request.body;
  const wanted = files ?? ids;
  if (wanted === undefined) throw missing('file_ids');
  checkValue(wanted, files === undefined ? 'file_ids' : 'files', {
    type: 'array',
    of: 'strings',
    minLength: 1,
    maxLength: 500,
  });
  const added = (wanted as unknown[]).map((each, index) => {
    if (files !== undefined) checkValue(each, `files[${index}]`, { type: 'object' });
    const own = (files === undefined ? { file_id: each } : each) as Readonly<Record<string, unknown>>;
    return addFile(request, into, {
      id: own['file_id'],
      attributes: own['attributes'] ?? attributes,
      chunking,
    });
  });
  const made: FileBatch = {
    id: request.random.id('vsfb_', 24),
    createdAtMs: request.dateMs,
    fileIds: added.map((each) => each.id),
    isCancelled: false,
  };
  return json(writeBatch(fileBatches.put(request, made, into), request));
}

function findBatch(request: OperationRequest): FileBatch {
  return fileBatches.find(request, request.params['batch'] ?? '', storeOf(request));
}

function getBatch(request: OperationRequest): WireResponse {
  return json(writeBatch(findBatch(request), request));
}

function cancelBatch(request: OperationRequest): WireResponse {
  const cancelled = { ...findBatch(request), isCancelled: true };
  return json(writeBatch(fileBatches.put(request, cancelled, storeOf(request)), request));
}

function filesOf({ fileIds }: FileBatch, request: OperationRequest) {
  return vectorStoreFiles.all(request, storeOf(request)).filter((added) => fileIds.includes(added.id));
}

function listBatchFiles(request: OperationRequest): WireResponse {
  return json(
    page(
      filesOf(findBatch(request), request).map((added) => writeFile(added, request)),
      request,
    ),
  );
}

function writeBatch(made: FileBatch, request: OperationRequest): object {
  const counts = countFiles(filesOf(made, request), request);
  return {
    id: made.id,
    // The specs say `files_batch`; azure-sdk-for-python, test_vector_stores.py, sees this.
    object: 'vector_store.file_batch',
    created_at: Math.floor(made.createdAtMs / 1000),
    vector_store_id: storeOf(request),
    status: made.isCancelled ? 'cancelled' : counts.in_progress > 0 ? 'in_progress' : 'completed',
    file_counts: counts,
  };
}
