import { isFiltered, type FilterResults } from '../filters/filter-results.ts';
import { modelError } from '../service/envelopes.ts';
import type { JsonResponse } from '../service/wire-response.ts';

/** One verdict, as `content_filters` of a response has it (docs/wire/streams.md#6.4). */
export function contentFilter(
  source: 'prompt' | 'completion',
  results: FilterResults,
  length: number,
): object {
  return {
    blocked: isFiltered(results),
    source_type: source,
    content_filter_raw: [],
    content_filter_results: results,
    content_filter_offsets: { start_offset: 0, end_offset: length, check_offset: 0 },
  };
}

/** 400 for a prompt that a filter blocked, in the words of the Responses API (docs/wire/errors.md#4.4). */
export function blockedInput(results: FilterResults, length: number): JsonResponse {
  return modelError(400, {
    message:
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
    type: 'invalid_request_error',
    param: 'prompt',
    code: 'content_filter',
    content_filters: [contentFilter('prompt', results, length)],
  });
}
