import { defaultAnswer } from '../answer/default-answer.ts';
import type { Draft, Question, QuestionMessage } from '../answer/draft.ts';
import type { DeploymentRequest, Operation } from '../service/operation.ts';
import { done, frame, json, stream, type WireResponse } from '../service/wire-response.ts';

const createChatCompletion: Operation = {
  name: 'ChatCompletions_Create',
  method: 'POST',
  v1: '/chat/completions',
  dated: '/deployments/{deployment}/chat/completions',
  inference: '/models/chat/completions',
  target: 'deployment',
  capability: 'chatCompletion',
  estimate: (request) => Math.ceil(request.raw.length / 4) + 16,
  handle: complete,
};

/** Chat completions. */
export const chatOperations: readonly Operation[] = [createChatCompletion];

const safe = { filtered: false, severity: 'safe' };
const unseen = { detected: false, filtered: false };

function complete(request: DeploymentRequest): WireResponse {
  const question = ask(request);
  const draft = request.scripted ?? defaultAnswer(question);
  const promptTokens = Math.ceil(request.raw.length / 4);
  const completionTokens = Math.ceil((draft.content ?? '').length / 4);
  const usage = {
    completion_tokens: completionTokens,
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
  };
  const options = { usedTokens: usage.total_tokens };
  if (request.body['stream'] === true) return stream(chunks(request, draft, usage), options);
  return json(
    {
      choices: [
        {
          content_filter_results: { hate: safe, self_harm: safe, sexual: safe, violence: safe },
          finish_reason: 'stop',
          index: 0,
          logprobs: null,
          message: { annotations: [], content: draft.content ?? '', refusal: null, role: 'assistant' },
        },
      ],
      created: Math.floor(request.dateMs / 1000),
      id: request.random.id('chatcmpl-', 29),
      model: request.deployment.servedModel,
      object: 'chat.completion',
      prompt_filter_results: promptResults(),
      service_tier: 'default',
      system_fingerprint: null,
      usage,
    },
    options,
  );
}

function promptResults(): unknown {
  return [
    {
      prompt_index: 0,
      content_filter_results: {
        hate: safe,
        jailbreak: unseen,
        self_harm: safe,
        sexual: safe,
        violence: safe,
      },
    },
  ];
}

function* chunks(request: DeploymentRequest, draft: Draft, usage: unknown): Iterable<string> {
  yield frame({
    choices: [],
    created: 0,
    id: '',
    model: '',
    object: '',
    prompt_filter_results: promptResults(),
  });
  const tail = {
    created: Math.floor(request.dateMs / 1000),
    id: request.random.id('chatcmpl-', 29),
    model: request.deployment.servedModel,
    object: 'chat.completion.chunk',
    service_tier: 'default',
    system_fingerprint: null,
  };
  const chunk = (delta: unknown, finish: string | null): string =>
    frame({
      choices: [{ content_filter_results: {}, delta, finish_reason: finish, index: 0, logprobs: null }],
      ...tail,
      usage: null,
    });
  yield chunk({ content: '', refusal: null, role: 'assistant' }, null);
  for (const piece of draft.chunks ?? (draft.content ?? '').match(/\s*\S+\s*$|\s*\S+/g) ?? [])
    yield chunk({ content: piece }, null);
  yield chunk({}, 'stop');
  const options = request.body['stream_options'];
  if ((options as { include_usage?: unknown } | undefined)?.include_usage === true) {
    yield frame({ choices: [], ...tail, usage });
  }
  yield done;
}

function ask(request: DeploymentRequest): Question {
  const sent = request.body['messages'];
  const messages = (Array.isArray(sent) ? (sent as { role?: unknown; content?: unknown }[]) : []).map(
    ({ role, content }): QuestionMessage => ({
      role: role === 'assistant' || role === 'system' || role === 'tool' ? role : 'user',
      text: typeof content === 'string' ? content : '',
      images: 0,
      audio: 0,
      toolCalls: [],
    }),
  );
  return {
    deployment: request.deployment,
    random: request.random,
    messages,
    tools: [],
    toolChoice: 'auto',
    parallelToolCalls: true,
    format: { kind: 'text' },
    index: 0,
  };
}
