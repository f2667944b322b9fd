import type { AnswerInput, AnswerMessage } from '../answer/answer-input.ts';
import { answer } from '../answer/answer.ts';
import type { Draft } from '../answer/draft.ts';
import { blockedPrompt } from '../filters/blocked-prompt.ts';
import { isFiltered } from '../filters/filter-results.ts';
import { judgeCompletion, judgePrompt } from '../filters/judge.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { checkValue, refuse } from '../service/parameter.ts';
import { Refusal } from '../service/refusal.ts';
import { json, stream, type WireResponse } from '../service/wire-response.ts';
import { checkChatParameters } from './chat-parameters.ts';
import { finishChoice, type Choice } from './choice.ts';
import { readMessages } from './messages.ts';
import { storeCompletion } from './stored-completions.ts';
import { readFormat, readTools, type Tools } from './tools.ts';
import { cachedTokens, countPrompt, reasoningTokens, settleUsage, type Usage } from './usage.ts';
import { writeChunks } from './write-chunks.ts';
import { writeCompletion, type Completion } from './write-completion.ts';

/** Answers a chat completion, whole or as a stream. */
export function completeChat(request: DeploymentRequest): WireResponse {
  checkChatParameters(request);
  const { body } = request;
  const prompt = readPrompt(request);
  const promptFilter = judgePrompt(request.filterPolicy, prompt.text(), request.scripted?.promptFilter);
  if (isFiltered(promptFilter)) throw new Refusal(blockedPrompt(promptFilter));
  const completion = writeAnswers(request, prompt, promptFilter);
  const usedTokens = {
    tokens: completion.usage.prompt + completion.usage.completion,
    outputTokens: completion.usage.completion,
    cachedTokens: completion.usage.cached,
  };
  if (body['stream'] !== true) {
    const whole = writeCompletion(request, completion);
    if (body['store'] === true) storeCompletion(request, whole);
    return json(whole, { usedTokens });
  }
  const streamOptions = (body['stream_options'] ?? {}) as Readonly<Record<string, unknown>>;
  const frames = writeChunks(request, completion, {
    includeUsage: streamOptions['include_usage'] === true,
    includeObfuscation: streamOptions['include_obfuscation'] !== false,
    isAsynchronous: request.filterPolicy.mode === 'asynchronous',
  });
  if (body['store'] === true) storeCompletion(request, writeCompletion(request, completion));
  return stream(frames, { usedTokens });
}

/** What is asked, and what it costs. */
interface Prompt {
  readonly messages: readonly AnswerMessage[];
  readonly tools: Tools;
  readonly input: AnswerInput;
  /** All text of the messages. */
  readonly text: () => string;
  readonly tokens: number;
}

function readPrompt(request: DeploymentRequest): Prompt {
  const { body, deployment } = request;
  const messages = readMessages(body);
  const tools = readTools(body);
  let joined: string | undefined;
  const text = (): string => (joined ??= messages.map((message) => message.text).join('\n'));
  const format = readFormat(body, text);
  const toolsText = tools.tools.length === 0 ? '' : JSON.stringify(body['tools'] ?? body['functions']);
  const tokens = countPrompt(messages, toolsText);
  checkContext(request, tokens);
  return {
    messages,
    tools,
    text,
    tokens,
    input: {
      model: deployment.model,
      messages,
      format,
      ...(tools.tools.length > 0 && {
        tools: tools.tools,
        toolChoice: tools.choice,
        parallelToolCalls: tools.parallel,
      }),
    },
  };
}

function checkContext({ body, deployment }: DeploymentRequest, tokens: number): void {
  const limit = deployment.traits.contextTokens;
  const wanted = maxTokensOf(body) ?? 0;
  if (tokens + wanted <= limit) return;
  const found =
    wanted === 0 || tokens > limit
      ? `your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`
      : `you requested ${tokens + wanted} tokens (${tokens} in the messages, ${wanted} in the completion). Please reduce the length of the messages or completion.`;
  const message = `This model's maximum context length is ${limit} tokens. However, ${found}`;
  throw refuse(message, 'messages', 'context_length_exceeded');
}

/** The limit on the answer that a request sets, under either of its names. */
export function maxTokensOf(body: Readonly<Record<string, unknown>>): number | undefined {
  const limit = body['max_completion_tokens'] ?? body['max_tokens'];
  return typeof limit === 'number' ? limit : undefined;
}

function writeAnswers(
  request: DeploymentRequest,
  prompt: Prompt,
  promptFilter: Completion['promptFilter'],
): Completion {
  const { body, random, scripted } = request;
  const id = random.id('chatcmpl-', 29);
  const budget = maxTokensOf(body) ?? request.deployment.traits.outputTokens;
  // Thinking counts against the limit, but leaves room for an answer: a mock that says nothing helps nobody.
  const thought = Math.min(reasoningTokens(request), Math.floor(budget / 2));
  const limits = { stop: readStop(body['stop']), maxTokens: budget - thought };
  const draft = scripted ?? draftOf(prompt.input);
  const count = typeof body['n'] === 'number' ? body['n'] : 1;
  const choices = Array.from({ length: count }, (_, index) =>
    finishChoice(draft, {
      index,
      limits,
      random,
      judge: (text) =>
        judgeCompletion(request.filterPolicy, { prompt: prompt.text(), answer: text }, draft.contentFilter),
    }),
  );
  const estimated = estimateUsage(request, { prompt, choices, thought });
  return {
    id,
    created: Math.floor(request.dateMs / 1000),
    choices,
    promptFilter,
    promptLength: prompt.text().length,
    usage: settleUsage(estimated, draft.usage),
    dialect: prompt.tools.dialect,
    topLogprobs: body['logprobs'] === true ? Number(body['top_logprobs'] ?? 0) : undefined,
    isSpoken: Array.isArray(body['modalities']) && body['modalities'].includes('audio'),
  };
}

function draftOf(input: AnswerInput): Draft {
  const { text, toolCalls } = answer(input);
  return { content: text, toolCalls };
}

function estimateUsage(
  request: DeploymentRequest,
  { prompt, choices, thought }: { prompt: Prompt; choices: readonly Choice[]; thought: number },
): Usage {
  const visible = choices.reduce((sum, choice) => sum + choice.tokens, 0);
  const accepted = acceptedPrediction(request.body['prediction'], choices[0]);
  return {
    prompt: prompt.tokens,
    cached: cachedTokens(request, prompt.text, prompt.tokens),
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
