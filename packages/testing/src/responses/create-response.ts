import type { AnswerInput, AnswerMessage } from '../answer/answer-input.ts';
import { answer } from '../answer/answer.ts';
import type { Draft } from '../answer/draft.ts';
import { checkReasoningParameters } from '../chat/reasoning-rules.ts';
import { cachedTokens, countPrompt, reasoningTokens } from '../chat/usage.ts';
import { readMetadata } from '../collections/metadata.ts';
import { append, conversationOf } from '../conversations/conversation-store.ts';
import { isFiltered, type FilterResults } from '../filters/filter-results.ts';
import { judgeCompletion, judgePrompt } from '../filters/judge.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { checkValue, refuse } from '../service/parameter.ts';
import { Refusal } from '../service/refusal.ts';
import { json, stream, type WireResponse } from '../service/wire-response.ts';
import { blockedInput, contentFilter } from './content-filters.ts';
import { checkToolTurns, readItems, type Item } from './items.ts';
import { readMessages, textOf } from './read-messages.ts';
import type { ResponseObject, ResponseUsage } from './response-object.ts';
import {
  checkResponseParameters,
  included,
  readFormat,
  readToolChoice,
  readTools,
} from './response-parameters.ts';
import { current, history, keep, responseStore, type StoredResponse } from './response-store.ts';
import { writeEvents } from './write-events.ts';
import { writeOutput } from './write-output.ts';

/** Answers `POST /responses`, whole, as a stream, or in the background. */
export function createResponse(request: DeploymentRequest): WireResponse {
  checkResponseParameters(request);
  const { body, random, clock } = request;
  const prompt = readPrompt(request);
  const final = respond(request, prompt);
  const stored: StoredResponse = {
    final,
    input: prompt.input,
    previous: prompt.previous,
    isCancelled: false,
    ...(body['background'] === true && { background: schedule(final, clock.now()) }),
  };
  if (body['store'] !== false) keep(request, stored);
  append(request, prompt.conversation, [...prompt.input, ...final.output]);
  const usedTokens = {
    tokens: final.usage?.total_tokens ?? 0,
    outputTokens: final.usage?.output_tokens ?? 0,
    cachedTokens: final.usage?.input_tokens_details.cached_tokens ?? 0,
  };
  if (body['stream'] !== true) return json(current(stored, clock.now()), { usedTokens });
  const options = body['stream_options'] as { readonly include_obfuscation?: unknown } | null | undefined;
  const hasObfuscation = options?.include_obfuscation !== false;
  return stream(writeEvents(final, { random, hasObfuscation }), { usedTokens });
}

/** A background response waits a little, then takes as long as its tokens would. */
function schedule({ usage }: ResponseObject, nowMs: number): { startsAtMs: number; endsAtMs: number } {
  return { startsAtMs: nowMs + 100, endsAtMs: nowMs + 400 + (usage?.output_tokens ?? 0) * 10 };
}

interface Prompt {
  /** Items that this request adds. */
  readonly input: readonly Item[];
  readonly previous: StoredResponse | undefined;
  readonly conversation: string | undefined;
  readonly messages: readonly AnswerMessage[];
  readonly text: () => string;
  readonly tools: ReturnType<typeof readTools>;
  readonly tokens: number;
}

function readPrompt(request: DeploymentRequest): Prompt {
  const { body, random, deployment } = request;
  const previous = previousOf(request);
  const conversation = conversationOf(request);
  const before = conversation?.items ?? history(previous);
  const input = readItems(body['input'], random, (id) => findItem(request, before, id));
  const items = [...before, ...input];
  checkToolTurns(items);
  const instructions = instructionsOf(body['instructions']);
  const messages = [...instructions, ...readMessages(items)];
  const tools = readTools(body);
  const toolsText = tools.echo.length > 0 ? JSON.stringify(tools.echo) : '';
  const tokens = countPrompt(messages, toolsText);
  if (tokens > deployment.traits.contextTokens && body['truncation'] !== 'auto') {
    const message =
      'Your input exceeds the context window of this model. Please adjust your input and try again.';
    throw refuse(message, 'input', 'context_length_exceeded');
  }
  let joined: string | undefined;
  return {
    input,
    previous,
    conversation: conversation?.id,
    messages,
    text: () => (joined ??= messages.map((each) => each.text).join('\n')),
    tools,
    tokens: Math.min(tokens, deployment.traits.contextTokens),
  };
}

function previousOf({ body, resource }: DeploymentRequest): StoredResponse | undefined {
  const id = body['previous_response_id'];
  if (typeof id !== 'string') return undefined;
  const stored = resource.state(responseStore).responses.get(id);
  if (stored !== undefined) return stored;
  const message = `Previous response with id '${id.slice(0, 200)}' not found.`;
  throw refuse(message, 'previous_response_id', 'previous_response_not_found');
}

function findItem({ resource }: DeploymentRequest, before: readonly Item[], id: string): Item | undefined {
  const near = before.find((item) => item.id === id);
  if (near !== undefined) return near;
  for (const stored of resource.state(responseStore).responses.values()) {
    const found = [...stored.input, ...stored.final.output].find((item) => item.id === id);
    if (found !== undefined) return found;
  }
  return undefined;
}

function instructionsOf(sent: unknown): AnswerMessage[] {
  if (sent === undefined || sent === null || sent === '') return [];
  if (!Array.isArray(sent)) checkValue(sent, 'instructions', { type: 'string' });
  const text = Array.isArray(sent)
    ? sent.map((item: unknown) => textOf((item as Item)['content'])).join('\n')
    : textOf(sent);
  return [{ role: 'system', text }];
}

function respond(request: DeploymentRequest, prompt: Prompt): ResponseObject {
  const { body, scripted, filterPolicy, deployment } = request;
  const reasoning = (body['reasoning'] ?? {}) as Readonly<Record<string, unknown>>;
  // The rules for reasoning models are those of chat completions, under chat's names.
  const asChat = {
    ...request,
    body: { ...body, max_tokens: undefined, reasoning_effort: reasoning['effort'] },
  };
  checkReasoningParameters(asChat);
  const format = readFormat(body, prompt.text);
  const choice = readToolChoice(body, prompt.tools.echo);
  const promptFilter = judgePrompt(filterPolicy, prompt.text(), scripted?.promptFilter);
  if (isFiltered(promptFilter)) throw new Refusal(blockedInput(promptFilter, prompt.text().length));
  const draft =
    scripted ??
    draftOf({
      model: deployment.model,
      messages: prompt.messages,
      format: format.format,
      tools: prompt.tools.tools,
      toolChoice: choice,
      parallelToolCalls: body['parallel_tool_calls'] !== false,
    });
  const judged = judgeCompletion(
    filterPolicy,
    { prompt: prompt.text(), answer: draft.content ?? '' },
    draft.contentFilter,
  );
  const isCut = isFiltered(judged.results);
  const limit =
    typeof body['max_output_tokens'] === 'number'
      ? body['max_output_tokens']
      : deployment.traits.outputTokens;
  const thought = draft.usage?.reasoningTokens ?? Math.min(reasoningTokens(asChat), Math.floor(limit / 2));
  const include = included(request);
  const output = writeOutput(draft, {
    random: request.random,
    maxTokens: limit - thought,
    reasoningTokens:
      deployment.traits.isReasoning && (thought > 0 || reasoning['summary']) ? thought : undefined,
    hasSummary: reasoning['summary'] !== undefined && reasoning['summary'] !== null,
    isEncrypted: include.has('reasoning.encrypted_content'),
    topLogprobs: include.has('message.output_text.logprobs') ? Number(body['top_logprobs'] ?? 0) : undefined,
    ...(isCut && { cutAt: judged.matchAt ?? Math.ceil((draft.content ?? '').length / 2) }),
  });
  const status = isCut || output.isTruncated ? 'incomplete' : 'completed';
  return writeResponse(request, {
    prompt,
    status,
    reason: isCut ? 'content_filter' : 'max_output_tokens',
    output: output.items,
    usage: usageOf(request, { prompt, thought, visible: output.tokens, draft }),
    filters: { prompt: promptFilter, completion: judged.results, length: (draft.content ?? '').length },
    format: format.echo,
  });
}

function draftOf(input: AnswerInput): Draft {
  const { text, toolCalls } = answer(input);
  const kinds = new Map(input.tools?.map((tool) => [tool.name, tool.kind ?? 'function'] as const));
  return {
    content: text,
    toolCalls: toolCalls.map((call) => ({ ...call, kind: kinds.get(call.name) ?? 'function' })),
  };
}

function usageOf(
  request: DeploymentRequest,
  { prompt, thought, visible, draft }: { prompt: Prompt; thought: number; visible: number; draft: Draft },
): ResponseUsage {
  const input = draft.usage?.promptTokens ?? prompt.tokens;
  const output = draft.usage?.completionTokens ?? visible + thought;
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: draft.usage?.cachedTokens ?? cachedTokens(request, prompt.text, input),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: thought },
    total_tokens: input + output,
  };
}

interface Finished {
  readonly prompt: Prompt;
  readonly status: 'completed' | 'incomplete';
  readonly reason: 'max_output_tokens' | 'content_filter';
  readonly output: readonly Item[];
  readonly usage: ResponseUsage;
  readonly filters: {
    readonly prompt: FilterResults;
    readonly completion: FilterResults;
    readonly length: number;
  };
  readonly format: unknown;
}

function writeResponse(request: DeploymentRequest, finished: Finished): ResponseObject {
  const { body, deployment, random, dateMs } = request;
  const { prompt, status, filters } = finished;
  const reasoning = (body['reasoning'] ?? {}) as Readonly<Record<string, unknown>>;
  const text = (body['text'] ?? {}) as Readonly<Record<string, unknown>>;
  const createdAt = Math.floor(dateMs / 1000);
  return {
    id: random.id('resp_', 50),
    object: 'response',
    created_at: createdAt,
    status,
    background: body['background'] === true,
    completed_at: status === 'completed' ? createdAt : null,
    content_filters: [
      contentFilter('prompt', filters.prompt, prompt.text().length),
      contentFilter('completion', filters.completion, filters.length),
    ],
    ...(prompt.conversation !== undefined && { conversation: { id: prompt.conversation } }),
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: finished.reason } : null,
    instructions: body['instructions'] ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    max_tool_calls: body['max_tool_calls'] ?? null,
    // Chat completions name the model, responses the deployment (wire.md 6.4).
    model: deployment.name,
    output: finished.output,
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    previous_response_id: body['previous_response_id'] ?? null,
    prompt_cache_key: body['prompt_cache_key'] ?? null,
    reasoning: { effort: reasoning['effort'] ?? null, summary: reasoning['summary'] ?? null },
    safety_identifier: body['safety_identifier'] ?? null,
    service_tier: 'default',
    store: body['store'] ?? true,
    temperature: body['temperature'] ?? 1,
    text: {
      format: finished.format,
      ...(text['verbosity'] !== undefined && { verbosity: text['verbosity'] }),
    },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: prompt.tools.echo,
    top_logprobs: body['top_logprobs'] ?? 0,
    top_p: body['top_p'] ?? 1,
    truncation: body['truncation'] ?? 'disabled',
    usage: finished.usage,
    user: body['user'] ?? null,
    metadata: readMetadata(body['metadata']),
  };
}
