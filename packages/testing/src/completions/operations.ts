import { answer } from '../answer/answer.ts';
import type { Draft } from '../answer/draft.ts';
import { countTokens } from '../answer/tokens.ts';
import { finishChoice, type Choice } from '../chat/choice.ts';
import { logprobsOf } from '../chat/logprobs.ts';
import { estimateTokens } from '../limits/estimate.ts';
import { blockedPrompt } from '../filters/blocked-prompt.ts';
import { isFiltered, type FilterResults } from '../filters/filter-results.ts';
import { judgeCompletion, judgePrompt } from '../filters/judge.ts';
import type { DeploymentRequest, Operation } from '../service/operation.ts';
import { checkParameters, refuse, wrongType, type Rules } from '../service/parameter.ts';
import { Refusal } from '../service/refusal.ts';
import { done, frame, json, stream, type WireResponse } from '../service/wire-response.ts';

/** Completions of a prompt, the oldest operation. */
export const completionOperations: readonly Operation[] = [
  {
    name: 'Completions_Create',
    method: 'POST',
    v1: '/completions',
    dated: '/deployments/{deployment}/completions',
    target: 'deployment',
    capability: 'completion',
    estimate: (request) => {
      const { max_tokens: limit, best_of: bestOf, n } = request.body;
      // 0 is allowed (2024-10-21), and means one.
      return estimateTokens(request, limit, bestOf === 0 ? 1 : (bestOf ?? n));
    },
    handle: complete,
  },
];

const rules: Rules = new Map([
  ['model', { type: 'string' }],
  ['prompt', { type: 'any' }],
  ['best_of', { type: 'integer', min: 0, max: 20 }],
  ['echo', { type: 'boolean' }],
  ['frequency_penalty', { type: 'decimal', min: -2, max: 2 }],
  ['logit_bias', { type: 'object' }],
  ['logprobs', { type: 'integer', min: 0, max: 5 }],
  ['max_tokens', { type: 'integer', min: 0 }],
  ['n', { type: 'integer', min: 1, max: 128 }],
  ['presence_penalty', { type: 'decimal', min: -2, max: 2 }],
  ['seed', { type: 'integer' }],
  ['stop', { type: 'any' }],
  ['stream', { type: 'boolean' }],
  ['stream_options', { type: 'object' }],
  ['suffix', { type: 'string' }],
  ['temperature', { type: 'decimal', min: 0, max: 2 }],
  ['top_p', { type: 'decimal', min: 0, max: 1 }],
  ['user', { type: 'string' }],
] as const);

function maxTokensOf(body: DeploymentRequest['body']): number {
  return typeof body['max_tokens'] === 'number' ? body['max_tokens'] : 16;
}

function complete(request: DeploymentRequest): WireResponse {
  checkParameters(request, rules);
  const { body } = request;
  const prompts = readPrompts(body['prompt']);
  const filters = prompts.map((prompt) =>
    judgePrompt(request.filterPolicy, prompt, request.scripted?.promptFilter),
  );
  const blocked = filters.find(isFiltered);
  if (blocked !== undefined) throw new Refusal(blockedPrompt(blocked));
  const promptTokens = prompts.reduce((sum, prompt) => sum + countTokens(prompt), 0);
  checkContext(request, promptTokens);
  const choices = prompts.flatMap((prompt, index) => choicesOf(request, prompt, index));
  const completionTokens = choices.reduce((sum, choice) => sum + choice.tokens, 0);
  const usage = {
    completion_tokens: completionTokens,
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
  };
  const options = { usedTokens: { tokens: usage.total_tokens, outputTokens: completionTokens } };
  const prompt_filter_results = filters.map((results, index) => ({
    prompt_index: index,
    content_filter_results: results,
  }));
  if (body['stream'] === true)
    return stream(chunks(request, { choices, prompt_filter_results, usage }), options);
  const written = choices.map((choice) => writeChoice(request, choice, echoed(request, prompts, choice)));
  return json({ ...head(request), choices: written, prompt_filter_results, usage }, options);
}

function readPrompts(sent: unknown): string[] {
  if (sent === undefined || sent === null) return ['<|endoftext|>'];
  if (typeof sent === 'string') return [sent];
  const wrong = wrongType(
    'prompt',
    'one of a string, array of strings, array of integers, or array of arrays',
    sent,
  );
  if (!Array.isArray(sent) || sent.length === 0) throw wrong;
  // Only the number of tokens matters here.
  if (sent.every((each) => typeof each === 'number')) return [sent.map((token) => `#${token}`).join(' ')];
  return sent.map((each: unknown) => {
    if (typeof each === 'string') return each;
    if (Array.isArray(each)) return each.map((token) => `#${String(token)}`).join(' ');
    throw wrong;
  });
}

function checkContext({ body, deployment }: DeploymentRequest, tokens: number): void {
  const limit = deployment.traits.contextTokens;
  const wanted = maxTokensOf(body);
  if (tokens + wanted <= limit) return;
  const message = `This model's maximum context length is ${limit} tokens, however you requested ${tokens + wanted} tokens (${tokens} in your prompt; ${wanted} for the completion). Please reduce your prompt; or completion length.`;
  throw refuse(message, null, null);
}

function choicesOf(request: DeploymentRequest, prompt: string, position: number): Choice[] {
  const { body, deployment, random, filterPolicy } = request;
  const count = typeof body['n'] === 'number' ? body['n'] : 1;
  const draft: Draft = request.scripted ?? {
    content: answer({ model: deployment.model, messages: [{ role: 'user', text: prompt }] }).text,
  };
  const limits = { stop: readStop(body['stop']), maxTokens: maxTokensOf(body) };
  return Array.from({ length: count }, (_, index) =>
    finishChoice(draft, {
      index: position * count + index,
      limits,
      random,
      judge: (text) => judgeCompletion(filterPolicy, { prompt, answer: text }, draft.contentFilter),
    }),
  );
}

function readStop(stop: unknown): readonly string[] {
  if (typeof stop === 'string') return [stop];
  return Array.isArray(stop) ? stop.filter((each) => typeof each === 'string') : [];
}

function echoed({ body }: DeploymentRequest, prompts: readonly string[], { index }: Choice): string {
  const count = typeof body['n'] === 'number' ? body['n'] : 1;
  return body['echo'] === true ? (prompts[Math.floor(index / count)] ?? '') : '';
}

function head({ random, deployment, dateMs }: DeploymentRequest): Readonly<Record<string, unknown>> {
  const created = Math.floor(dateMs / 1000);
  return { id: random.id('cmpl-', 29), object: 'text_completion', created, model: deployment.servedModel };
}

function writeChoice(request: DeploymentRequest, choice: Choice, before: string): object {
  const { body } = request;
  return {
    text: before + (choice.content ?? ''),
    index: choice.index,
    finish_reason: choice.finishReason,
    logprobs: typeof body['logprobs'] === 'number' ? writeLogprobs(choice.pieces(), body['logprobs']) : null,
    content_filter_results: choice.filter,
  };
}

/** The older form: parallel lists instead of one object for each token. */
function writeLogprobs(pieces: readonly string[], top: number): object {
  const tokens = logprobsOf(pieces, top);
  let offset = 0;
  return {
    tokens: pieces,
    token_logprobs: tokens.map((token) => token.logprob),
    top_logprobs: tokens.map(({ top_logprobs = [] }) =>
      Object.fromEntries(top_logprobs.map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset: pieces.map((piece) => (offset += piece.length) - piece.length),
  };
}

function* chunks(
  request: DeploymentRequest,
  parts: {
    readonly choices: readonly Choice[];
    readonly prompt_filter_results: readonly { readonly content_filter_results: FilterResults }[];
    readonly usage: object;
  },
): Iterable<string> {
  const shared = head(request);
  yield frame({ ...shared, choices: [], prompt_filter_results: parts.prompt_filter_results });
  for (const choice of parts.choices) {
    const { index, filter, finishReason } = choice;
    const chunk = (text: string, finish: string | null): string =>
      frame({
        ...shared,
        choices: [{ text, index, finish_reason: finish, logprobs: null, content_filter_results: filter }],
      });
    for (const piece of choice.pieces()) yield chunk(piece, null);
    yield chunk('', finishReason);
  }
  const options = request.body['stream_options'] as { readonly include_usage?: unknown } | null | undefined;
  if (options?.include_usage === true) yield frame({ ...shared, choices: [], usage: parts.usage });
  yield done;
}
