import type { TokenCount } from '../quota/quota.ts';

/** Output to expect when the request sets no limit: what Microsoft's own simulator assumes. */
const unstatedOutput = 16;

/**
 * Tokens that the service will reserve for a request when it arrives: the prompt by its length, plus the largest
 * output that was asked for (quota-1.md: “prompt + max_tokens + best_of”). The exact estimator is not public.
 */
export function estimateTokens(body: Readonly<Record<string, unknown>>, bodyLength: number): TokenCount {
  const output = body['max_completion_tokens'] ?? body['max_tokens'] ?? body['max_output_tokens'];
  const answers = Math.max(positive(body['n']) ?? 1, positive(body['best_of']) ?? 1);
  const isEmbedding = 'input' in body && !('max_output_tokens' in body) && 'encoding_format' in body;
  return {
    input: Math.ceil(bodyLength / 4),
    output: isEmbedding ? 0 : (positive(output) ?? unstatedOutput) * answers,
  };
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : undefined;
}
