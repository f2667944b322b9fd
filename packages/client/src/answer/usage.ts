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

/** The last `usage` object in a JSON text, without parsing the rest of it. */
export function usageInJson(body: Buffer): Usage | undefined {
  // An unescaped `"usage"` in JSON is a whole string: in content its quotes would be escaped.
  for (
    let at = body.lastIndexOf('"usage"');
    at >= 0;
    at = at === 0 ? -1 : body.lastIndexOf('"usage"', at - 1)
  ) {
    const open = body.indexOf('{', at + 7);
    if (open < 0 || !/^\s*:\s*$/.test(body.toString('latin1', at + 7, open))) continue;
    const usage = usageFrom(parseObject(body, open));
    if (usage !== undefined) return usage;
  }
  return undefined;
}

/** The object that opens at `open`. `usage` holds numbers and objects of numbers, so braces can be counted. */
function parseObject(body: Buffer, open: number): unknown {
  let depth = 0;
  for (let at = open; at < body.length; at += 1) {
    if (body[at] === 0x7b) depth += 1;
    else if (body[at] === 0x7d) depth -= 1;
    if (depth > 0) continue;
    try {
      return JSON.parse(body.toString('utf8', open, at + 1));
    } catch {
      return undefined;
    }
  }
  return undefined;
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
