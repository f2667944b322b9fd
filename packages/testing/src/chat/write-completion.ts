import type { FilterResults } from '../filters/filter-results.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { silence } from './audio-output.ts';
import type { Choice } from './choice.ts';
import { logprobsOf } from './logprobs.ts';
import { modelWords } from './model-words.ts';
import type { ToolDialect } from './tools.ts';
import type { Usage } from './usage.ts';
import { latencyCheckpoint, routing, serviceTier, writeUsage } from './write-usage.ts';

/** A finished chat completion, before it is written whole or in chunks. */
export interface Completion {
  readonly id: string;
  readonly created: number;
  readonly choices: readonly Choice[];
  readonly promptFilter: FilterResults;
  /** Characters of the prompt. */
  readonly promptLength: number;
  /** The documents of an answer from the caller's own data. */
  readonly context: Readonly<Record<string, unknown>> | undefined;
  readonly usage: Usage;
  readonly dialect: ToolDialect;
  /** Number of alternatives for each token; `undefined` without `logprobs`. */
  readonly topLogprobs: number | undefined;
  /** The answer is spoken, not written. */
  readonly isSpoken: boolean;
}

/**
 * The body of a chat completion, with its keys in the alphabetical order of the wire (docs/wire/streams.md#6.1). Written
 * piece by piece: most of it is the same each time, and `JSON.stringify` would cost as much as the rest of the
 * answer.
 */
export function writeCompletion(request: DeploymentRequest, completion: Completion): string {
  const { era } = request;
  const { model, fingerprint } = modelWords(request.deployment);
  const choices = completion.choices.map((choice) => writeChoice(request, completion, choice)).join(',');
  const latency = era === '2026' ? latencyCheckpoint(request, completion.usage) : undefined;
  const route = era === '2026' ? `"routing":${routing(request)},` : '';
  const tier = era === '2024' ? '' : `"service_tier":"${serviceTier(request)}",`;
  return `{"choices":[${choices}],"created":${completion.created},"id":"${completion.id}","model":${model},"object":"${objectOf(completion)}","prompt_filter_results":${writePromptFilter(completion.promptFilter)},${route}${tier}"system_fingerprint":${fingerprint},"usage":${writeUsage(request, completion.usage, latency)}}`;
}

/** An answer from the caller's own data has another `object` (azure-sdk-for-python, test_chat_completion_byod). */
export function objectOf({ context }: Completion): string {
  return context === undefined ? 'chat.completion' : 'extensions.chat.completion';
}

function writeChoice(request: DeploymentRequest, completion: Completion, choice: Choice): string {
  const filter = choice.toolCalls.length > 0 ? '{}' : filterText(choice.filter);
  const logprobs =
    completion.topLogprobs === undefined
      ? 'null'
      : JSON.stringify({ content: logprobsOf(choice.pieces(), completion.topLogprobs), refusal: null });
  return `{"content_filter_results":${filter},"finish_reason":"${finishReason(completion, choice)}","index":${choice.index},"logprobs":${logprobs},"message":${writeMessage(request, completion, choice)}}`;
}

const filterTexts = new WeakMap<FilterResults, string>();

/** The JSON of verdicts; nearly always the same two. */
function filterText(results: FilterResults): string {
  const known = filterTexts.get(results) ?? JSON.stringify(results);
  filterTexts.set(results, known);
  return known;
}

function writeMessage(request: DeploymentRequest, completion: Completion, choice: Choice): string {
  const { isSpoken, context } = completion;
  const annotations = request.era === '2024' ? '' : '"annotations":[],';
  const audio = isSpoken ? `"audio":${JSON.stringify(writeAudio(request, choice))},` : '';
  const content = isSpoken ? 'null' : JSON.stringify(choice.content);
  // `end_turn`: azure-sdk-for-java, OpenAIOkHttpClientTestBase.
  const cited = context === undefined ? '' : `"context":${JSON.stringify(context)},"end_turn":true,`;
  const { before, after } = writeCalls(completion, choice);
  return `{${annotations}${audio}"content":${content},${cited}${before}"refusal":${JSON.stringify(choice.refusal)},"role":"assistant"${after}}`;
}

/** Its calls in the format of the request; the older format comes before the refusal. */
function writeCalls(
  { dialect }: Completion,
  { toolCalls }: Choice,
): { readonly before: string; readonly after: string } {
  const [first] = toolCalls;
  if (first === undefined) return noCalls;
  if (dialect !== 'functions')
    return { before: '', after: `,"tool_calls":${JSON.stringify(toolCalls.map(writeToolCall))}` };
  const call = { arguments: first.arguments, name: first.name };
  return { before: `"function_call":${JSON.stringify(call)},`, after: '' };
}

const noCalls = { before: '', after: '' };

function writeAudio(request: DeploymentRequest, choice: Choice): Record<string, unknown> {
  return {
    data: silence(choice.tokens),
    expires_at: Math.floor(request.dateMs / 1000) + 3600,
    id: request.random.id('audio_', 24),
    transcript: choice.content ?? '',
  };
}

function writeToolCall(call: Choice['toolCalls'][number]): Record<string, unknown> {
  if (call.kind === 'custom')
    return { custom: { input: call.arguments, name: call.name }, id: call.id, type: 'custom' };
  return { function: { arguments: call.arguments, name: call.name }, id: call.id, type: 'function' };
}

/** Why the choice ended, in the format of the request. */
export function finishReason(completion: Completion, choice: Choice): string {
  return choice.finishReason === 'tool_calls' && completion.dialect === 'functions'
    ? 'function_call'
    : choice.finishReason;
}

/** JSON of `prompt_filter_results`; recordings have `prompt_index` first, not in alphabetical order. */
export function writePromptFilter(results: FilterResults): string {
  return `[{"prompt_index":0,"content_filter_results":${filterText(results)}}]`;
}
