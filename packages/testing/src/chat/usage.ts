import type { AnswerMessage } from '../answer/answer-input.ts';
import type { DraftUsage } from '../answer/draft.ts';
import { countTokens } from '../answer/tokens.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { defaultEffort } from './reasoning-rules.ts';

/** Tokens of one chat completion. */
export interface Usage {
  readonly prompt: number;
  readonly cached: number;
  /** With the reasoning. */
  readonly completion: number;
  readonly reasoning: number;
  readonly acceptedPrediction: number;
  readonly rejectedPrediction: number;
  readonly audio: number;
}

/** Tokens that each message costs besides its text, and that start the answer (OpenAI's cookbook). */
const perMessage = 3;
const perAnswer = 3;
/** A low-detail image, or about four seconds of sound. */
const perMedia = 85;

/** Tokens of a prompt, its tools included. */
export function countPrompt(messages: readonly AnswerMessage[], toolsText: string): number {
  let tokens = perAnswer + (toolsText === '' ? 0 : countTokens(toolsText));
  for (const message of messages) {
    tokens += perMessage + countTokens(message.text) + 1 + (message.media ?? 0) * perMedia;
    for (const call of message.toolCalls ?? [])
      tokens += countTokens(call.name) + countTokens(call.arguments);
  }
  return tokens;
}

const thinking: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 0,
  low: 64,
  medium: 192,
  high: 576,
  xhigh: 1152,
  max: 2304,
};

/** Tokens that a reasoning model thinks before it answers; they come in multiples of 64. */
export function reasoningTokens({ body, deployment, random }: DeploymentRequest): number {
  if (!deployment.traits.isReasoning) return 0;
  const effort = body['reasoning_effort'];
  const budget = thinking[typeof effort === 'string' ? effort : defaultEffort(deployment.model)] ?? 0;
  return budget === 0 ? 0 : budget + 64 * Math.floor(random.next() * 3);
}

/** Prompts whose first 1,024 tokens were sent before; about four characters a token. */
function promptCache(): Map<string, string> {
  return new Map();
}

const cachedFrom = 1024;
const cacheStep = 128;
const rememberedPrompts = 50;
const rememberedLength = 200_000;

/** Tokens of the prompt that a deployment has seen before (how-to/prompt-caching: 1,024, then steps of 128). */
export function cachedTokens(request: DeploymentRequest, prompt: () => string, tokens: number): number {
  if (tokens < cachedFrom) return 0;
  const text = prompt().slice(0, rememberedLength);
  const cache = request.resource.state(promptCache);
  const head = text.slice(0, cachedFrom);
  const key = `${request.deployment.name}\n${JSON.stringify(request.body['prompt_cache_key'] ?? '')}\n${head}`;
  const before = cache.get(key);
  cache.set(key, text);
  if (cache.size > rememberedPrompts) cache.delete(cache.keys().next().value ?? '');
  if (before === undefined) return 0;
  let same = 0;
  while (same < text.length && text.charCodeAt(same) === before.charCodeAt(same)) same += 1;
  const shared = Math.min(tokens, Math.floor((same / prompt().length) * tokens));
  if (shared < cachedFrom) return 0;
  return cachedFrom + Math.floor((shared - cachedFrom) / cacheStep) * cacheStep;
}

/** What the answer says it used; a script's word counts more than an estimate. */
export function settleUsage(estimated: Usage, said: DraftUsage | undefined): Usage {
  if (said === undefined) return estimated;
  return {
    ...estimated,
    prompt: said.promptTokens ?? estimated.prompt,
    cached: said.cachedTokens ?? estimated.cached,
    completion: said.completionTokens ?? estimated.completion,
    reasoning: said.reasoningTokens ?? estimated.reasoning,
  };
}
