import type { Item } from './items.ts';

/** Where a response stands. */
type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

/** Tokens that a response used. */
export interface ResponseUsage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

/** A response as the wire has it. */
export interface ResponseObject {
  readonly id: string;
  readonly object: 'response';
  readonly created_at: number;
  readonly status: ResponseStatus;
  readonly completed_at?: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly incomplete_details: { readonly reason: 'max_output_tokens' | 'content_filter' } | null;
  readonly output: readonly Item[];
  readonly usage: ResponseUsage | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

/** The response as it was at an earlier time: nothing said yet, nothing counted, nothing judged (recordings of 2025 and 2026). */
export function unfinished(
  response: ResponseObject,
  status: 'queued' | 'in_progress' | 'cancelled',
): ResponseObject {
  return {
    ...response,
    status,
    ...('completed_at' in response && { completed_at: null }),
    content_filters: null,
    error: null,
    incomplete_details: null,
    output: [],
    // Which tier it was is known at the end.
    service_tier: status === 'cancelled' ? response['service_tier'] : 'auto',
    usage: null,
  };
}
