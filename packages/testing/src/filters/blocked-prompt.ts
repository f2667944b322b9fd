import { modelError } from '../service/envelopes.ts';
import type { WireResponse } from '../service/wire-response.ts';
import type { FilterResults } from './filter-results.ts';

/** The message for a prompt that was blocked. */
const blockedPromptMessage =
  "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766";

/** 400 for a prompt that the filters stopped, as the wire has it (compl-ai#20, TinyTroupe#85), not as the spec. */
export function blockedPrompt(results: FilterResults): WireResponse {
  return modelError(400, {
    message: blockedPromptMessage,
    type: null,
    param: 'prompt',
    code: 'content_filter',
    status: 400,
    innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: asInErrors(results) },
  });
}

/**
 * The same error for pictures and On Your Data (docs/wire/errors.md#4.4): `inner_error` first, and a line break in
 * the message.
 */
export function blockedPromptInside(results: FilterResults): WireResponse {
  return modelError(400, {
    inner_error: { code: 'ResponsibleAIPolicyViolation', content_filter_results: results },
    code: 'content_filter',
    message: `${blockedPromptMessage.replace('documentation: ', 'documentation: \r\n')}.`,
    param: 'prompt',
    type: null,
  });
}

/** In errors a detector's verdict begins with `filtered`, in answers with `detected`. */
function asInErrors(results: FilterResults): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(results).map(([name, verdict]: [string, unknown]) => [name, filteredFirst(verdict)]),
  );
}

function filteredFirst(verdict: unknown): unknown {
  if (typeof verdict !== 'object' || verdict === null || !('detected' in verdict)) return verdict;
  const { filtered, detected, ...others } = verdict as Record<string, unknown>;
  return { filtered, detected, ...others };
}
