import { page } from '../collections/page.ts';
import { originOf } from '../service/origin.ts';
import type { Operation, OperationRequest } from '../service/operation.ts';
import { bytes, json, type WireResponse } from '../service/wire-response.ts';
import { addFile, authoringRefusal, fileObject, findFile, isAuthored, livingFiles } from './file-store.ts';
import { readForm, type Form } from './multipart.ts';
import { checkPurpose } from './purpose.ts';
import { uploadOperations } from './upload-operations.ts';

/** Files, and uploads in parts. */
export const fileOperations: readonly Operation[] = [
  {
    name: 'Files_Upload',
    method: 'POST',
    v1: '/files',
    dated: '/files',
    reads: 'raw',
    target: 'resource',
    handle: upload,
  },
  { name: 'Files_List', method: 'GET', v1: '/files', dated: '/files', target: 'resource', handle: list },
  {
    name: 'Files_Get',
    method: 'GET',
    v1: '/files/{file}',
    dated: '/files/{file}',
    target: 'resource',
    handle: get,
  },
  {
    name: 'Files_Delete',
    method: 'DELETE',
    v1: '/files/{file}',
    dated: '/files/{file}',
    target: 'resource',
    handle: remove,
  },
  {
    name: 'Files_GetContent',
    method: 'GET',
    v1: '/files/{file}/content',
    dated: '/files/{file}/content',
    target: 'resource',
    handle: content,
  },
  ...uploadOperations,
];

function upload(request: OperationRequest): WireResponse {
  const form = readForm(request);
  const file = form.file('file');
  if (file === undefined)
    throw authoringRefusal(request, 400, {
      code: 'invalidPayload',
      message: "The 'file' form field is required.",
    });
  const purpose = checkPurpose(request, form.text('purpose'));
  const expiresAfterMs = expiryOf(request, form);
  const stored = addFile(request, {
    filename: file.name,
    purpose,
    content: file.bytes,
    ...(expiresAfterMs !== undefined && { expiresAfterMs }),
  });
  const body = fileObject(stored, request.clock.now());
  // On dated versions the authoring service says 201 and the Assistants service 200: azopenai
  // (client_batch_files_test.go) and azure-ai-openai of Java accept nothing else.
  if (request.surface === 'v1' || !isAuthored(purpose)) return json(body);
  const origin = originOf(request);
  return json(body, {
    status: 201,
    headers: { Location: `${origin}${request.path}/${stored.id}?api-version=${request.api}` },
  });
}

const shortestExpiryS = 1_209_600;
const longestExpiryS = 2_592_000;

function expiryOf(request: OperationRequest, form: Form): number | undefined {
  const text = form.text('expires_after[seconds]');
  if (text === undefined) return undefined;
  return checkExpiry(request, { seconds: Number(text), anchor: form.text('expires_after[anchor]') });
}

/** Reads `expires_after`; 14 to 30 days from creation (how-to/batch). */
export function checkExpiry(
  request: OperationRequest,
  { seconds, anchor }: { readonly seconds: unknown; readonly anchor?: unknown },
): number {
  const isWithin = typeof seconds === 'number' && seconds >= shortestExpiryS && seconds <= longestExpiryS;
  if (isWithin && anchor === 'created_at') return seconds * 1000;
  const message = `Invalid 'expires_after': give an 'anchor' of 'created_at' and 'seconds' from ${shortestExpiryS} to ${longestExpiryS}.`;
  throw authoringRefusal(request, 400, { code: 'invalidPayload', message });
}

function list(request: OperationRequest): WireResponse {
  const purpose = request.query.get('purpose');
  const nowMs = request.clock.now();
  const files = [...livingFiles(request).values()].filter(
    (file) => purpose === null || file.purpose === purpose,
  );
  const objects = files.map((file) => fileObject(file, nowMs));
  return json(page(objects, request, { defaultLimit: 10_000, maxLimit: 10_000 }));
}

function get(request: OperationRequest): WireResponse {
  return json(fileObject(findFile(request, request.params['file'] ?? ''), request.clock.now()));
}

/**
 * Dated versions specify 204 (authoring spec), but the live tests of the clients for Python
 * (test_vector_stores.py), .NET (FileTests) and Java (`@ExpectedResponses({ 200 })`) get this.
 */
function remove(request: OperationRequest): WireResponse {
  const { id } = findFile(request, request.params['file'] ?? '');
  livingFiles(request).delete(id);
  return json({ id, object: 'file', deleted: true });
}

function content(request: OperationRequest): WireResponse {
  const file = findFile(request, request.params['file'] ?? '');
  const headers = { 'Content-Disposition': `attachment; filename="${encodeURIComponent(file.filename)}"` };
  return bytes(file.content, 'application/octet-stream', { headers });
}
