import { modelError } from '../service/envelopes.ts';
import type { DeploymentRequest, OperationRequest } from '../service/operation.ts';
import { Refusal } from '../service/refusal.ts';
import type { Item } from '../responses/items.ts';

/** A conversation that several responses share. */
export interface StoredConversation {
  readonly id: string;
  readonly createdAt: number;
  metadata: Readonly<Record<string, string>>;
  readonly items: Item[];
}

/** The conversations of a resource, oldest first. */
export function conversationStore(): Map<string, StoredConversation> {
  return new Map();
}

/** Finds a conversation; 404 when there is none. */
export function findConversation(
  { resource }: Pick<OperationRequest, 'resource'>,
  id: string,
): StoredConversation {
  const found = resource.state(conversationStore).get(id);
  if (found !== undefined) return found;
  const message = `Conversation with id '${id.slice(0, 200)}' not found.`;
  throw new Refusal(modelError(404, { message, type: 'invalid_request_error', param: null, code: null }));
}

/** The conversation that a response belongs to, by its `conversation` parameter. */
export function conversationOf(request: DeploymentRequest): StoredConversation | undefined {
  const sent = request.body['conversation'];
  if (sent === undefined || sent === null) return undefined;
  const id = typeof sent === 'string' ? sent : (sent as { readonly id?: unknown }).id;
  return findConversation(request, String(id));
}

/** Adds items to a conversation. */
export function append(
  { resource }: Pick<OperationRequest, 'resource'>,
  id: string | undefined,
  items: readonly Item[],
): void {
  if (id === undefined) return;
  resource
    .state(conversationStore)
    .get(id)
    ?.items.push(...items);
}
