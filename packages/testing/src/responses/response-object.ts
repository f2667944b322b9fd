import type { Item } from './items.ts';

/** The state of a response. */
type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

/** Why an answer is not whole. */
export type IncompleteReason = 'max_output_tokens' | 'content_filter';

/** Tokens that a response used. */
export interface ResponseUsage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

/** A response as it is sent. */
export interface ResponseObject {
  readonly id: string;
  readonly object: 'response';
  readonly created_at: number;
  readonly status: ResponseStatus;
  readonly completed_at?: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly incomplete_details: { readonly reason: IncompleteReason } | null;
  readonly output: readonly Item[];
  readonly usage: ResponseUsage | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

/** The response at an earlier time: without output, usage and filter results (recordings of 2025 and 2026). */
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
    // The tier is known at the end.
    service_tier: status === 'cancelled' ? response['service_tier'] : 'auto',
    usage: null,
  };
}
