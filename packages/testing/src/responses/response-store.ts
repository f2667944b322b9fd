import type { OperationRequest } from '../service/operation.ts';
import { modelError } from '../service/envelopes.ts';
import { Refusal } from '../service/refusal.ts';
import type { Background } from './background.ts';
import type { Item } from './items.ts';
import { unfinished, type ResponseObject } from './response-object.ts';

/** A stored response, with the conversation before it. */
export interface StoredResponse {
  /** In its final state. */
  readonly final: ResponseObject;
  readonly input: readonly Item[];
  readonly previous: StoredResponse | undefined;
  readonly background?: Background;
  /** The pieces of its text in a stream. @default its tokens */
  readonly chunks?: readonly string[] | undefined;
  isCancelled: boolean;
}

/** The stored responses of a resource, oldest first. */
export interface ResponseStore {
  readonly responses: Map<string, StoredResponse>;
  /** Their items, by id. */
  readonly items: Map<string, Item>;
}

export function responseStore(): ResponseStore {
  return { responses: new Map(), items: new Map() };
}

/** The service keeps responses for 30 days; the mock keeps this number. */
const capacity = 2000;

/** Stores a response, and drops the oldest when there are too many. */
export function keep({ resource }: Pick<OperationRequest, 'resource'>, stored: StoredResponse): void {
  const { responses, items } = resource.state(responseStore);
  responses.set(stored.final.id, stored);
  for (const item of itemsOf(stored)) items.set(item.id, item);
  if (responses.size <= capacity) return;
  const [oldest] = responses.keys();
  if (oldest !== undefined) forget({ resource }, oldest);
}

/** Drops a response with its items. */
export function forget({ resource }: Pick<OperationRequest, 'resource'>, id: string): void {
  const { responses, items } = resource.state(responseStore);
  const stored = responses.get(id);
  if (stored === undefined) return;
  responses.delete(id);
  for (const item of itemsOf(stored)) if (items.get(item.id) === item) items.delete(item.id);
}

function itemsOf({ input, final }: StoredResponse): readonly Item[] {
  return [...input, ...final.output];
}

/** The response that the path names. */
export function storedResponse(request: OperationRequest): StoredResponse {
  const id = request.params['response'] ?? '';
  const stored = request.resource.state(responseStore).responses.get(id);
  if (stored !== undefined) return stored;
  const message = `Response with id '${id.slice(0, 200)}' not found.`;
  throw new Refusal(modelError(404, { message, type: 'invalid_request_error', param: null, code: null }));
}

/** The response at `nowMs`. */
export function current(stored: StoredResponse, nowMs: number): ResponseObject {
  const { final, background } = stored;
  if (stored.isCancelled) return unfinished(final, 'cancelled');
  if (background === undefined || nowMs >= background.endsAtMs) return final;
  return unfinished(final, nowMs < background.startsAtMs ? 'queued' : 'in_progress');
}

/** The conversation up to and including a stored response. */
export function history(stored: StoredResponse | undefined): Item[] {
  const turns: (readonly Item[])[] = [];
  for (let each = stored; each !== undefined; each = each.previous) turns.unshift(itemsOf(each));
  return turns.flat();
}
