import type { Price } from '@aoai/config';
import type { Usage } from '../events/events.ts';
import { isFields } from '../fields.ts';
import type { Fields } from '../fields.ts';
import type { TokenCount } from '../quota/quota.ts';

/** Token counts of an answer's `usage`, in the words of chat completions, responses or embeddings. */
export function usageFrom(value: unknown): Usage | undefined {
  if (!isFields(value)) return undefined;
  const input = count(value['prompt_tokens']) ?? count(value['input_tokens']);
  if (input === undefined) return undefined;
  const inputDetails = details(value['prompt_tokens_details']) ?? details(value['input_tokens_details']);
  const outputDetails =
    details(value['completion_tokens_details']) ?? details(value['output_tokens_details']);
  return {
    inputTokens: input,
    outputTokens: count(value['completion_tokens']) ?? count(value['output_tokens']) ?? 0,
    cachedInputTokens: count(inputDetails?.['cached_tokens']) ?? 0,
    reasoningTokens: count(outputDetails?.['reasoning_tokens']) ?? 0,
  };
}

/** The same counts as the quota store wants them. */
export function tokensOf(usage: Usage): TokenCount {
  return { input: usage.inputTokens, output: usage.outputTokens, cachedInput: usage.cachedInputTokens };
}

/** What the tokens cost, in the currency of the price. */
export function costOf(usage: Usage, price: Price): number {
  const cached = Math.min(usage.cachedInputTokens, usage.inputTokens);
  const input = (usage.inputTokens - cached) * price.input + cached * (price.cachedInput ?? price.input);
  return (input + usage.outputTokens * price.output) / 1_000_000;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function details(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}
