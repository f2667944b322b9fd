import type { AnswerMessage } from '../answer/answer-input.ts';
import { cachedPart } from '../chat/prompt-cache.ts';
import { countPrompt } from '../chat/usage.ts';
import { conversationOf } from '../conversations/conversation-store.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { checkValue, refuse } from '../service/parameter.ts';
import { checkToolTurns, readItems, type Item } from './items.ts';
import { readMessages, textOf } from './read-messages.ts';
import { readTools } from './response-tools.ts';
import { history, responseStore, type StoredResponse } from './response-store.ts';

/** A prompt: the items of a request and the conversation before them. */
export interface Prompt {
  /** Items that this request adds. */
  readonly input: readonly Item[];
  readonly previous: StoredResponse | undefined;
  readonly conversation: string | undefined;
  readonly messages: readonly AnswerMessage[];
  readonly text: () => string;
  /** The text that the prompt cache compares. */
  readonly cachedPart: () => string;
  readonly tools: ReturnType<typeof readTools>;
  readonly tokens: number;
}

/** Reads the conversation of a request; refuses one that the service refuses. */
export function readPrompt(
  request: DeploymentRequest,
  recall: (id: string) => StoredResponse | undefined = () => undefined,
): Prompt {
  const { body, deployment } = request;
  const previous = previousOf(request, recall);
  const conversation = conversationOf(request);
  const before = conversation?.items ?? history(previous);
  const input = readItems(body['input'], request, (id) => findItem(request, before, id));
  const items = [...before, ...input];
  checkToolTurns(items);
  const instructions = instructionsOf(body['instructions']);
  const messages = [...instructions, ...readMessages(items, request)];
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
    cachedPart: () => cachedPart(messages, toolsText),
    tools,
    tokens: Math.min(tokens, deployment.traits.contextTokens),
  };
}

function previousOf(
  { body, resource }: DeploymentRequest,
  recall: (id: string) => StoredResponse | undefined,
): StoredResponse | undefined {
  const id = body['previous_response_id'];
  if (typeof id !== 'string') return undefined;
  const stored = recall(id) ?? resource.state(responseStore).responses.get(id);
  if (stored !== undefined) return stored;
  const message = `Previous response with id '${id.slice(0, 200)}' not found.`;
  throw refuse(message, 'previous_response_id', 'previous_response_not_found');
}

function findItem({ resource }: DeploymentRequest, before: readonly Item[], id: string): Item | undefined {
  return before.find((item) => item.id === id) ?? resource.state(responseStore).items.get(id);
}

function instructionsOf(sent: unknown): AnswerMessage[] {
  if (sent === undefined || sent === null || sent === '') return [];
  if (!Array.isArray(sent)) checkValue(sent, 'instructions', { type: 'string' });
  const text = Array.isArray(sent)
    ? sent.map((item: unknown) => textOf((item as Item)['content'])).join('\n')
    : textOf(sent);
  return [{ role: 'system', text }];
}
