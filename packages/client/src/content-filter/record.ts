import { isFields } from '../fields.ts';
import type { Fields } from '../fields.ts';
import { mergeResults, readResults } from './result.ts';
import type { ContentFilterResult } from './result.ts';

/** All results of the filters, collected part by part. */
export interface ContentFilterRecord {
  readonly prompts: Map<number, Record<string, ContentFilterResult>>;
  readonly choices: Map<number, Record<string, ContentFilterResult>>;
  readonly blocked: Set<'prompt' | 'completion'>;
  readonly unchecked: { code: string; message: string }[];
}

export function createRecord(): ContentFilterRecord {
  return { prompts: new Map(), choices: new Map(), blocked: new Set(), unchecked: [] };
}

/** Reads one completion, chunk, Responses object or event, images result, or error. */
export function readPart(part: unknown, seen: ContentFilterRecord): void {
  if (part instanceof Error) {
    readThrown(part, seen);
    return;
  }
  if (!isFields(part)) return;
  readFailure(part['error'], seen);
  // Very old api-versions use the name `prompt_annotations` (docs/wire/streams.md#6.2).
  for (const prompt of listOf(part['prompt_filter_results'] ?? part['prompt_annotations'])) {
    record(seen, { source: 'prompt', index: indexOf(prompt, 'prompt_index') }, groupOf(prompt));
  }
  for (const choice of listOf(part['choices'])) {
    const index = indexOf(choice, 'index');
    record(seen, { source: 'completion', index }, groupOf(choice));
    if (choice['finish_reason'] === 'content_filter') seen.blocked.add('completion');
  }
  for (const [index, image] of listOf(part['data']).entries()) {
    record(seen, { source: 'completion', index }, groupOf(image));
    record(seen, { source: 'prompt', index }, image['prompt_filter_results']);
  }
  readResponsesFilters(part, seen);
  const reason = isFields(part['incomplete_details']) ? part['incomplete_details']['reason'] : undefined;
  if (reason === 'content_filter') seen.blocked.add('completion');
  // An event of a Responses stream carries the Responses object.
  if (isFields(part['response'])) readPart(part['response'], seen);
}

function readResponsesFilters(holder: Fields, seen: ContentFilterRecord): void {
  for (const filter of listOf(holder['content_filters'])) {
    const source = filter['source_type'] === 'prompt' ? 'prompt' : 'completion';
    record(seen, { source, index: 0 }, groupOf(filter));
    if (filter['blocked'] === true) seen.blocked.add(source);
  }
}

/** The `error` member of a body. Its detail is spelled in two ways (docs/wire/errors.md#4.4). */
function readFailure(error: unknown, seen: ContentFilterRecord): void {
  if (!isFields(error)) return;
  const inner = error['innererror'] ?? error['inner_error'];
  const detail = isFields(inner) ? inner : {};
  const refused =
    error['code'] === 'content_filter' ||
    error['code'] === 'contentFilter' ||
    detail['code'] === 'ResponsibleAIPolicyViolation';
  if (!refused) return;
  record(seen, { source: 'prompt', index: 0 }, groupOf(detail));
  readResponsesFilters(error, seen);
  if (!seen.blocked.has('completion')) seen.blocked.add('prompt');
}

/** Reads an error: one of the `openai` SDK, or of another client that keeps the body or a cause. */
function readThrown(thrown: unknown, seen: ContentFilterRecord): void {
  let error = thrown;
  for (let depth = 0; depth < 8 && isFields(error); depth += 1) {
    readFailure(error['error'], seen);
    for (const kept of [error['data'], parsed(error['responseBody'])]) {
      if (isFields(kept)) readFailure(kept['error'], seen);
    }
    if (seen.blocked.size > 0) return;
    readFailure(error, seen);
    error = error['cause'] ?? error['lastError'];
  }
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function groupOf(holder: Fields): unknown {
  return holder['content_filter_results'] ?? holder['content_filter_result'];
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function indexOf(holder: Fields, key: string): number {
  const index = holder[key];
  return typeof index === 'number' ? index : 0;
}

interface Place {
  readonly source: 'prompt' | 'completion';
  readonly index: number;
}

function record(seen: ContentFilterRecord, { source, index }: Place, group: unknown): void {
  if (!isFields(group)) return;
  const failure = group['error'];
  if (isFields(failure)) {
    seen.unchecked.push({ code: String(failure['code']), message: String(failure['message']) });
  }
  const records = source === 'prompt' ? seen.prompts : seen.choices;
  const results = records.get(index) ?? {};
  mergeResults(results, readResults(group));
  records.set(index, results);
}
