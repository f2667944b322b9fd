import { createRecord, readPart } from './record.ts';
import type { ContentFilterRecord } from './record.ts';
import { mergeResults } from './result.ts';
import type { ContentFilterResult, ContentFilterResults } from './result.ts';

/** One category that found something, and where. */
export interface ContentFilterFinding extends ContentFilterResult {
  readonly source: 'prompt' | 'completion';
  readonly category: string;
  /** Index of the prompt (`prompt_index`) or of the choice. */
  readonly index: number;
}

/** What the content filters of Azure said about one call. */
export interface ContentFilterVerdict {
  /** The service withheld something: it refused the prompt, or stopped or replaced the completion. */
  readonly blocked: boolean;
  /**
   * A filter acted on something. True whenever `blocked` is, and also when an asynchronous filter found a
   * violation in text that had already been delivered: take that text back.
   */
  readonly filtered: boolean;
  /** Whether the prompt or the completion was blocked or filtered; `'prompt'` when both were. */
  readonly source: 'prompt' | 'completion' | undefined;
  /** The worst result of each category over all prompts. */
  readonly prompt: ContentFilterResults;
  /** The worst result of each category over all choices. */
  readonly completion: ContentFilterResults;
  /** Every result that was filtered or detected, or has a severity above `'safe'`. */
  readonly findings: readonly ContentFilterFinding[];
  /** Why a filter could not run. Its content is then unchecked. Missing when every filter ran. */
  readonly unchecked: readonly { readonly code: string; readonly message: string }[];
}

/**
 * The verdict of the content filters on a stream, once it has ended; consumes the stream. To read the text
 * as well, collect the chunks and pass the array, or split the stream with `tee()`.
 */
export function contentFilter(stream: AsyncIterable<unknown>): Promise<ContentFilterVerdict>;
/**
 * The verdict of the content filters on a chat completion, a Responses object, an images result, the chunks or
 * events of a stream, or the error that a call threw. Without results of a filter the verdict says that nothing was
 * blocked, so you can pass any error.
 */
export function contentFilter(answer: unknown): ContentFilterVerdict;
export function contentFilter(value: unknown): ContentFilterVerdict | Promise<ContentFilterVerdict> {
  const seen = createRecord();
  if (isAsyncIterable(value)) return readStream(value, seen);
  for (const part of Array.isArray(value) ? (value as unknown[]) : [value]) readPart(part, seen);
  return verdictOf(seen);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function readStream(
  stream: AsyncIterable<unknown>,
  seen: ContentFilterRecord,
): Promise<ContentFilterVerdict> {
  try {
    for await (const part of stream) readPart(part, seen);
  } catch (error) {
    // A filter can end a stream with an error. Any other error is thrown to the caller.
    readPart(error, seen);
    if (seen.blocked.size === 0) throw error;
  }
  return verdictOf(seen);
}

function verdictOf(seen: ContentFilterRecord): ContentFilterVerdict {
  const findings = [...findingsOf('prompt', seen.prompts), ...findingsOf('completion', seen.choices)];
  const filtered = (source: string) =>
    findings.some((finding) => finding.source === source && finding.filtered);
  const touched = (['prompt', 'completion'] as const).filter(
    (source) => seen.blocked.has(source) || filtered(source),
  );
  return {
    blocked: seen.blocked.size > 0,
    filtered: touched.length > 0,
    source: touched[0],
    prompt: mergedOf(seen.prompts),
    completion: mergedOf(seen.choices),
    findings,
    unchecked: seen.unchecked,
  };
}

function findingsOf(
  source: 'prompt' | 'completion',
  records: ContentFilterRecord['prompts'],
): readonly ContentFilterFinding[] {
  return [...records].flatMap(([index, results]) =>
    Object.entries(results)
      .filter(
        ([, { filtered, detected, severity = 'safe' }]) =>
          filtered || detected === true || severity !== 'safe',
      )
      .map(([category, result]) => ({ source, category, index, ...result })),
  );
}

function mergedOf(records: ContentFilterRecord['prompts']): ContentFilterResults {
  const merged: Record<string, ContentFilterResult> = {};
  for (const results of records.values()) mergeResults(merged, results);
  return merged;
}
