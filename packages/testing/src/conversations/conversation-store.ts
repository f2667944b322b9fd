import { collection, type Collection } from '../collections/collection.ts';
import type { Metadata } from '../collections/metadata.ts';
import type { Item } from '../responses/items.ts';
import type { DeploymentRequest, OperationRequest } from '../service/operation.ts';

/** A conversation that several responses share. */
export interface StoredConversation {
  readonly id: string;
  readonly createdAt: number;
  readonly metadata: Metadata;
  /** Shared by all versions of the conversation. */
  readonly items: Item[];
}

/** The conversations of a resource. */
export const conversations: Collection<StoredConversation> = collection('Conversation');

/** The conversation that a response belongs to, by its `conversation` parameter. */
export function conversationOf(request: DeploymentRequest): StoredConversation | undefined {
  const sent = request.body['conversation'];
  if (sent === undefined || sent === null) return undefined;
  const id = typeof sent === 'string' ? sent : (sent as { readonly id?: unknown }).id;
  return conversations.find(request, String(id));
}

/** Adds items to a conversation, if there is one. */
export function append(
  request: Pick<OperationRequest, 'resource'>,
  id: string | undefined,
  items: readonly Item[],
): void {
  if (id !== undefined) conversations.find(request, id).items.push(...items);
}
