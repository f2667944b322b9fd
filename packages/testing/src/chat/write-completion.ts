import type { FilterResults } from '../filters/filter-results.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { silence } from './audio-output.ts';
import type { Choice } from './choice.ts';
import { logprobsOf } from './logprobs.ts';
import type { ToolDialect } from './tools.ts';
import type { Usage } from './usage.ts';

/** A finished chat completion, before it is written whole or in chunks. */
export interface Completion {
  readonly id: string;
  readonly created: number;
  readonly choices: readonly Choice[];
  readonly promptFilter: FilterResults;
  /** Characters of the prompt. */
  readonly promptLength: number;
  /** What an answer from the caller's own data was made from. */
  readonly context: Readonly<Record<string, unknown>> | undefined;
  readonly usage: Usage;
  readonly dialect: ToolDialect;
  /** Alternatives that each token's log probability names; `undefined` without `logprobs`. */
  readonly topLogprobs: number | undefined;
  /** The answer is spoken, not written. */
  readonly isSpoken: boolean;
}

/**
 * The body of a chat completion, with its keys in the alphabetical order of the wire (wire.md 6.1). Written piece by
 * piece: most of it is the same each time, and stringifying it would cost as much as all the rest of an answer.
 */
export function writeCompletion(request: DeploymentRequest, completion: Completion): string {
  const isNew = request.era === '2026';
  const choices = completion.choices.map((choice) => writeChoice(request, completion, choice)).join(',');
  const latency = isNew ? latencyCheckpoint(request, completion.usage) : undefined;
  return (
    `{"choices":[${choices}],"created":${completion.created},"id":"${completion.id}",` +
    `"model":${JSON.stringify(request.deployment.servedModel)},"object":"${objectOf(completion)}",` +
    // Recordings have `prompt_index` first, against the alphabet.
    `"prompt_filter_results":[{"prompt_index":0,"content_filter_results":${filterText(completion.promptFilter)}}],` +
    (isNew ? `"routing":${JSON.stringify(routing(request))},` : '') +
    (request.era === '2024' ? '' : `"service_tier":"${serviceTier(request)}",`) +
    `"system_fingerprint":${JSON.stringify(fingerprint(request))},` +
    `"usage":${JSON.stringify(writeUsage(request, completion.usage, latency))}}`
  );
}

/** An answer from the caller's own data is called otherwise (azure-sdk-for-python, test_chat_completion_byod). */
export function objectOf({ context }: Completion): string {
  return context === undefined ? 'chat.completion' : 'extensions.chat.completion';
}

function writeChoice(request: DeploymentRequest, completion: Completion, choice: Choice): string {
  const filter = choice.toolCalls.length > 0 ? '{}' : filterText(choice.filter);
  const logprobs =
    completion.topLogprobs === undefined
      ? 'null'
      : JSON.stringify({ content: logprobsOf(choice.pieces(), completion.topLogprobs), refusal: null });
  const message = JSON.stringify(writeMessage(request, completion, choice));
  return `{"content_filter_results":${filter},"finish_reason":"${finishReason(completion, choice)}","index":${choice.index},"logprobs":${logprobs},"message":${message}}`;
}

const filterTexts = new WeakMap<FilterResults, string>();

/** The JSON of verdicts; nearly always the same two. */
function filterText(results: FilterResults): string {
  const known = filterTexts.get(results) ?? JSON.stringify(results);
  filterTexts.set(results, known);
  return known;
}

function writeMessage(
  request: DeploymentRequest,
  completion: Completion,
  choice: Choice,
): Record<string, unknown> {
  const { toolCalls } = choice;
  const legacy = completion.dialect === 'functions' ? toolCalls[0] : undefined;
  return {
    ...(request.era !== '2024' && { annotations: [] }),
    ...(completion.isSpoken && { audio: writeAudio(request, choice) }),
    content: completion.isSpoken ? null : choice.content,
    // `end_turn`: azure-sdk-for-java, OpenAIOkHttpClientTestBase.
    ...(completion.context !== undefined && { context: completion.context, end_turn: true }),
    ...(legacy !== undefined && { function_call: { arguments: legacy.arguments, name: legacy.name } }),
    refusal: choice.refusal,
    role: 'assistant',
    ...(legacy === undefined && toolCalls.length > 0 && { tool_calls: toolCalls.map(writeToolCall) }),
  };
}

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

/** Why the choice ended, in the words of the request's dialect. */
export function finishReason(completion: Completion, choice: Choice): string {
  return choice.finishReason === 'tool_calls' && completion.dialect === 'functions'
    ? 'function_call'
    : choice.finishReason;
}

/** `prompt_filter_results`; recordings have `prompt_index` first, against the alphabet. */
export function writePromptFilter(results: FilterResults): readonly Record<string, unknown>[] {
  return [{ prompt_index: 0, content_filter_results: results }];
}

/** `usage`, with the latency inside where the answer is not a stream. */
export function writeUsage(
  request: DeploymentRequest,
  usage: Usage,
  latency: Record<string, number> | undefined,
): Record<string, unknown> {
  const total = usage.prompt + usage.completion;
  if (request.era === '2024') {
    return { completion_tokens: usage.completion, prompt_tokens: usage.prompt, total_tokens: total };
  }
  return {
    completion_tokens: usage.completion,
    completion_tokens_details: {
      accepted_prediction_tokens: usage.acceptedPrediction,
      audio_tokens: usage.audio,
      reasoning_tokens: usage.reasoning,
      rejected_prediction_tokens: usage.rejectedPrediction,
    },
    ...(latency !== undefined && { latency_checkpoint: latency }),
    prompt_tokens: usage.prompt,
    prompt_tokens_details: {
      audio_tokens: 0,
      ...(/^gpt-(?:5\.6|6)/.test(request.deployment.model) && { cache_write_tokens: 0 }),
      cached_tokens: usage.cached,
    },
    total_tokens: total,
  };
}

/** `latency_checkpoint`: made up, and the same for the same seed. */
export function latencyCheckpoint({ random }: DeploymentRequest, usage: Usage): Record<string, number> {
  const between = 3 + Math.floor(random.next() * 12);
  const first = 30 + Math.floor(random.next() * 150);
  const last = first + between * usage.completion;
  const before = 60 + Math.floor(random.next() * 60);
  const service = 200 + Math.floor(random.next() * 200);
  return {
    engine_tbt_ms: between,
    engine_ttft_ms: first,
    engine_ttlt_ms: last,
    pre_inference_ms: before,
    service_tbt_ms: between,
    service_ttft_ms: first + service,
    service_ttlt_ms: last + service,
    user_visible_ttft_ms: first + service - before,
  };
}

/** `routing`, as 2026 answers have it. */
export function routing({ random }: DeploymentRequest): Record<string, string> {
  const replica = Math.floor(random.next() * 10);
  return { serving_pipereplica: `d20260919103649-bf00bd58-default-r${replica}-dp0-default` };
}

/** The tier that served the request. */
export function serviceTier({ body }: DeploymentRequest): string {
  const tier = body['service_tier'];
  return tier === 'priority' || tier === 'flex' ? tier : 'default';
}

/** GPT-5 and newer have none. */
export function fingerprint({ deployment }: DeploymentRequest): string | null {
  return /^gpt-[56]|^o\d/.test(deployment.model) ? null : 'fp_51ebab882d';
}
