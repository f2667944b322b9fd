import type { CallRequest } from '../request/call-request.ts';

/** The things that a request refers to and that one resource keeps, or that only one resource can read. */
export interface References {
  /** Things that the request names in its path, or in a field for such a name. */
  readonly things: readonly string[];
  /** Items of a conversation that the request repeats: their ids, and keys of their encrypted content. */
  readonly items: readonly string[];
}

const nothing: References = { things: [], items: [] };

/** The fields of requests and answers that name a thing. */
export const thingFields: ReadonlySet<string> = new Set([
  'assistant_id',
  'batch_id',
  'container',
  'container_id',
  'conversation',
  'conversation_id',
  'error_file_id',
  'eval_id',
  'file_id',
  'file_ids',
  'input_file_id',
  'output_file_id',
  'part_ids',
  'previous_response_id',
  'response_id',
  'run_id',
  'skill_id',
  'thread_id',
  'training_file',
  'upload_id',
  'validation_file',
  'vector_store_id',
  'vector_store_ids',
  'video_id',
]);

/** The fields that hold an object with the `id` of a thing: `conversation: { id }`, `source: { id }` of an evaluation. */
const thingParents = new Set(['audio', 'conversation', 'prompt', 'skill', 'source', 'video']);

/** The fields that refer to an item of a conversation. */
const itemFields = new Set(['approval_request_id', 'item_id', 'message_id']);

/** Schemas, and fields that callers fill as they like: nothing in them is a reference. */
const freeFields = new Set([
  'arguments',
  'attributes',
  'filters',
  'headers',
  'json_schema',
  'logit_bias',
  'metadata',
  'parameters',
  'response_format',
  'schema',
  'text',
  'variables',
]);

/** Words with which ids begin. They identify ids that have no other sign. */
const idWords =
  /^(?:assistant|asst|batch|cfile|cmp|cntr|conv|eval|evalrun|fc|file|ftckpt|ftjob|item|msg|outputitem|part|resp|rs|run|skill|step|thread|upload|video|vs|vsfb)[-_][\w-]+$/;

/** A path that names no thing, such as `/chat/completions`. */
const plainPath = /^[a-z/]*$/;

/** Reads what a request refers to, from its path, its query and its body. */
export function referencesIn({ path, query, json, text, operation }: CallRequest): References {
  const inPath = plainPath.test(path) ? undefined : idsInPath(path);
  const hasBody = json !== undefined && mayRefer(operation, text);
  if (inPath === undefined && query === '' && !hasBody) return nothing;
  const things = new Set(inPath);
  for (const id of idsInQuery(query)) things.add(id);
  const items = new Set<string>();
  if (hasBody) collect(json, { things, items }, 0);
  return { things: [...things], items: [...items] };
}

/** Operations such as chat rarely refer to anything, and their bodies are long: a quick test comes first. */
function mayRefer(operation: CallRequest['operation'], text = ''): boolean {
  if (operation === 'responses' || operation === 'other') return true;
  return text.includes('"file_id"') || text.includes('"audio"');
}

/** The segments of a path that are not words of the service. Names of models are left out: every resource has models. */
function idsInPath(path: string): string[] {
  const segments = path.split('/');
  return segments.filter((segment, place) => {
    if (place < 2 || segments[place - 1] === 'models' || segment === 'file_batches') return false;
    return /[^a-z_]/.test(segment) || idWords.test(segment);
  });
}

/** A next page begins after a thing (`after`): the resource that keeps that thing has the page. */
function idsInQuery(query: string): string[] {
  const given = new URLSearchParams(query);
  return ['after', 'before'].flatMap((name) => given.getAll(name)).filter((value) => idWords.test(value));
}

/** No field of the service lies deeper. */
const deepest = 16;

function collect(value: unknown, found: { things: Set<string>; items: Set<string> }, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > deepest) return;
  if (Array.isArray(value)) {
    for (const each of value) collect(each, found, depth + 1);
    return;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(fields)) {
    const field = fields[name];
    if (typeof field === 'string') {
      if (thingFields.has(name)) found.things.add(field);
      else if (itemFields.has(name)) found.items.add(field);
      else if (name === 'encrypted_content') found.items.add(keyOfEncrypted(field));
    } else if (!freeFields.has(name)) {
      if (thingFields.has(name) && Array.isArray(field)) addTexts(field, found.things);
      if (thingParents.has(name)) addId(field, found.things);
      if ((name === 'input' || name === 'items') && Array.isArray(field)) {
        for (const item of field) addId(item, isReference(item) ? found.things : found.items);
      }
      collect(field, found, depth + 1);
    }
  }
}

function addTexts(values: readonly unknown[], to: Set<string>): void {
  for (const value of values) if (typeof value === 'string') to.add(value);
}

function addId(value: unknown, to: Set<string>): void {
  const { id } = (value ?? {}) as { readonly id?: unknown };
  if (typeof id === 'string') to.add(id);
}

/** Whether an item is only a reference to one that the service keeps. */
function isReference(item: unknown): boolean {
  const { type, role } = (item ?? {}) as { readonly type?: unknown; readonly role?: unknown };
  return type === 'item_reference' || ((type ?? undefined) === undefined && role === undefined);
}

/**
 * A short key for encrypted content: its end, which is part of a signature and therefore never the same twice.
 */
export function keyOfEncrypted(content: string): string {
  return `encrypted:${content.length}:${content.slice(-48)}`;
}

/** Whether a reference stands for something that only one resource can read. */
export function isEncrypted(reference: string): boolean {
  return reference.startsWith('encrypted:');
}

/** A reference as an error shows it. */
export function shown(reference = ''): string {
  return isEncrypted(reference) ? 'the encrypted content' : JSON.stringify(reference);
}
