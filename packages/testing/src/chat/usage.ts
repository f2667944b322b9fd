import { catalog } from '@aoai/config';
import type { AnswerMessage } from '../answer/answer-input.ts';
import type { DraftUsage } from '../answer/draft.ts';
import { countTokens } from '../answer/tokens.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { defaultEffort } from './reasoning-rules.ts';

/** Tokens of one chat completion. */
export interface Usage {
  readonly prompt: number;
  readonly cached: number;
  /** Tokens of the prompt that were not in the cache before. */
  readonly cacheWrites: number;
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
/** A picture of low detail. */
const perMedia = catalog.media.entries.tokensPerImage;

/** Tokens of a prompt, its tools included. */
export function countPrompt(messages: readonly AnswerMessage[], toolsText: string): number {
  let tokens = perAnswer + countTokens(toolsText);
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

/** Reasoning tokens before the answer; always a multiple of 64. */
export function reasoningTokens({ body, deployment, random }: DeploymentRequest): number {
  if (!deployment.traits.isReasoning) return 0;
  const effort = body['reasoning_effort'];
  const budget = thinking[typeof effort === 'string' ? effort : defaultEffort(deployment.model)] ?? 0;
  return budget === 0 ? 0 : budget + 64 * Math.floor(random.next() * 3);
}

/** The usage in the answer; a scripted value wins over the estimate. */
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
