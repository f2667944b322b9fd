import { estimatePrompt } from '@aoai/config';
import type { Operation } from '../events/events.ts';
import type { TokenCount } from '../quota/quota.ts';

/** Output to expect when the request sets no limit: what Microsoft's own simulator assumes. */
const unstatedOutput = 16;

/** What an estimate is made of. */
interface Estimated {
  readonly operation: Operation;
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** Of the body, in characters. */
  readonly length: number;
}

/**
 * Tokens that the service will reserve for a request when it arrives: the prompt, plus the largest output that was asked
 * for (learn.microsoft.com, “Manage Azure OpenAI quota”: prompt, max_tokens and best_of). The exact estimator is not public.
 */
export function estimateTokens({ operation, json = {}, length }: Estimated): TokenCount {
  const output = json['max_completion_tokens'] ?? json['max_tokens'] ?? json['max_output_tokens'];
  const answers = Math.max(positive(json['n']) ?? 1, positive(json['best_of']) ?? 1);
  return {
    input: estimatePrompt(json, length),
    output: operation === 'embeddings' ? 0 : (positive(output) ?? unstatedOutput) * answers,
  };
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : undefined;
}
