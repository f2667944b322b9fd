import { collection, type Collection } from '../collections/collection.ts';
import { lifecycle } from '../collections/lifecycle.ts';
import { findFile } from '../files/file-store.ts';
import { readForm } from '../files/multipart.ts';
import type { Operation, OperationRequest } from '../service/operation.ts';
import { checkValue, missing } from '../service/parameter.ts';
import { bytes, type WireResponse } from '../service/wire-response.ts';
import { readBody } from '../service/read-body.ts';
import { containers, newContainer, type Container } from './container.ts';

interface ContainerFile {
  readonly id: string;
  readonly createdAtMs: number;
  readonly name: string;
  readonly content: Buffer;
}

const containerFiles: Collection<ContainerFile> = collection('File');

const files = '/containers/{container}/files';

/** Containers of the code interpreter, and their files. */
export const containerOperations: readonly Operation[] = [
  ...lifecycle({
    name: 'Containers',
    path: '/containers',
    param: 'container',
    objects: containers,
    create,
    write: (container) => ({
      id: container.id,
      object: 'container',
      created_at: Math.floor(container.createdAtMs / 1000),
      status: 'running',
      expires_after: container.expiresAfter,
      last_active_at: Math.floor(container.createdAtMs / 1000),
      name: container.name,
    }),
    deleted: ({ id }) => ({ id, object: 'container.deleted', deleted: true }),
  }),
  ...lifecycle({
    name: 'ContainerFiles',
    path: files,
    param: 'file',
    parent: 'container',
    parents: containers,
    objects: containerFiles,
    reads: 'raw',
    create: createFile,
    write: (file, request) => ({
      id: file.id,
      object: 'container.file',
      created_at: Math.floor(file.createdAtMs / 1000),
      bytes: file.content.length,
      container_id: request.params['container'],
      path: `/mnt/data/${file.name}`,
      source: 'user',
    }),
    deleted: ({ id }) => ({ id, object: 'container.file.deleted', deleted: true }),
  }),
  {
    name: 'ContainerFiles_GetContent',
    method: 'GET',
    v1: `${files}/{file}/content`,
    target: 'resource',
    handle: getContent,
  },
];

function create(request: OperationRequest): Container {
  const { body, random } = request;
  if (body['name'] === undefined) throw missing('name');
  checkValue(body['name'], 'name', { type: 'string' });
  const ids = body['file_ids'] ?? [];
  checkValue(ids, 'file_ids', { type: 'array', of: 'strings' });
  const fresh = newContainer(request, body['name'] as string);
  const { expires_after: expiresAfter = fresh.expiresAfter } = body as { readonly expires_after?: object };
  const container: Container = { ...fresh, expiresAfter };
  for (const [index, id] of (ids as unknown[]).entries()) {
    checkValue(id, `file_ids[${index}]`, { type: 'string' });
    const { filename, content } = findFile(request, id as string);
    const file = { id: random.id('cfile_', 32), createdAtMs: request.dateMs, name: filename, content };
    containerFiles.put(request, file, container.id);
  }
  return container;
}

/** A file is sent as a form, or as the id of a file of the resource. */
function createFile(request: OperationRequest): ContainerFile {
  containers.find(request, request.params['container'] ?? '');
  const head = { id: request.random.id('cfile_', 32), createdAtMs: request.dateMs };
  if (request.headers['content-type']?.includes('json') === true) {
    const id = readBody(request)['file_id'];
    if (typeof id !== 'string') throw missing('file_id');
    const { filename, content } = findFile(request, id);
    return { ...head, name: filename, content };
  }
  const file = readForm(request).file('file');
  if (file === undefined) throw missing('file');
  return { ...head, name: file.name, content: file.bytes };
}

function getContent(request: OperationRequest): WireResponse {
  const { content } = containerFiles.find(
    request,
    request.params['file'] ?? '',
    request.params['container'] ?? '',
  );
  return bytes(content, 'application/octet-stream');
}
