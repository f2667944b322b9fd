import type { Price } from '@aoai/config';
import type { Usage } from '../events/events.ts';
import type { TokenCount } from '../quota/quota.ts';

/** Token counts of an answer's `usage`, in the words of chat completions, responses or embeddings. */
export function usageFrom(value: unknown): Usage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const usage = value as Readonly<Record<string, unknown>>;
  const input = count(usage['prompt_tokens']) ?? count(usage['input_tokens']);
  if (input === undefined) return undefined;
  const inputDetails = details(usage, 'prompt_tokens_details') ?? details(usage, 'input_tokens_details');
  const outputDetails =
    details(usage, 'completion_tokens_details') ?? details(usage, 'output_tokens_details');
  return {
    inputTokens: input,
    outputTokens: count(usage['completion_tokens']) ?? count(usage['output_tokens']) ?? 0,
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

function details(
  usage: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> | undefined {
  const value = usage[name];
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
