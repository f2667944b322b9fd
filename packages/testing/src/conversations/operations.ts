import { readMetadata } from '../collections/metadata.ts';
import { page } from '../collections/page.ts';
import { readItem, type Item } from '../responses/items.ts';
import { responseStore } from '../responses/response-store.ts';
import { modelError } from '../service/envelopes.ts';
import type { Operation, OperationRequest } from '../service/operation.ts';
import { checkValue, missing } from '../service/parameter.ts';
import { Refusal } from '../service/refusal.ts';
import { json, type WireResponse } from '../service/wire-response.ts';
import { conversations, type StoredConversation } from './conversation-store.ts';

const one = '/conversations/{conversation}';

/** Conversations and their items. They came with v1; dated versions do not have them. */
export const conversationOperations: readonly Operation[] = [
  { name: 'Conversations_Create', method: 'POST', v1: '/conversations', target: 'resource', handle: create },
  { name: 'Conversations_Get', method: 'GET', v1: one, target: 'resource', handle: get },
  { name: 'Conversations_Update', method: 'POST', v1: one, target: 'resource', handle: update },
  { name: 'Conversations_Delete', method: 'DELETE', v1: one, target: 'resource', handle: remove },
  {
    name: 'Conversations_AddItems',
    method: 'POST',
    v1: `${one}/items`,
    target: 'resource',
    handle: addItems,
  },
  {
    name: 'Conversations_ListItems',
    method: 'GET',
    v1: `${one}/items`,
    target: 'resource',
    handle: listItems,
  },
  {
    name: 'Conversations_GetItem',
    method: 'GET',
    v1: `${one}/items/{item}`,
    target: 'resource',
    handle: getItem,
  },
  {
    name: 'Conversations_DeleteItem',
    method: 'DELETE',
    v1: `${one}/items/{item}`,
    target: 'resource',
    handle: removeItem,
  },
];

function create(request: OperationRequest): WireResponse {
  const { body, random, dateMs } = request;
  const made: StoredConversation = {
    id: random.id('conv_', 50),
    createdAt: Math.floor(dateMs / 1000),
    metadata: readMetadata(body['metadata']),
    items: itemsOf(request),
  };
  return json(write(conversations.put(request, made)));
}

function find(request: OperationRequest): StoredConversation {
  return conversations.find(request, request.params['conversation'] ?? '');
}

function get(request: OperationRequest): WireResponse {
  return json(write(find(request)));
}

function update(request: OperationRequest): WireResponse {
  const found = find(request);
  return json(
    write(conversations.put(request, { ...found, metadata: readMetadata(request.body['metadata']) })),
  );
}

function remove(request: OperationRequest): WireResponse {
  const { id } = conversations.remove(request, request.params['conversation'] ?? '');
  return json({ id, object: 'conversation.deleted', deleted: true });
}

function addItems(request: OperationRequest): WireResponse {
  const found = find(request);
  if (request.body['items'] === undefined) throw missing('items');
  const added = itemsOf(request);
  found.items.push(...added);
  return json(page(added, { query: new URLSearchParams() }, { defaultOrder: 'asc' }));
}

function itemsOf(request: OperationRequest): Item[] {
  const sent = request.body['items'];
  if (sent === undefined || sent === null) return [];
  checkValue(sent, 'items', { type: 'array', of: 'objects', maxLength: 20 });
  const { items } = request.resource.state(responseStore);
  const find = (id: string): Item | undefined => items.get(id);
  return (sent as unknown[]).map((each, index) => readItem(each, `items[${index}]`, { request, find }));
}

function listItems(request: OperationRequest): WireResponse {
  return json(page(find(request).items, request));
}

function getItem(request: OperationRequest): WireResponse {
  return json(findItem(request));
}

function removeItem(request: OperationRequest): WireResponse {
  const found = find(request);
  found.items.splice(found.items.indexOf(findItem(request)), 1);
  return json(write(found));
}

function findItem(request: OperationRequest): Item {
  const id = request.params['item'] ?? '';
  const item = find(request).items.find((each) => each.id === id);
  if (item !== undefined) return item;
  const message = `Item with id '${id.slice(0, 200)}' not found.`;
  throw new Refusal(modelError(404, { message, type: 'invalid_request_error', param: null, code: null }));
}

function write({ id, createdAt, metadata }: StoredConversation): object {
  return { id, object: 'conversation', created_at: createdAt, metadata };
}
