import { estimateTokens } from '../limits/estimate.ts';
import type { Tokens } from '../limits/admission.ts';
import { page } from '../collections/page.ts';
import type {
  DeploymentOperation,
  DeploymentRequest,
  Operation,
  OperationRequest,
} from '../service/operation.ts';
import { checkValue, refuse, wrongType } from '../service/parameter.ts';
import { resourceNotFound } from '../service/envelopes.ts';
import { wantsSocket } from '../service/wants-socket.ts';
import { json, type WireResponse } from '../service/wire-response.ts';
import { compactResponse } from './compact-response.ts';
import { createResponse } from './create-response.ts';
import { readConversation } from './read-prompt.ts';
import { current, forget, storedResponse } from './response-store.ts';
import { streamResponse } from './stream-response.ts';
import { serveWebSocket } from './web-socket.ts';

const since = '2025-03-01-preview';

const create: DeploymentOperation = {
  name: 'Responses_Create',
  method: 'POST',
  v1: '/responses',
  dated: '/responses',
  since,
  target: 'deployment',
  capability: 'responses',
  estimate,
  handle: createResponse,
};

/** The Responses API. */
export const responseOperations: readonly Operation[] = [
  create,
  {
    name: 'Responses_Connect',
    method: 'GET',
    v1: '/responses',
    target: 'resource',
    handle: (request) => (wantsSocket(request) ? json({}, { status: 101 }) : resourceNotFound()),
    connect: (connection) => {
      serveWebSocket(connection, create);
    },
  },
  {
    name: 'Responses_Compact',
    method: 'POST',
    v1: '/responses/compact',
    target: 'deployment',
    capability: 'responses',
    estimate,
    handle: compactResponse,
  },
  {
    name: 'Responses_CountInputTokens',
    method: 'POST',
    v1: '/responses/input_tokens',
    target: 'deployment',
    capability: 'responses',
    estimate: () => ({ tokens: 0 }),
    handle: countInputTokens,
  },
  resource('Responses_Get', { method: 'GET', path: '/responses/{response}', handle: getResponse }),
  resource('Responses_Delete', { method: 'DELETE', path: '/responses/{response}', handle: deleteResponse }),
  resource('Responses_Cancel', {
    method: 'POST',
    path: '/responses/{response}/cancel',
    handle: cancelResponse,
  }),
  resource('Responses_ListInputItems', {
    method: 'GET',
    path: '/responses/{response}/input_items',
    handle: listInputItems,
  }),
];

function resource(
  name: string,
  {
    method,
    path,
    handle,
  }: { method: 'GET' | 'POST' | 'DELETE'; path: string; handle: (request: OperationRequest) => WireResponse },
): Operation {
  return { name, method, v1: path, dated: path, since, target: 'resource', reads: 'none', handle };
}

function estimate(request: DeploymentRequest): Tokens {
  return estimateTokens(request, request.body['max_output_tokens']);
}

function getResponse(request: OperationRequest): WireResponse {
  const stored = storedResponse(request);
  if (request.query.get('stream') !== 'true') return json(current(stored, request.clock.now()));
  if (stored.background === undefined) {
    throw refuse(
      'This response cannot be streamed because it was not created with background=true.',
      'stream',
      null,
    );
  }
  if (!stored.background.isStreamed) {
    throw refuse(
      'This response cannot be streamed because it was not created with stream=true.',
      'stream',
      null,
    );
  }
  const startingAfter = readStartingAfter(request.query.get('starting_after'));
  const hasObfuscation = request.query.get('include_obfuscation') !== 'false';
  return streamResponse(request, stored, { hasObfuscation, ...startingAfter });
}

function readStartingAfter(text: string | null): { readonly startingAfter?: number } {
  if (text === null) return {};
  if (!/^\d+$/.test(text)) throw wrongType('starting_after', 'an integer', text);
  return { startingAfter: Number(text) };
}

function deleteResponse(request: OperationRequest): WireResponse {
  const { id } = storedResponse(request).final;
  forget(request, id);
  // The specs disagree: v1 names it apart, the preview does not.
  const object = request.surface === 'v1' ? 'response.deleted' : 'response';
  return json({ id, object, deleted: true });
}

function cancelResponse(request: OperationRequest): WireResponse {
  const stored = storedResponse(request);
  const nowMs = request.clock.now();
  if (stored.background === undefined) throw refuse('Cannot cancel a synchronous response.', null, null);
  // Cancelling again, or too late, changes nothing.
  if (nowMs < stored.background.endsAtMs) stored.isCancelled = true;
  return json(current(stored, nowMs));
}

function listInputItems(request: OperationRequest): WireResponse {
  return json(page(storedResponse(request).input, request));
}

function countInputTokens(request: DeploymentRequest): WireResponse {
  checkValue(request.body['tools'] ?? [], 'tools', { type: 'array', of: 'objects' });
  return json({ object: 'response.input_tokens', input_tokens: readConversation(request).tokens });
}
