import { rememberedAnswer } from '../answer/remembered-answer.ts';
import type { Draft } from '../answer/draft.ts';
import { withOfferedKinds } from '../answer/offered-kind.ts';
import { blockedPrompt, blockedPromptInside } from '../filters/blocked-prompt.ts';
import { isFiltered } from '../filters/filter-results.ts';
import { judgeCompletion, judgePrompt, type Judgement } from '../filters/judge.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { checkValue } from '../service/parameter.ts';
import { Refusal } from '../service/refusal.ts';
import { jsonText, stream, type WireResponse } from '../service/wire-response.ts';
import { checkChatParameters } from './chat-parameters.ts';
import { finishChoice, type Choice } from './choice.ts';
import { contextOf, ground, notFound, withDocuments, type Grounding } from './on-your-data.ts';
import { isPlainAnswer } from './plain-answer.ts';
import { maxTokensOf, readPrompt, type Prompt } from './prompt.ts';
import { usePromptCache } from './prompt-cache.ts';
import { storeCompletion } from './stored-completions.ts';
import { reasoningTokens, settleUsage, type Usage } from './usage.ts';
import { writeChunks } from './write-chunks.ts';
import { writeCompletion, type Completion } from './write-completion.ts';

/** Answers a chat completion, whole or as a stream. */
export function completeChat(request: DeploymentRequest): WireResponse | Promise<WireResponse> {
  checkChatParameters(request);
  const prompt = readPrompt(request);
  const promptFilter = judgePrompt(request.filterPolicy, prompt.text(), request.scripted?.promptFilter);
  if (isFiltered(promptFilter)) {
    const isGrounded = Array.isArray(request.body['data_sources']);
    throw new Refusal(isGrounded ? blockedPromptInside(promptFilter) : blockedPrompt(promptFilter));
  }
  const asked = { prompt, promptFilter };
  const grounding = ground(request, prompt.messages);
  if (grounding === undefined) return respond(request, writeAnswers(request, asked));
  return grounding.then((found) => respond(request, writeAnswers(request, { ...asked, grounding: found })));
}

function respond(request: DeploymentRequest, completion: Completion): WireResponse {
  const { body } = request;
  const { prompt, completion: output, cached } = completion.usage;
  const usedTokens = { tokens: prompt + output, outputTokens: output, cachedTokens: cached };
  const stores = body['store'] === true;
  const isAscii = isPlainAnswer(request, completion);
  if (body['stream'] !== true) {
    const whole = writeCompletion(request, completion);
    if (stores) storeCompletion(request, whole);
    return jsonText(whole, { usedTokens, isAscii });
  }
  const streamOptions = (body['stream_options'] ?? {}) as Readonly<Record<string, unknown>>;
  const frames = writeChunks(request, completion, {
    includeUsage: streamOptions['include_usage'] === true,
    includeObfuscation: streamOptions['include_obfuscation'] !== false,
    isAsynchronous: request.filterPolicy.mode === 'asynchronous',
  });
  if (stores) storeCompletion(request, writeCompletion(request, completion));
  return stream(frames, { usedTokens, isAscii });
}

/** A prompt, its filter results, and the documents found for it. */
interface Asked {
  readonly prompt: Prompt;
  readonly promptFilter: Completion['promptFilter'];
  readonly grounding?: Grounding;
}

function writeAnswers(request: DeploymentRequest, { prompt, promptFilter, grounding }: Asked): Completion {
  const { body, random, scripted } = request;
  const id = random.id('chatcmpl-', 29);
  const budget = maxTokensOf(body) ?? request.deployment.traits.outputTokens;
  // Reasoning counts against the limit, but leaves room for an answer: an empty answer would not help.
  const thought = Math.min(reasoningTokens(request), Math.floor(budget / 2));
  const limits = { stop: readStop(body['stop']), maxTokens: budget - thought };
  const draft = withOfferedKinds(scripted ?? draftOf(prompt, grounding), prompt.tools.tools);
  const isForced = namesTool(body);
  const count = typeof body['n'] === 'number' ? body['n'] : 1;
  const judge = (answer: string): Judgement =>
    judgeCompletion(request.filterPolicy, { prompt: prompt.text(), answer }, draft.contentFilter);
  const choices: Choice[] = [];
  for (let index = 0; index < count; index += 1) {
    choices.push(finishChoice(draft, { index, limits, random, judge, isForced }));
  }
  const estimated = estimateUsage(request, { prompt, choices, thought });
  return {
    id,
    created: Math.floor(request.dateMs / 1000),
    choices,
    promptFilter,
    promptLength: prompt.text().length,
    context: grounding === undefined ? undefined : contextOf(grounding, draft.citations),
    usage: settleUsage(estimated, draft.usage),
    dialect: prompt.tools.dialect,
    topLogprobs: body['logprobs'] === true ? Number(body['top_logprobs'] ?? 0) : undefined,
    isSpoken: Array.isArray(body['modalities']) && body['modalities'].includes('audio'),
  };
}

/**
 * Whether the request names the one tool to call. The service then ends with `stop`, for `required` with
 * `tool_calls` (vllm-project/vllm#25054, langchain4j/langchain4j#1380, azure-sdk-for-net ChatTests.Tools).
 */
function namesTool(body: Readonly<Record<string, unknown>>): boolean {
  const choice = (body['tool_choice'] ?? body['function_call']) as
    { readonly type?: unknown } | null | undefined;
  return typeof choice === 'object' && choice !== null && choice.type !== 'allowed_tools';
}

function draftOf({ input }: Prompt, grounding: Grounding | undefined): Draft {
  const messages = grounding === undefined ? input.messages : withDocuments(input.messages, grounding);
  const { text, toolCalls } = rememberedAnswer({ ...input, messages });
  const isLost = grounding?.inScope === true && toolCalls.length === 0 && !/\[doc\d/.test(text);
  return { content: isLost ? notFound : text, toolCalls };
}

function estimateUsage(
  request: DeploymentRequest,
  { prompt, choices, thought }: { prompt: Prompt; choices: readonly Choice[]; thought: number },
): Usage {
  const visible = choices.reduce((sum, choice) => sum + choice.tokens, 0);
  const { cached, written } = usePromptCache(request, prompt.cachedPart, prompt.tokens);
  const accepted = acceptedPrediction(request.body['prediction'], choices[0]);
  return {
    prompt: prompt.tokens,
    cached,
    cacheWrites: written,
    completion: visible + thought * choices.length,
    reasoning: thought * choices.length,
    acceptedPrediction: accepted,
    rejectedPrediction: 0,
    audio: 0,
  };
}

/** Tokens of a predicted output that the answer begins with. */
function acceptedPrediction(prediction: unknown, choice: Choice | undefined): number {
  const predicted = (prediction as { readonly content?: unknown } | null | undefined)?.content;
  if (typeof predicted !== 'string' || choice === undefined) return 0;
  let length = 0;
  let tokens = 0;
  for (const piece of choice.pieces()) {
    if (!predicted.startsWith(piece, length)) break;
    length += piece.length;
    tokens += 1;
  }
  return tokens;
}

function readStop(stop: unknown): readonly string[] {
  if (stop === undefined || stop === null) return [];
  if (typeof stop === 'string') return [stop];
  checkValue(stop, 'stop', { type: 'array', of: 'strings', maxLength: 4 });
  for (const [index, sequence] of (stop as unknown[]).entries()) {
    checkValue(sequence, `stop[${index}]`, { type: 'string' });
  }
  return stop as string[];
}
