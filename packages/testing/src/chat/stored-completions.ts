import type { DeploymentRequest, Operation, OperationRequest } from '../service/operation.ts';
import { checkValue } from '../service/parameter.ts';
import { modelError } from '../service/envelopes.ts';
import { Refusal } from '../service/refusal.ts';
import { json, type WireResponse } from '../service/wire-response.ts';

type Json = Readonly<Record<string, unknown>>;

interface Stored {
  readonly completion: Json;
  readonly messages: readonly unknown[];
}

const rememberedCompletions = 1000;

function storedCompletions(): Map<string, Stored> {
  return new Map();
}

/** Keeps a completion, given as JSON, that was asked for with `store: true`. */
export function storeCompletion(request: DeploymentRequest, text: string): void {
  const completion = JSON.parse(text) as Json;
  const kept = request.resource.state(storedCompletions);
  const { body } = request;
  const stored = {
    ...completion,
    metadata: body['metadata'] ?? {},
    request_id: request.id,
    temperature: body['temperature'] ?? 1,
    top_p: body['top_p'] ?? 1,
    seed: body['seed'] ?? null,
    tools: body['tools'] ?? null,
    tool_choice: body['tool_choice'] ?? null,
    response_format: body['response_format'] ?? null,
    input_user: body['user'] ?? null,
  };
  kept.set(String(completion['id']), { completion: stored, messages: body['messages'] as unknown[] });
  if (kept.size > rememberedCompletions) kept.delete(kept.keys().next().value ?? '');
}

const since = '2025-02-01';

/** List, get, update and delete stored completions, and read their messages. */
export const storedCompletionOperations: readonly Operation[] = [
  {
    name: 'ChatCompletions_List',
    method: 'GET',
    v1: '/chat/completions',
    dated: '/chat/completions',
    since,
    target: 'resource',
    handle: list,
  },
  {
    name: 'ChatCompletions_Get',
    method: 'GET',
    v1: '/chat/completions/{id}',
    dated: '/chat/completions/{id}',
    since,
    target: 'resource',
    handle: (request) => json(find(request).completion),
  },
  {
    name: 'ChatCompletions_Update',
    method: 'POST',
    v1: '/chat/completions/{id}',
    dated: '/chat/completions/{id}',
    since,
    target: 'resource',
    handle: update,
  },
  {
    name: 'ChatCompletions_Delete',
    method: 'DELETE',
    v1: '/chat/completions/{id}',
    dated: '/chat/completions/{id}',
    since,
    target: 'resource',
    handle: remove,
  },
  {
    name: 'ChatCompletions_ListMessages',
    method: 'GET',
    v1: '/chat/completions/{id}/messages',
    dated: '/chat/completions/{id}/messages',
    since,
    target: 'resource',
    handle: listMessages,
  },
];

function find(request: OperationRequest): Stored {
  const id = request.params['id'] ?? '';
  const stored = request.resource.state(storedCompletions).get(id);
  if (stored !== undefined) return stored;
  throw new Refusal(
    modelError(404, {
      message: `Completion with id '${id.slice(0, 200)}' not found.`,
      type: 'invalid_request_error',
      param: null,
      code: 'not_found',
    }),
  );
}

function list(request: OperationRequest): WireResponse {
  const { query } = request;
  const model = query.get('model');
  const wanted = [...query]
    .map(([name, value]) => ({ key: /^metadata\[(.+)\]$/.exec(name)?.[1], value }))
    .filter((filter) => filter.key !== undefined);
  const found = [...request.resource.state(storedCompletions).values()]
    .map((stored) => stored.completion)
    .filter((completion) => model === null || completion['model'] === model)
    .filter((completion) =>
      wanted.every(({ key, value }) => (completion['metadata'] as Json)[key ?? ''] === value),
    );
  return json(page(query.get('order') === 'desc' ? found.reverse() : found, query));
}

function page(items: readonly Json[], query: URLSearchParams): Json {
  const after = query.get('after');
  const from = after === null ? 0 : items.findIndex((item) => item['id'] === after) + 1;
  const asked = Number(query.get('limit') ?? 20);
  const limit = Number.isInteger(asked) && asked > 0 ? Math.min(asked, 100) : 20;
  const data = items.slice(from, from + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: from + limit < items.length,
  };
}

function update(request: OperationRequest): WireResponse {
  const stored = find(request);
  const metadata = request.body['metadata'] ?? {};
  checkValue(metadata, 'metadata', { type: 'object' });
  const completion = { ...stored.completion, metadata };
  request.resource.state(storedCompletions).set(request.params['id'] ?? '', { ...stored, completion });
  return json(completion);
}

function remove(request: OperationRequest): WireResponse {
  find(request);
  const id = request.params['id'] ?? '';
  request.resource.state(storedCompletions).delete(id);
  return json({ object: 'chat.completion.deleted', id, deleted: true });
}

function listMessages(request: OperationRequest): WireResponse {
  const { messages } = find(request);
  const id = request.params['id'] ?? '';
  const data = messages.map((message, index) => ({ ...(message as Json), id: `${id}-${index}` }));
  return json(page(data, request.query));
}
