import type { AnswerInput } from '../answer/answer-input.ts';
import { answer } from '../answer/answer.ts';
import type { Draft } from '../answer/draft.ts';
import { withOfferedKinds } from '../answer/offered-kind.ts';
import { checkResponseReasoning } from '../chat/reasoning-rules.ts';
import { usePromptCache } from '../chat/prompt-cache.ts';
import { reasoningTokens } from '../chat/usage.ts';
import { append } from '../conversations/conversation-store.ts';
import { isFiltered } from '../filters/filter-results.ts';
import { judgeCompletion, judgePrompt } from '../filters/judge.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { Refusal } from '../service/refusal.ts';
import { json, type WireResponse } from '../service/wire-response.ts';
import { schedule } from './background.ts';
import { blockedInput } from './content-filters.ts';
import { encryptContent } from './encrypted-content.ts';
import { searchFiles } from './file-search.ts';
import { readPrompt, type Prompt } from './read-prompt.ts';
import type { ResponseUsage } from './response-object.ts';
import { hostedCall } from './hosted-call.ts';
import { checkResponseParameters, included, readFormat } from './response-parameters.ts';
import { current, keep, type StoredResponse } from './response-store.ts';
import { forcedTool, readToolChoice } from './response-tools.ts';
import { streamResponse } from './stream-response.ts';
import { writeOutput } from './write-output.ts';
import { writeResponse, type FinishedResponse } from './write-response.ts';

/** The state of an open connection between its turns. */
export interface TurnMemory {
  /** The turn prepares the next one and has no output (`generate: false`). */
  readonly isWarmUp: boolean;
  readonly recall: (id: string) => StoredResponse | undefined;
  readonly remember: (stored: StoredResponse) => void;
}

/** Answers `POST /responses`, whole, as a stream, or in the background; with a `memory`, a turn over a WebSocket. */
export function createResponse(request: DeploymentRequest, memory?: TurnMemory): WireResponse {
  checkResponseParameters(request);
  const { body, clock } = request;
  const prompt = readPrompt(request, memory?.recall);
  const final = memory?.isWarmUp === true ? prepare(request, prompt) : respond(request, prompt);
  const stored: StoredResponse = {
    final,
    input: prompt.input,
    previous: prompt.previous,
    isCancelled: false,
    chunks: request.scripted?.chunks,
    ...(body['background'] === true && {
      background: {
        ...schedule(final.usage.output_tokens, clock.now()),
        isStreamed: body['stream'] === true,
      },
    }),
  };
  if (body['store'] !== false) keep(request, stored);
  memory?.remember(stored);
  append(request, prompt.conversation, [...prompt.input, ...final.output]);
  const usedTokens = {
    tokens: final.usage.total_tokens,
    outputTokens: final.usage.output_tokens,
    cachedTokens: final.usage.input_tokens_details.cached_tokens,
  };
  if (body['stream'] !== true) return json(current(stored, clock.now()), { usedTokens });
  const options = body['stream_options'] as { readonly include_obfuscation?: unknown } | null | undefined;
  const hasObfuscation = options?.include_obfuscation !== false;
  return { ...streamResponse(request, stored, { hasObfuscation }), usedTokens };
}

/** Reads the input without output, so that the next turn can begin sooner. */
function prepare(request: DeploymentRequest, prompt: Prompt): FinishedResponse {
  checkResponseReasoning(request);
  const promptFilter = judgePrompt(request.filterPolicy, prompt.text(), request.scripted?.promptFilter);
  if (isFiltered(promptFilter)) throw new Refusal(blockedInput(promptFilter, prompt.text().length));
  return writeResponse(request, {
    prompt,
    reason: undefined,
    output: [],
    usage: usageOf(request, { prompt, thought: 0, visible: 0, draft: {} }),
    filters: { prompt: promptFilter, completion: {}, length: 0 },
    format: readFormat(request.body, prompt.text).echo,
  });
}

function respond(request: DeploymentRequest, prompt: Prompt): FinishedResponse {
  const { body, scripted, filterPolicy, deployment } = request;
  const reasoning = (body['reasoning'] ?? {}) as Readonly<Record<string, unknown>>;
  const hasSummary = Boolean(reasoning['summary']);
  // Reasoning is measured under the names of chat completions.
  const asChat = { ...request, body: { reasoning_effort: reasoning['effort'] } };
  checkResponseReasoning(request);
  const format = readFormat(body, prompt.text);
  const choice = readToolChoice(body, prompt.tools.echo);
  const promptFilter = judgePrompt(filterPolicy, prompt.text(), scripted?.promptFilter);
  if (isFiltered(promptFilter)) throw new Refusal(blockedInput(promptFilter, prompt.text().length));
  const include = included(request);
  const question = prompt.messages.findLast((message) => message.role === 'user')?.text ?? '';
  const tools = prompt.tools.echo;
  const search =
    scripted === undefined
      ? searchFiles(request, { tools, question, hasResults: include.has('file_search_call.results') })
      : undefined;
  const forced = scripted === undefined ? forcedTool(body, tools) : undefined;
  const drafted = withOfferedKinds(
    scripted ??
      draftOf({
        model: deployment.model,
        messages: search === undefined ? prompt.messages : [search.message, ...prompt.messages],
        format: format.format,
        tools: prompt.tools.tools,
        toolChoice: forced === undefined ? choice : 'none',
        parallelToolCalls: body['parallel_tool_calls'] !== false,
      }),
    prompt.tools.tools,
  );
  const answered = drafted.content ?? '';
  const hosted = hostedCall(request, forced, { question, answer: answered, format: format.format, include });
  const cited = hosted ?? search?.cite(answered);
  const draft = cited === undefined ? drafted : { ...drafted, content: cited.text };
  const judged = judgeCompletion(
    filterPolicy,
    { prompt: prompt.text(), answer: draft.content ?? '' },
    draft.contentFilter,
  );
  // A script with `stop` plays a verdict that comes too late.
  const isCut = isFiltered(judged.results) && draft.finishReason !== 'stop';
  const limit =
    typeof body['max_output_tokens'] === 'number'
      ? body['max_output_tokens']
      : deployment.traits.outputTokens;
  const thought = draft.usage?.reasoningTokens ?? Math.min(reasoningTokens(asChat), Math.floor(limit / 2));
  const output = writeOutput(draft, {
    random: request.random,
    leading: [search?.item, hosted?.item].filter((item) => item !== undefined),
    annotations: cited?.annotations,
    maxTokens: limit - thought,
    reasoningTokens: deployment.traits.isReasoning && (thought > 0 || hasSummary) ? thought : undefined,
    hasSummary,
    encrypt: include.has('reasoning.encrypted_content') ? (text) => encryptContent(request, text) : undefined,
    topLogprobs: include.has('message.output_text.logprobs') ? Number(body['top_logprobs'] ?? 0) : undefined,
    ...(isCut && { cutAt: judged.matchAt ?? Math.ceil((draft.content ?? '').length / 2) }),
  });
  return writeResponse(request, {
    prompt,
    reason: output.reason,
    output: output.items,
    usage: usageOf(request, { prompt, thought, visible: output.tokens, draft }),
    filters: { prompt: promptFilter, completion: judged.results, length: (draft.content ?? '').length },
    format: format.echo,
  });
}

function draftOf(input: AnswerInput): Draft {
  const { text, toolCalls } = answer(input);
  return { content: text, toolCalls };
}

function usageOf(
  request: DeploymentRequest,
  { prompt, thought, visible, draft }: { prompt: Prompt; thought: number; visible: number; draft: Draft },
): ResponseUsage {
  const input = draft.usage?.promptTokens ?? prompt.tokens;
  const output = draft.usage?.completionTokens ?? visible + thought;
  const { cached } = usePromptCache(request, prompt.cachedPart, input);
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: draft.usage?.cachedTokens ?? cached,
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: thought },
    total_tokens: input + output,
  };
}
