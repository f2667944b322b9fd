import type { AnswerInput, AnswerMessage } from '../answer/answer-input.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { refuse } from '../service/parameter.ts';
import { readMessages } from './messages.ts';
import { cachedPart } from './prompt-cache.ts';
import { readFormat, readTools, type Tools } from './tools.ts';
import { countPrompt } from './usage.ts';

/** A prompt and its cost. */
export interface Prompt {
  readonly messages: readonly AnswerMessage[];
  readonly tools: Tools;
  readonly input: AnswerInput;
  /** All text of the messages. */
  readonly text: () => string;
  /** The text that the prompt cache compares. */
  readonly cachedPart: () => string;
  readonly tokens: number;
}

/** Reads the prompt of a chat completion; refuses what the service refuses. */
export function readPrompt(request: DeploymentRequest): Prompt {
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
    cachedPart: () => cachedPart(messages, toolsText),
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
    tokens > limit
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
